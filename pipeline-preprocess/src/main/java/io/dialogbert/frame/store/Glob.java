package io.dialogbert.frame.store;

import io.dialogbert.common.BadConfigException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.GlobExpander;
import org.apache.hadoop.fs.GlobFilter;
import org.apache.hadoop.fs.Path;

/** A path whose components may be patterns, as Hadoop understands them. */
final class Glob {
  private static final Pattern WILDCARD = Pattern.compile("[*?{\\[\\\\]");

  /** The part before the first pattern, where a search begins. */
  private final Path base;

  /** The pattern of each component. There are several alternatives if braces contain a slash. */
  private final List<List<Predicate<String>>> alternatives;

  private Glob(Path base, List<List<Predicate<String>>> alternatives) {
    this.base = base;
    this.alternatives = alternatives;
  }

  /**
   * A glob from a qualified path that may contain patterns.
   *
   * @throws BadConfigException if a pattern is malformed
   */
  static Glob of(Path qualified) {
    Path base = qualified;
    while (base.getParent() != null && WILDCARD.matcher(base.toString()).find()) {
      base = base.getParent();
    }
    List<List<Predicate<String>>> alternatives = new ArrayList<>();
    try {
      for (String path : GlobExpander.expand(qualified.toUri().getPath())) {
        List<Predicate<String>> patterns = new ArrayList<>();
        for (String component : components(path)) {
          patterns.add(pattern(component));
        }
        alternatives.add(patterns);
      }
    } catch (IOException e) {
      throw new BadConfigException("not a glob: " + qualified + " (" + e.getMessage() + ")", e);
    }
    return new Glob(base, alternatives);
  }

  /** A glob that matches only this path, whatever characters it contains. */
  static Glob literal(Path qualified) {
    List<Predicate<String>> names = new ArrayList<>();
    components(qualified.toUri().getPath()).forEach(name -> names.add(name::equals));
    return new Glob(qualified, List.of(names));
  }

  private static Predicate<String> pattern(String component) throws IOException {
    GlobFilter filter = new GlobFilter(component);
    // After a slash, a name may contain a colon.
    return name -> filter.accept(new Path("/" + name));
  }

  private static List<String> components(String path) {
    return Arrays.stream(path.split("/")).filter(name -> !name.isEmpty()).toList();
  }

  Path base() {
    return base;
  }

  /**
   * Whether a path on the same file system matches, is below a match, or is an ancestor of a
   * possible match.
   */
  boolean overlaps(String path) {
    List<String> names = components(path);
    return alternatives.stream().anyMatch(patterns -> overlaps(patterns, names));
  }

  private static boolean overlaps(List<Predicate<String>> patterns, List<String> names) {
    for (int i = 0; i < Math.min(patterns.size(), names.size()); i++) {
      if (!patterns.get(i).test(names.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** Whether a path is not too deep to match, or to lead to a match. */
  boolean searches(String path) {
    int depth = components(path).size();
    return alternatives.stream().anyMatch(patterns -> depth <= patterns.size());
  }
}
