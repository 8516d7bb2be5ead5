package io.dialogbert.common;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** What a job reads, as it lies there: looked through, and known by fingerprints. */
final class JobInputs {
  private final Lineage lineage;
  private final Directories directories;
  private final Map<String, Manifest> manifests = new HashMap<>();
  private final List<Manifest.Input> all = new ArrayList<>();
  private long fileBytes;

  /**
   * Looks inputs through.
   *
   * @throws BadInputException if one is missing, unfinished, torn, or made by another job than may
   */
  JobInputs(Lineage lineage, Directories directories) throws IOException {
    this.lineage = lineage;
    this.directories = directories;
    for (Map.Entry<String, String> dataset : lineage.datasets().entrySet()) {
      Manifest manifest = directories.finished(dataset.getKey(), dataset.getValue());
      requireMaker(lineage.makers().get(dataset.getKey()), manifest, dataset);
      manifests.put(dataset.getKey(), manifest);
      all.add(new Manifest.Input(dataset.getKey(), dataset.getValue(), manifest.fingerprint()));
    }
    lineage.fingerprints().forEach((name, print) -> all.add(new Manifest.Input(name, "", print)));
    for (Map.Entry<String, List<String>> named : lineage.files().entrySet()) {
      for (String glob : named.getValue()) {
        for (FileStatus file : directories.files(glob, lineage.shownName())) {
          // Of the name alone, so that files may be moved.
          String name = lineage.shownName().apply(new Path("/" + file.getPath().getName()));
          String identity =
              new Path(name).getName() + " " + file.getLen() + " " + file.getModificationTime();
          String shown = lineage.shownName().apply(file.getPath());
          all.add(new Manifest.Input(named.getKey(), shown, Manifest.sha256(identity)));
          fileBytes += file.getLen();
        }
      }
    }
  }

  private static void requireMaker(
      List<String> makers, Manifest manifest, Map.Entry<String, String> dataset) {
    if (!makers.isEmpty() && !makers.contains(manifest.job())) {
      throw new BadInputException(
          "input "
              + dataset.getKey()
              + " must be made by "
              + String.join(" or ", makers)
              + ", not by "
              + manifest.job()
              + ": "
              + dataset.getValue());
    }
  }

  /** In the lineage's order, as the manifest lists them. */
  List<Manifest.Input> all() {
    return List.copyOf(all);
  }

  /** Manifests of the directories, by what the job calls them. */
  Map<String, Manifest> manifests() {
    return Map.copyOf(manifests);
  }

  /** Bytes of all, as they lie there. */
  long bytes() {
    return fileBytes
        + manifests.values().stream()
            .flatMap(manifest -> manifest.files().stream())
            .mapToLong(Manifest.OutputFile::bytes)
            .sum();
  }

  /**
   * Makes sure that an output lies apart: in an input it would be read next time, and one around it
   * would replace it.
   *
   * @throws BadConfigException if it does not
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
   * Inputs that were deleted or replaced while the job read them explain its failure, or spoil its
   * success.
   *
   * @throws BadInputException naming the first of them
   */
  void requireUnchanged() throws IOException {
    Set<Manifest.Input> now = new HashSet<>(new JobInputs(lineage, directories).all);
    for (Manifest.Input input : all) {
      if (!now.contains(input)) {
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
