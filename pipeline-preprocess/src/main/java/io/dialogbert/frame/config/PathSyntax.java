package io.dialogbert.frame.config;

import java.net.URI;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/** What a setting must be to name a path on a Hadoop file system. */
final class PathSyntax {
  private PathSyntax() {}

  /** The rule that a string breaks, if it cannot be a path. */
  static Optional<String> brokenRule(String text) {
    if (text.isBlank()) {
      return Optional.of("must not be empty");
    }
    URI uri;
    try {
      uri = new Path(text).toUri();
    } catch (IllegalArgumentException e) {
      return Optional.of("must be a path; before a name with a colon, write ./");
    }
    return "file".equals(uri.getScheme()) && uri.getAuthority() != null
        ? Optional.of("must have one slash or three behind file:")
        : Optional.empty();
  }
}
