package io.dialogbert.frame.store;

import io.dialogbert.common.BadInputException;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The given directories and all directories below them, at any depth. Tables of finished
 * directories contain no such directories and are not searched. Hidden directories are listed but
 * not searched.
 */
public final class DirectoryTree {
  private final Directories directories;
  private final List<Path> places = new ArrayList<>();
  private final Map<Path, Set<String>> files = new TreeMap<>();
  private final Set<Path> hidden = new TreeSet<>();
  private final Set<String> seen = new HashSet<>();

  private DirectoryTree(Directories directories) {
    this.directories = directories;
  }

  /**
   * Searches directories.
   *
   * @throws BadInputException if one does not exist, or a directory below it cannot be listed
   */
  public static DirectoryTree of(Directories directories, Collection<String> places)
      throws IOException {
    DirectoryTree tree = new DirectoryTree(directories);
    for (String place : places) {
      Path path = new Path(place);
      FileSystem fileSystem = directories.fileSystem(path);
      if (!fileSystem.exists(path)) {
        throw new BadInputException("directory does not exist: " + place);
      }
      tree.places.add(fileSystem.makeQualified(path));
      tree.search(fileSystem, fileSystem.makeQualified(path));
    }
    return tree;
  }

  /** The directories that directly contain a file of the given name, in path order. */
  public List<String> having(String file) {
    return files.entrySet().stream()
        .filter(entry -> entry.getValue().contains(file))
        .map(entry -> entry.getKey().toString())
        .sorted()
        .toList();
  }

  /**
   * Hidden directories {@code .NAME.STATE} below the given directories and beside them, in path
   * order.
   */
  public List<Path> inState(String state) throws IOException {
    String suffix = "." + state;
    Set<Path> found = new TreeSet<>();
    hidden.stream().filter(path -> path.getName().endsWith(suffix)).forEach(found::add);
    for (Path place : places) {
      if (place.getParent() != null) {
        Path beside = new Path(place.getParent(), "." + place.getName() + suffix);
        if (directories.fileSystem(beside).exists(beside)) {
          found.add(beside);
        }
      }
    }
    return List.copyOf(found);
  }

  private void search(FileSystem fileSystem, Path directory) throws IOException {
    if (!seen.add(realPath(directory))) {
      return;
    }
    FileStatus[] children = list(fileSystem, directory);
    Set<String> names = new HashSet<>();
    for (FileStatus child : children) {
      if (!child.isDirectory()) {
        names.add(child.getPath().getName());
      }
    }
    files.put(directory, names);
    Set<String> tables = names.contains(Manifest.FILE_NAME) ? tables(directory) : Set.of();
    for (FileStatus child : children) {
      String name = child.getPath().getName();
      if (!child.isDirectory() || tables.contains(name)) {
        continue;
      }
      if (name.startsWith(".")) {
        hidden.add(child.getPath());
      } else {
        search(fileSystem, child.getPath());
      }
    }
  }

  /** Identifies a directory. For a local one, links are resolved, since they may lead upwards. */
  private static String realPath(Path directory) throws IOException {
    URI uri = directory.toUri();
    return uri.getScheme().equals("file")
        ? java.nio.file.Path.of(uri.getPath()).toRealPath().toString()
        : uri.toString();
  }

  private static FileStatus[] list(FileSystem fileSystem, Path directory) {
    try {
      FileStatus[] children = fileSystem.listStatus(directory);
      Arrays.sort(children);
      return children;
    } catch (IOException e) {
      // A directory that cannot be listed may contain anything.
      throw new BadInputException(
          "directory cannot be listed: " + directory + " (" + e.getMessage() + ")", e);
    }
  }

  private Set<String> tables(Path directory) throws IOException {
    Set<String> tables = new HashSet<>();
    for (Manifest.OutputFile file :
        directories.manifest(directory.toString()).orElseThrow().files()) {
      if (file.path().contains("/")) {
        tables.add(file.path().substring(0, file.path().indexOf('/')));
      }
    }
    return tables;
  }
}
