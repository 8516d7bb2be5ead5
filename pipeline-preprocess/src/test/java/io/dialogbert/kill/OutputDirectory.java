package io.dialogbert.kill;

import io.dialogbert.frame.store.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;

/** A job's output. */
final class OutputDirectory implements Subject {
  private static final String OTHER_SEED = "\"seed\" : \"1\"";

  private final Path path;
  private final Path finished;
  private final Directory output;
  private final Directory replaced;
  private final Path unfinished;

  /** Fingerprints of manifests that a reader may find; other threads read this. */
  private volatile Set<String> fingerprints = Set.of();

  private Map<String, String> wanted = Map.of();
  private Map<String, String> old = Map.of();
  private boolean replaces;

  /**
   * Creates an output.
   *
   * @param path output path in its own directory, which need not exist
   * @param finished where {@link #learn} puts a copy
   */
  OutputDirectory(Path path, Path finished) {
    this.path = path;
    this.finished = finished;
    this.output = new Directory(path);
    this.replaced = new Directory(path.resolveSibling("." + path.getFileName() + ".replaced"));
    this.unfinished = path.resolveSibling("." + path.getFileName() + ".unfinished");
  }

  Path path() {
    return path;
  }

  @Override
  public void reset(boolean replaces) throws IOException {
    this.replaces = replaces;
    FileUtils.deleteDirectory(path.getParent().toFile());
    Files.createDirectories(path.getParent());
    if (replaces) {
      // Made with another seed, so that it must be replaced.
      FileUtils.copyDirectory(finished.toFile(), path.toFile());
      Path manifest = path.resolve(Manifest.FILE_NAME);
      String json = Files.readString(manifest);
      Files.writeString(manifest, json.replaceFirst("\"seed\" : \"\\d+\"", OTHER_SEED));
      if (isNew()) {
        throw new IllegalStateException("no seed in " + manifest);
      }
      old = output.contents();
      allow(output.fingerprint());
    }
  }

  private void allow(String fingerprint) {
    Set<String> all = new HashSet<>(fingerprints);
    all.add(fingerprint);
    fingerprints = all;
  }

  @Override
  public Moment moment() throws IOException {
    Optional<Path> writing = writing();
    if (replaced.exists() || writing.stream().anyMatch(OutputDirectory::hasManifest)) {
      return Moment.COMMITTING;
    }
    if (writing.isPresent()) {
      return Moment.WRITING;
    }
    return isNew() ? Moment.AFTER : Moment.BEFORE_WRITING;
  }

  private static boolean hasManifest(Path directory) {
    return Files.exists(directory.resolve(Manifest.FILE_NAME));
  }

  /** The directory that a run writes to, below the unfinished one. */
  private Optional<Path> writing() throws IOException {
    try (Stream<Path> runs = Files.list(unfinished)) {
      return runs.filter(Files::isDirectory).findAny();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private boolean isNew() throws IOException {
    return output.manifestText().filter(text -> !text.contains(OTHER_SEED)).isPresent();
  }

  @Override
  public void learn() throws IOException {
    FileUtils.deleteDirectory(finished.toFile());
    FileUtils.copyDirectory(path.toFile(), finished.toFile());
    want(output.contents());
    allow(output.fingerprint());
  }

  /** The current output. */
  Map<String, String> contents() throws IOException {
    return output.contents();
  }

  /** Sets the output that a run is expected to leave. */
  void want(Map<String, String> contents) {
    wanted = contents;
  }

  @Override
  public Optional<String> halfWritten() throws IOException {
    return output.halfWritten(fingerprints, true);
  }

  @Override
  public Optional<String> wrongWhenKilled() throws IOException {
    if (output.exists()) {
      Map<String, String> now = output.contents();
      return now.equals(wanted) || (replaces && now.equals(old))
          ? Optional.empty()
          : Optional.of("the killed run left an output that is neither old nor new");
    }
    return replaces && !(replaced.exists() && replaced.contents().equals(old))
        ? Optional.of("the old output is lost")
        : Optional.empty();
  }

  @Override
  public Optional<String> wrongWhenDone() throws IOException {
    Set<String> others = Directory.differences(output.contents(), wanted);
    if (!others.isEmpty()) {
      return Optional.of("another output than that of an undisturbed run: " + others);
    }
    Set<String> names = Directory.names(path.getParent());
    return names.size() > 1 ? Optional.of("something is left: " + names) : Optional.empty();
  }
}
