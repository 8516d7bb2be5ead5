package io.dialogbert.frame.store;

import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Names that Spark gives to the files of a table. */
final class PartName {
  private static final Pattern SPARKS =
      Pattern.compile(
          "^part-(\\p{Nd}+)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:[-.]c000)?\\.");

  private PartName() {}

  /**
   * A name without its random part and with its number in ASCII, since executors write it in their
   * locale's digits. Any other name stays.
   */
  static String stable(String name) {
    return SPARKS.matcher(name).replaceFirst(part -> "part-" + inAscii(part.group(1)) + ".");
  }

  private static String inAscii(String digits) {
    return digits
        .codePoints()
        .mapToObj(digit -> Integer.toString(Character.digit(digit, 10)))
        .collect(Collectors.joining());
  }
}
