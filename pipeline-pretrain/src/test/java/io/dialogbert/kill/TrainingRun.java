package io.dialogbert.kill;

import static org.apache.commons.codec.digest.DigestUtils.sha256Hex;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.train.run.Position;
import io.dialogbert.train.run.RunDirectory;
import io.dialogbert.train.run.VectorPiece;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipFile;

/** The files of a training job, while it runs and when it is done. */
record TrainingRun(Path output) {
  /** Prefix of the names of values that a killed driver may not have written yet. */
  static final String METRICS = "metrics";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MODEL = "model.zip";
  private static final String POSITION = "position.json";

  private Path states() {
    return output.resolveSibling(output.getFileName() + "-checkpoints");
  }

  private List<Path> stateDirectories() throws IOException {
    if (!Files.exists(states())) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(states())) {
      return entries.filter(path -> name(path).startsWith("step-")).sorted().toList();
    }
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }

  /** The newest step with a complete state; -1 if there is none yet. */
  long step() throws IOException {
    return stateDirectories().stream()
        .filter(path -> Files.exists(path.resolve(POSITION)))
        .mapToLong(path -> Long.parseLong(name(path).replaceFirst("step-", "")))
        .max()
        .orElse(-1);
  }

  /** The directory that becomes a checkpoint after a step. */
  Path checkpoint(long step) {
    return states().resolve(RunDirectory.state(step));
  }

  /** The directory that becomes the output. */
  Path unfinishedOutput() {
    return output.resolveSibling("." + output.getFileName() + ".unfinished");
  }

  /** Whether writing of a checkpoint has begun. */
  static boolean isBegun(Path checkpoint) {
    return has(checkpoint, MODEL);
  }

  /** Whether a checkpoint is complete. */
  static boolean isWhole(Path checkpoint) {
    return has(checkpoint, Manifest.FILE_NAME);
  }

  /** Whether a file is in a directory, or in the directory of a run below it. */
  private static boolean has(Path directory, String file) {
    try (Stream<Path> found = Files.find(directory, 2, (path, as) -> name(path).equals(file))) {
      return found.findAny().isPresent();
    } catch (IOException | UncheckedIOException e) {
      // It is not there yet, or was deleted meanwhile.
      return false;
    }
  }

  /**
   * Everything that must not depend on disturbances of the run, by name: parameters and moments of
   * the output, of the kept checkpoints and of their states; counts; losses.
   */
  Map<String, String> result() throws IOException {
    Map<String, String> result = new TreeMap<>();
    putCheckpoint(result, output);
    for (Path state : stateDirectories()) {
      putCheckpoint(result, state);
      putState(result, state);
    }
    for (String line : Files.readAllLines(output.resolve("metrics.jsonl"))) {
      JsonNode metrics = JSON.readTree(line);
      String losses =
          metrics.properties().stream()
              .filter(entry -> entry.getKey().endsWith("loss"))
              .map(Object::toString)
              .collect(Collectors.joining(" "));
      if (!losses.isEmpty()) {
        String split = metrics.path("split").asText("train");
        result.put(METRICS + " of step " + metrics.get("step") + ", " + split, losses);
      }
    }
    return result;
  }

  private static void putCheckpoint(Map<String, String> result, Path directory) throws IOException {
    if (!isWhole(directory)) {
      result.put(name(directory), "without a manifest");
      return;
    }
    String manifest = Files.readString(directory.resolve(Manifest.FILE_NAME));
    result.put(
        name(directory) + " counts",
        Manifest.fromJson(manifest, directory.toString()).counts().toString());
    result.put(
        name(directory) + " training.json", Files.readString(directory.resolve("training.json")));
    try (ZipFile model = new ZipFile(directory.resolve(MODEL).toFile())) {
      for (String entry : List.of("coefficients.bin", "updaterState.bin")) {
        result.put(
            name(directory) + " " + entry,
            sha256Hex(model.getInputStream(model.getEntry(entry)).readAllBytes()));
      }
    }
  }

  private void putState(Map<String, String> result, Path directory) throws IOException {
    Position position = JSON.readValue(directory.resolve(POSITION).toFile(), Position.class);
    result.put(
        name(directory) + " position",
        List.of(
                position.step(),
                position.cursor(),
                position.examplesSeen(),
                position.rounds(),
                position.skippedRounds(),
                position.smoothedLoss())
            .toString());
    for (Map.Entry<String, List<VectorPiece>> vector : position.vectors().entrySet()) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      for (VectorPiece piece : vector.getValue()) {
        bytes.write(Files.readAllBytes(states().resolve(piece.file())));
      }
      result.put(name(directory) + " " + vector.getKey(), sha256Hex(bytes.toByteArray()));
    }
  }
}
