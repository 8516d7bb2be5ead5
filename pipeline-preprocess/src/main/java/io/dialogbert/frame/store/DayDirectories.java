package io.dialogbert.frame.store;

import io.dialogbert.common.BadInputException;
import io.dialogbert.common.Days;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** The directories of days in a place. */
public final class DayDirectories {
  private final List<String> paths = new ArrayList<>();

  /** The names of days that are about to be replaced. */
  private final Set<String> replaced = new HashSet<>();

  private DayDirectories() {}

  /**
   * Finds directories of days; none if there is no such place.
   *
   * @param place the directory that holds them, or a glob that matches them
   * @throws BadInputException if one has the name of a day but no date
   */
  public static DayDirectories in(Directories directories, String place) throws IOException {
    Path path = new Path(place);
    FileSystem fileSystem = directories.fileSystem(path);
    DayDirectories days = new DayDirectories();
    if (fileSystem.exists(path)) {
      for (FileStatus child : fileSystem.listStatus(path)) {
        days.add(child, new Path(path, child.getPath().getName()));
      }
    } else {
      FileStatus[] matches = fileSystem.globStatus(path);
      for (FileStatus match : matches == null ? new FileStatus[0] : matches) {
        days.add(match, match.getPath());
      }
    }
    days.paths.sort(
        Comparator.comparing((String day) -> Days.of(day).orElseThrow()).thenComparing(day -> day));
    return days;
  }

  private void add(FileStatus found, Path path) {
    String name = path.getName();
    OutputDirectory.replacedOf(path).ifPresent(replaced::add);
    if (found.isDirectory() && name.startsWith(Days.PREFIX)) {
      if (Days.of(name).isEmpty()) {
        throw new BadInputException("a directory of a day must be named by its date: " + path);
      }
      paths.add(path.toString());
    }
  }

  /** Their paths, in the order of the days. */
  public List<String> paths() {
    return paths;
  }

  /**
   * Checks that no day is away because another run replaces it.
   *
   * @param exceptions names of days that may be away
   * @throws BadInputException naming the day
   */
  public DayDirectories requireAll(String... exceptions) {
    paths.forEach(path -> replaced.remove(new Path(path).getName()));
    replaced.stream()
        .filter(name -> Days.of(name).isPresent() && !List.of(exceptions).contains(name))
        .sorted()
        .findFirst()
        .ifPresent(
            name -> {
              throw new BadInputException(
                  name
                      + " is just being replaced, or the run that replaced it was killed; wait, or"
                      + " run it again");
            });
    return this;
  }
}
