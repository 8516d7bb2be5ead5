package io.dialogbert.privacy;

import io.dialogbert.text.normalize.AlignedText;
import io.dialogbert.text.normalize.Normalizer;
import java.util.ArrayList;
import java.util.List;

/**
 * A made-up message and the positions of its personal data.
 *
 * @param lang {@code ko} or {@code ja}
 * @param text the message as typed
 * @param labels from left to right; empty for a message that only resembles personal data
 */
public record LabeledText(String lang, String text, List<Label> labels) {
  /**
   * A piece of personal data.
   *
   * @param kind name of a {@link PiiKind}
   * @param start index of its first character
   * @param end index after its last character
   * @param hard whether only the meaning of the sentence shows what it is
   */
  public record Label(String kind, int start, int end, boolean hard) {}

  public LabeledText {
    labels = List.copyOf(labels);
  }

  /** The message behind another one, with a space between. */
  LabeledText after(String other) {
    int moved = other.length() + 1;
    return new LabeledText(
        lang,
        other + " " + text,
        labels.stream()
            .map(l -> new Label(l.kind(), l.start() + moved, l.end() + moved, l.hard()))
            .toList());
  }

  /** The message as ingestion passes it to the masker: normalized, with whole runs. */
  LabeledText normalized() {
    AlignedText aligned = new Normalizer(1 << 20, false).align(text);
    List<Label> moved = new ArrayList<>();
    for (Label label : labels) {
      int start = 0;
      while (aligned.starts()[start] < label.start()) {
        start++;
      }
      int end = start;
      while (end < aligned.text().length() && aligned.starts()[end] < label.end()) {
        end++;
      }
      moved.add(new Label(label.kind(), start, end, label.hard()));
    }
    return new LabeledText(lang, aligned.text(), moved);
  }
}
