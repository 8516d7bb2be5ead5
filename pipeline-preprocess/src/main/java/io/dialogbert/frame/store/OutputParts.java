package io.dialogbert.frame.store;

import io.dialogbert.common.BadInputException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Parts of an output's table, each of which is whole or not. They lie below a run's hidden
 * directory, beside what the run is to make, so that a later run can take over those of a run that
 * was killed. A part is a directory; it is whole once its marker, which is written last, is there.
 */
public final class OutputParts {
  private static final String PLAN = ".plan.json";
  private static final String PARTS = ".parts";
  private static final String WHOLE = "_whole";

  private final Directories directories;
  private final FileSystem fileSystem;
  private final Path run;
  private final Manifest plan;

  /**
   * The parts of a run.
   *
   * @param run its hidden directory
   * @param plan what it makes
   */
  public OutputParts(Directories directories, Path run, Manifest plan) throws IOException {
    this.directories = directories;
    this.fileSystem = directories.fileSystem(run);
    this.run = run;
    this.plan = plan;
  }

  /**
   * Checks that parts which earlier runs left are parts of the same output.
   *
   * @param left hidden directories of these runs
   * @throws BadInputException if they are not; names the differences
   */
  public static void requireOf(Manifest plan, Directories directories, Collection<Path> left)
      throws IOException {
    for (Path other : left) {
      Path file = new Path(other, PLAN);
      if (directories.fileSystem(file).exists(file)) {
        List<String> differences =
            Manifest.fromJson(directories.readString(file), file.toString()).differences(plan);
        if (!differences.isEmpty()) {
          throw new BadInputException(
              other
                  + " holds parts of another run:\n  "
                  + String.join("\n  ", differences)
                  + "\nchoose another output, or run without --resume to begin again");
        }
      }
    }
  }

  /** Records what the parts are made for; without it, nobody takes them over. */
  public void begin() throws IOException {
    directories.writeWhole(new Path(run, PLAN), plan.toJson());
  }

  /**
   * Moves the whole parts of an earlier run here.
   *
   * @param other its hidden directory
   */
  public void takeOver(Path other) throws IOException {
    Path parts = new Path(other, PARTS);
    if (!fileSystem.exists(new Path(other, PLAN)) || !fileSystem.exists(parts)) {
      return;
    }
    begin();
    fileSystem.mkdirs(new Path(run, PARTS));
    for (FileStatus part : fileSystem.listStatus(parts)) {
      Path here = new Path(new Path(run, PARTS), part.getPath().getName());
      if (isWhole(part.getPath()) && !fileSystem.exists(here)) {
        Directories.rename(fileSystem, part.getPath(), here);
      }
    }
  }

  /** The directory of a part, from 0. */
  public Path path(int part) {
    return new Path(new Path(run, PARTS), number(part));
  }

  public boolean isWhole(int part) throws IOException {
    return isWhole(path(part));
  }

  private boolean isWhole(Path part) throws IOException {
    return fileSystem.exists(new Path(part, WHOLE));
  }

  /** Marks a part whose files are all written. */
  public void setWhole(int part) throws IOException {
    directories.writeString(new Path(path(part), WHOLE), "");
  }

  /**
   * Moves the files of all parts to their table. They are named after part and file, so the same
   * parts give the same names.
   *
   * @param table a directory, created if it is not there
   */
  public void install(Path table, int count) throws IOException {
    fileSystem.mkdirs(table);
    for (int part = 0; part < count; part++) {
      // From now on it is no longer whole.
      fileSystem.delete(new Path(path(part), WHOLE), false);
      for (Path file : files(path(part))) {
        String name = PartName.stable(file.getName()).replaceFirst("^part-", "");
        Directories.rename(fileSystem, file, new Path(table, "part-" + number(part) + "-" + name));
      }
    }
    fileSystem.delete(new Path(run, PARTS), true);
  }

  private List<Path> files(Path part) throws IOException {
    List<Path> files = new ArrayList<>();
    Stream.of(fileSystem.listStatus(part))
        .map(FileStatus::getPath)
        .filter(file -> !Directories.hidden(file))
        .forEach(files::add);
    return files;
  }

  private static String number(int part) {
    return String.format(Locale.ROOT, "%05d", part);
  }
}
