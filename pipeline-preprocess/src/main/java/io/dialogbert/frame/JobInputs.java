package io.dialogbert.frame;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.common.BadInputException;
import io.dialogbert.frame.store.DayDirectories;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.frame.store.Manifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** A job's inputs: listed once, and identified by fingerprints. */
final class JobInputs {
  private final Lineage lineage;
  private final Directories directories;

  /** The directories, by the job's name for them; for one read by day, those of its days. */
  private final Map<String, List<InputDirectory>> found = new LinkedHashMap<>();

  private final List<Manifest.Input> all = new ArrayList<>();

  /** The external files, by the job's name for them; a file listed twice appears twice. */
  private final Map<String, List<FileStatus>> files;

  /**
   * Lists and checks the inputs.
   *
   * @throws BadInputException if one is missing, unfinished, incomplete, or made by a job that may
   *     not make it
   */
  JobInputs(Lineage lineage, Directories directories) throws IOException {
    this(lineage, directories, list(lineage, directories));
  }

  private JobInputs(Lineage lineage, Directories directories, Map<String, List<FileStatus>> files)
      throws IOException {
    this.lineage = lineage;
    this.directories = directories;
    this.files = files;
    for (Map.Entry<String, String> dataset : lineage.datasets().entrySet()) {
      List<InputDirectory> parts = new ArrayList<>();
      for (String path : paths(dataset.getKey(), dataset.getValue())) {
        Manifest manifest = directories.finished(dataset.getKey(), path);
        requireProducer(dataset.getKey(), path, manifest);
        parts.add(new InputDirectory(path, manifest));
        all.add(new Manifest.Input(dataset.getKey(), path, manifest.fingerprint()));
      }
      found.put(dataset.getKey(), List.copyOf(parts));
    }
    lineage.fingerprints().forEach((name, print) -> all.add(new Manifest.Input(name, "", print)));
    files.forEach((name, listed) -> listed.forEach(file -> all.add(input(name, file))));
  }

  private List<String> paths(String name, String path) throws IOException {
    if (!lineage.sets().contains(name) || directories.manifest(path).isPresent()) {
      return List.of(path);
    }
    List<String> days = DayDirectories.in(directories, path).requireAll().paths();
    return days.isEmpty() ? List.of(path) : days;
  }

  private static Map<String, List<FileStatus>> list(Lineage lineage, Directories directories)
      throws IOException {
    Map<String, List<FileStatus>> files = new LinkedHashMap<>();
    for (Map.Entry<String, List<String>> named : lineage.files().entrySet()) {
      List<FileStatus> listed = new ArrayList<>();
      for (String glob : named.getValue()) {
        listed.addAll(directories.files(glob, lineage.shownName()));
      }
      files.put(named.getKey(), listed);
    }
    return files;
  }

  private Manifest.Input input(String name, FileStatus file) {
    // Uses only the file's name, so that files may be moved.
    String fileName = lineage.shownName().apply(new Path("/" + file.getPath().getName()));
    String identity =
        new Path(fileName).getName() + " " + file.getLen() + " " + file.getModificationTime();
    String shown = lineage.shownName().apply(file.getPath());
    return new Manifest.Input(name, shown, DigestUtils.sha256Hex(identity));
  }

  private void requireProducer(String name, String path, Manifest manifest) {
    List<String> producers = lineage.producers().get(name);
    if (!producers.isEmpty() && !producers.contains(manifest.job())) {
      throw new BadInputException(
          "input "
              + name
              + " must be made by "
              + String.join(" or ", producers)
              + ", not by "
              + manifest.job()
              + ": "
              + path);
    }
  }

  /** In the lineage's order, as the manifest lists them. */
  List<Manifest.Input> all() {
    return List.copyOf(all);
  }

  /** The directories, by the job's name for them, in the lineage's order. */
  Map<String, List<InputDirectory>> directories() {
    return Collections.unmodifiableMap(found);
  }

  /** External files under one name, each once, in path order. */
  List<FileStatus> files(String name) {
    Map<String, FileStatus> byPath = new TreeMap<>();
    files.get(name).forEach(file -> byPath.put(file.getPath().toString(), file));
    return List.copyOf(byPath.values());
  }

  /** Bytes of all inputs on disk, without directories of which only the manifest is read. */
  long bytes() {
    return files.values().stream().flatMap(Collection::stream).mapToLong(FileStatus::getLen).sum()
        + found.entrySet().stream()
            .filter(input -> !lineage.manifestsOnly().contains(input.getKey()))
            .flatMap(input -> input.getValue().stream())
            .flatMap(input -> input.manifest().files().stream())
            .mapToLong(Manifest.OutputFile::bytes)
            .sum();
  }

  /**
   * Checks that an output is outside the inputs and contains none. Inside an input, it would be
   * read next time; around one, it would replace it.
   *
   * @throws BadConfigException if it is not
   */
  void requireApart(String output) throws IOException {
    List<String> paths = new ArrayList<>(lineage.datasets().values());
    lineage.files().values().forEach(paths::addAll);
    for (String path : paths) {
      if (directories.overlap(output, path)) {
        throw new BadConfigException("output " + output + " must lie apart from the input " + path);
      }
    }
  }

  /**
   * Checks that no input was deleted or replaced while the job read it. Such an input explains a
   * failure and invalidates a success.
   *
   * @throws BadInputException naming the first of them
   */
  void requireUnchanged() throws IOException {
    requireUnchanged(new JobInputs(lineage, directories), all);
  }

  /**
   * The inputs of a job that changes its input directories: the directories as it left them, and
   * the files that it read.
   *
   * @param now the job's lineage now
   * @throws BadInputException naming the first file that was deleted or replaced
   */
  JobInputs changed(Lineage now) throws IOException {
    JobInputs changed = new JobInputs(now, directories, files);
    List<Manifest.Input> read =
        all.stream().filter(input -> files.containsKey(input.name())).toList();
    requireUnchanged(new JobInputs(now, directories), read);
    return changed;
  }

  private static void requireUnchanged(JobInputs now, List<Manifest.Input> read) {
    Set<Manifest.Input> present = new HashSet<>(now.all);
    for (Manifest.Input input : read) {
      if (!present.contains(input)) {
        throw new BadInputException(
            "input "
                + input.name()
                + " was deleted or changed while the job read it: "
                + input.path()
                + "; run again when it is as it should be");
      }
    }
  }
}
