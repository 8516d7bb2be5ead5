package io.dialogbert.frame.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.common.BadInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Two processes write one output. The second one starts before each file system operation of the
 * first one in turn.
 */
class ConcurrentCommitTest {
  @TempDir private Path temp;

  /** Thrown where a process would wait for another one that is alive. */
  private static final class Waits extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  @AfterEach
  void stopObserving() {
    ObservedFileSystem.observe(false, () -> {});
  }

  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, false", "true, true"})
  void outputIsThatOfOneOfThem(boolean replaces, boolean fileByFile) throws IOException {
    int moment = 0;
    for (boolean done = false; !done; moment++) {
      done = secondComesAt(moment, replaces, fileByFile, true);
    }
    // Otherwise the observer was never called.
    assertThat(moment).isGreaterThan(20);
  }

  /** The first one is taken for dead, because its marker does not change. */
  @ParameterizedTest
  @CsvSource({"false", "true"})
  void processThatStandsStillIsOverruled(boolean replaces) throws IOException {
    int moment = 0;
    for (boolean done = false; !done; moment++) {
      done = secondComesAt(moment, replaces, false, false);
    }
    assertThat(moment).isGreaterThan(20);
  }

  /** Returns whether the first one ended before that operation. */
  private boolean secondComesAt(
      int moment, boolean replaces, boolean fileByFile, boolean firstIsAlive) throws IOException {
    String when = "moment " + moment;
    FileUtils.cleanDirectory(temp.toFile());
    if (replaces) {
      make(output(() -> {}), "old");
    }
    int[] calls = {0};
    boolean[] secondMade = {false};
    ObservedFileSystem.observe(
        fileByFile,
        () -> {
          if (calls[0]++ == moment) {
            secondMade[0] = tryMake(firstIsAlive);
          }
        });
    boolean firstMade = true;
    try {
      make(output(() -> {}), "first");
    } catch (BadInputException e) {
      firstMade = false;
      assertThat(e).as(when).hasMessageContaining("another process ");
    }
    ObservedFileSystem.observe(fileByFile, () -> {});
    boolean early = calls[0] <= moment;

    Map<String, String> now = contents();
    if (secondMade[0] && !firstMade) {
      assertThat(now).as(when).isEqualTo(expected("second"));
    } else if (firstMade && !secondMade[0]) {
      assertThat(now).as(when).isEqualTo(expected("first"));
    } else {
      // Both made it, one after the other.
      assertThat(firstMade).as(when).isTrue();
      assertThat(now).as(when).isIn(expected("first"), expected("second"));
    }
    make(output(() -> {}), "third");
    assertThat(contents()).as(when).isEqualTo(expected("third"));
    try (Stream<Path> left = Files.list(temp)) {
      assertThat(left).as(when).containsExactly(temp.resolve("messages"));
    }
    return early;
  }

  /** Whether the second process made the output; it may also wait for the first, or end. */
  private boolean tryMake(boolean firstIsAlive) {
    try {
      make(
          output(
              () -> {
                if (firstIsAlive) {
                  throw new Waits();
                }
              }),
          "second");
      return true;
    } catch (Waits | BadInputException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private OutputDirectory output(CommitMarker.Pause pause) throws IOException {
    Configuration hadoop = new Configuration(false);
    hadoop.setClass(
        "fs.observed.impl", ObservedFileSystem.class, org.apache.hadoop.fs.FileSystem.class);
    return new OutputDirectory(
        new Directories(hadoop), "observed://" + temp.resolve("messages"), pause);
  }

  private static void make(OutputDirectory output, String who) throws IOException {
    output.recover();
    output.begin();
    Path hidden = Path.of(output.hidden().toUri().getPath());
    try {
      for (Map.Entry<String, String> file : expected(who).entrySet()) {
        Files.writeString(hidden.resolve(file.getKey()), file.getValue());
      }
      output.commit();
    } catch (IOException e) {
      // The way a job explains a failure.
      output.requireOwn();
      throw e;
    }
  }

  private static Map<String, String> expected(String who) {
    Manifest manifest =
        Manifest.plan("job", 1, new TreeMap<>(Map.of("who", who)), List.of())
            .with(
                new TreeMap<>(),
                new TreeMap<>(),
                List.of(
                    new Manifest.OutputFile("part", who.length(), -1, DigestUtils.sha256Hex(who))),
                new TreeMap<>());
    return Map.of("part", who, Manifest.FILE_NAME, manifest.toJson());
  }

  private Map<String, String> contents() throws IOException {
    Map<String, String> contents = new TreeMap<>();
    Path output = temp.resolve("messages");
    try (Stream<Path> files = Files.walk(output)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        contents.put(output.relativize(file).toString(), Files.readString(file));
      }
    }
    return contents;
  }
}
