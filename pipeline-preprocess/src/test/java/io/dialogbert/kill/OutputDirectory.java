package io.dialogbert.kill;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dialogbert.common.Manifest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;

/** A job's output as others may find it while the job runs, is killed, and runs again. */
record OutputDirectory(Path path) {
  private static final int CHECKS = 3;
  private static final String OTHER_SEED = "\"seed\" : \"1\"";

  Path unfinished() {
    return path.resolveSibling("." + path.getFileName() + ".unfinished");
  }

  Path replaced() {
    return path.resolveSibling("." + path.getFileName() + ".replaced");
  }

  /** Removes the output and all that lies beside it. */
  void clear() throws IOException {
    for (Path each : new Path[] {path, unfinished(), replaced()}) {
      FileUtils.deleteDirectory(each.toFile());
    }
  }

  /** Puts a finished output here that is of another seed, so that it is to be replaced. */
  void putOther(Path finished) throws IOException {
    FileUtils.copyDirectory(finished.toFile(), path.toFile());
    Path manifest = path.resolve(Manifest.FILE_NAME);
    String json = Files.readString(manifest);
    Files.writeString(manifest, json.replaceFirst("\"seed\" : \"\\d+\"", OTHER_SEED));
    if (isNew()) {
      throw new IllegalStateException("no seed in " + manifest);
    }
  }

  /** Whether there is an output, and not that of another seed. */
  boolean isNew() throws IOException {
    Path manifest = path.resolve(Manifest.FILE_NAME);
    return Files.exists(manifest) && !Files.readString(manifest).contains(OTHER_SEED);
  }

  /**
   * What is wrong with the directory as a reader sees it, if anything: it may not be there, but not
   * in part.
   */
  Optional<String> halfWritten() throws IOException {
    // It may be exchanged between two looks; what is half-written stays so.
    Optional<String> wrong = Optional.empty();
    for (int i = 0; i < CHECKS; i++) {
      wrong = look();
      if (wrong.isEmpty()) {
        return wrong;
      }
    }
    return wrong;
  }

  private Optional<String> look() throws IOException {
    if (!Files.exists(path)) {
      return Optional.empty();
    }
    Path file = path.resolve(Manifest.FILE_NAME);
    try {
      Manifest manifest = Manifest.fromJson(Files.readString(file), file.toString());
      for (Manifest.OutputFile part : manifest.files()) {
        if (Files.size(path.resolve(part.path())) != part.bytes()) {
          return Optional.of(part.path() + " is not as long as the manifest says");
        }
      }
      return Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.of("no " + path.relativize(Path.of(e.getFile())));
    }
  }

  /** Every file's bytes; of the manifest all but what may differ from run to run. */
  static Map<String, String> contents(Path directory) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = directory.relativize(file).toString();
        // One character a byte, so that nothing is lost.
        contents.put(
            name,
            name.equals(Manifest.FILE_NAME)
                ? withoutRun(file)
                : new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
    return contents;
  }

  private static String withoutRun(Path manifest) throws IOException {
    JsonNode tree = new ObjectMapper().readTree(manifest.toFile());
    ((ObjectNode) tree).remove("run");
    return tree.toString();
  }
}
