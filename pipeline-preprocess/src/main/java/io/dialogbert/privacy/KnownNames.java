package io.dialogbert.privacy;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Masks names that are known beforehand. Immutable and shared by threads. */
public final class KnownNames {
  private static final int MIN_LENGTH = 2;

  /** The longest first. */
  private final List<String> names;

  public KnownNames(Collection<String> names) {
    this.names =
        names.stream()
            .map(String::strip)
            .filter(name -> name.length() >= MIN_LENGTH)
            .distinct()
            .sorted(Comparator.comparingInt(String::length).reversed())
            .toList();
  }

  /** {@code text} with a placeholder for each name that does not start within a word. */
  public MaskedText mask(String text) {
    StringBuilder masked = new StringBuilder();
    int count = 0;
    int at = 0;
    while (at < text.length()) {
      String name = nameAt(text, at);
      if (name.isEmpty()) {
        masked.append(text.charAt(at++));
      } else {
        masked.append(PiiKind.NAME.placeholder());
        count++;
        at += name.length();
      }
    }
    return count == 0
        ? new MaskedText(text, Map.of())
        : new MaskedText(masked.toString(), Map.of(PiiKind.NAME, count));
  }

  private String nameAt(String text, int at) {
    boolean isStart =
        at == 0 || !(Character.isLetterOrDigit(text.charAt(at - 1)) || text.charAt(at - 1) == '[');
    if (isStart) {
      for (String name : names) {
        if (text.startsWith(name, at)) {
          return name;
        }
      }
    }
    return "";
  }
}
