package io.dialogbert.frame.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.BadInputException;
import io.dialogbert.frame.store.Rewrites.Rewrite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RewritesTest {
  /** Files of each directory before the rewrite, which replaces a and deletes c. */
  private static final Map<String, String> BEFORE =
      Map.of("data/a", "old a", "data/b", "the b", "data/c", "old c");

  private static final Map<String, String> AFTER = Map.of("data/a", "new a", "data/b", "the b");

  private static final List<String> NAMES = List.of("dialogues", "examples", "messages");

  @TempDir private Path deep;

  private Path temp;

  private final Directories directories = new Directories(new Configuration());
  private final Rewrites rewrites = new Rewrites(directories);

  @BeforeEach
  void make() throws IOException {
    FaultyFileSystem.heal();
    temp = Files.createDirectories(deep.resolve("some/where"));
    for (String name : NAMES) {
      make(name, BEFORE);
    }
  }

  @AfterEach
  void heal() {
    FaultyFileSystem.heal();
  }

  @Test
  void replacesAndDeletesFilesAndLeavesNothingBehind() throws IOException {
    rewrites.commit(staged());

    for (String name : NAMES) {
      assertThat(contents(name)).isEqualTo(AFTER);
      assertThat(manifest(name)).isEqualTo(manifestOf(name, AFTER));
    }
    assertThat(names()).isEqualTo(NAMES);
  }

  @Test
  void changesOfAManifestAloneNeedNoFiles() throws IOException {
    Manifest before = manifestOf("messages", BEFORE);
    Manifest after =
        new Manifest(
            before.job(),
            2,
            before.settings(),
            before.inputs(),
            before.counts(),
            before.figures(),
            before.files(),
            before.run());
    rewrites.commit(List.of(new Rewrite(directory("messages"), before, after)));

    assertThat(contents("messages")).isEqualTo(BEFORE);
    assertThat(manifest("messages")).isEqualTo(after);
  }

  @Test
  void killedAtAnyMomentIsAsBeforeOrCompletedByTheNextRun() throws IOException {
    boolean killed = true;
    int refused = 0;
    int completed = 0;
    for (int changes = 0; killed; changes++) {
      for (String name : NAMES) {
        FileUtils.deleteDirectory(temp.resolve(name).toFile());
        make(name, BEFORE);
      }
      List<Rewrite> staged = staged();
      FaultyFileSystem.failAfter(changes);
      try {
        rewrites.commit(staged);
        killed = false;
      } catch (IOException e) {
        assertThat(e).hasMessage("the process is gone");
      }
      FaultyFileSystem.heal();
      for (String name : NAMES) {
        refused += assertWholeOrRefused(name) ? 0 : 1;
      }

      // The run that completes the work may be killed, too.
      FaultyFileSystem.failAfter(2);
      try {
        rewrites.recover(List.of(root()));
      } catch (IOException e) {
        assertThat(e).hasMessage("the process is gone");
      }
      FaultyFileSystem.heal();
      rewrites.recover(List.of(root()));

      assertThat(names()).as("after %d changes", changes).isEqualTo(NAMES);
      Map<String, String> expected = contents(NAMES.get(0));
      assertThat(expected).isIn(BEFORE, AFTER);
      completed += expected.equals(AFTER) ? 1 : 0;
      for (String name : NAMES) {
        assertThat(contents(name)).as("after %d changes", changes).isEqualTo(expected);
        assertThat(manifest(name)).isEqualTo(manifestOf(name, expected));
      }
    }
    assertThat(refused).isGreaterThan(NAMES.size());
    assertThat(completed).isGreaterThan(10);
  }

  @Test
  void completesADirectoryThatIsGivenByItself() throws IOException {
    killWhileCompleting();
    rewrites.recover(List.of(directory("messages")));
    for (String name : NAMES) {
      assertThat(contents(name)).isEqualTo(AFTER);
    }
    assertThat(names()).isEqualTo(NAMES);
  }

  @Test
  void completesDirectoriesAtAnyDepth() throws IOException {
    killWhileCompleting();
    rewrites.recover(List.of(FaultyFileSystem.path(deep)));
    for (String name : NAMES) {
      assertThat(contents(name)).isEqualTo(AFTER);
    }
  }

  @Test
  void leavesADirectoryAloneThatWasMadeAnewSince() throws IOException {
    killWhileCompleting();
    Map<String, String> anew = Map.of("data/a", "another a");
    FileUtils.deleteDirectory(temp.resolve("messages").toFile());
    make("messages", anew);

    rewrites.recover(List.of(root()));

    assertThat(contents("messages")).isEqualTo(anew);
    assertThat(contents("examples")).isEqualTo(AFTER);
    assertThat(names()).isEqualTo(NAMES);
  }

  @Test
  void recoversNothingWhereNothingWasLeft() throws IOException {
    rewrites.recover(List.of(root(), directory("messages")));
    for (String name : NAMES) {
      assertThat(contents(name)).isEqualTo(BEFORE);
    }
  }

  /** Dies when the first directory has lost its manifest. */
  private void killWhileCompleting() throws IOException {
    for (int changes = 0; Files.exists(temp.resolve("dialogues/manifest.json")); changes++) {
      FileUtils.cleanDirectory(temp.toFile());
      for (String name : NAMES) {
        make(name, BEFORE);
      }
      List<Rewrite> staged = staged();
      FaultyFileSystem.failAfter(changes);
      assertThatThrownBy(() -> rewrites.commit(staged)).hasMessage("the process is gone");
      FaultyFileSystem.heal();
    }
  }

  /** Whether the directory has a manifest. If so, it must be as before or as after the rewrite. */
  private boolean assertWholeOrRefused(String name) throws IOException {
    if (!Files.exists(temp.resolve(name).resolve(Manifest.FILE_NAME))) {
      assertThatThrownBy(() -> directories.finished(name, directory(name)))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("has no manifest.json");
      return false;
    }
    directories.finished(name, directory(name));
    assertThat(manifest(name)).isEqualTo(manifestOf(name, contents(name)));
    assertThat(contents(name)).isIn(BEFORE, AFTER);
    return true;
  }

  private List<Rewrite> staged() throws IOException {
    List<Rewrite> staged = new ArrayList<>();
    for (String name : NAMES) {
      Path file = temp.resolve("." + name + ".rewrite").resolve("data/a");
      Files.createDirectories(file.getParent());
      Files.writeString(file, AFTER.get("data/a"));
      staged.add(new Rewrite(directory(name), manifestOf(name, BEFORE), manifestOf(name, AFTER)));
    }
    return staged;
  }

  private void make(String name, Map<String, String> contents) throws IOException {
    for (Map.Entry<String, String> file : contents.entrySet()) {
      Path path = temp.resolve(name).resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
    }
    Files.writeString(
        temp.resolve(name).resolve(Manifest.FILE_NAME), manifestOf(name, contents).toJson());
  }

  private static Manifest manifestOf(String name, Map<String, String> contents) {
    return new Manifest(
        name,
        1,
        new TreeMap<>(),
        List.of(),
        new TreeMap<>(Map.of("rows_out", (long) contents.size())),
        new TreeMap<>(),
        new TreeMap<>(contents)
            .entrySet().stream()
                .map(
                    file ->
                        new Manifest.OutputFile(
                            file.getKey(),
                            file.getValue().length(),
                            -1,
                            DigestUtils.sha256Hex(file.getValue())))
                .toList(),
        new TreeMap<>());
  }

  private Manifest manifest(String name) throws IOException {
    return directories.manifest(directory(name)).orElseThrow();
  }

  private String root() {
    return FaultyFileSystem.path(temp);
  }

  private String directory(String name) {
    return root() + "/" + name;
  }

  private Map<String, String> contents(String name) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    Path data = temp.resolve(name).resolve("data");
    try (Stream<Path> files = Files.list(data)) {
      for (Path file : files.toList()) {
        contents.put("data/" + file.getFileName(), Files.readString(file));
      }
    }
    return contents;
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(temp)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
