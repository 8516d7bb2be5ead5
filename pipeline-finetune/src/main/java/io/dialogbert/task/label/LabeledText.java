package io.dialogbert.task.label;

import io.dialogbert.task.tag.Entity;
import io.dialogbert.text.normalize.Normalizer;
import java.util.List;
import java.util.stream.Stream;

/**
 * A text or a pair of texts with its label.
 *
 * @param file the name of its file below the directory that holds all files
 * @param row its row there, from 1
 * @param first as in the file; without white space at its ends, if it has no entities; not empty
 * @param second likewise; empty if the set has single texts
 * @param label name of its class; empty if it has none
 * @param score NaN if it has none
 * @param group what must not be in two splits; empty if that is its texts
 * @param entities those of the first text, in order; empty if it has none
 */
public record LabeledText(
    String file,
    long row,
    String first,
    String second,
    String label,
    double score,
    String group,
    List<Entity> entities) {
  /** Finds equal texts in whatever way they are written: case, width, spaces, long laughter. */
  private static final Normalizer SPELLING = new Normalizer(2, true);

  /** A text without entities. */
  public LabeledText(
      String file,
      long row,
      String first,
      String second,
      String label,
      double score,
      String group) {
    this(file, row, first, second, label, score, group, List.of());
  }

  /** File and row. */
  public String exampleId() {
    return file + "-" + row;
  }

  /** Its texts, one or two, in a spelling that equal texts share. */
  public List<String> textKeys() {
    return Stream.of(first, second).filter(text -> !text.isEmpty()).map(LabeledText::key).toList();
  }

  /** The spelling that equal texts share; empty if nothing of the text is visible. */
  static String key(String text) {
    return SPELLING.normalize(text);
  }

  /** The label, the score or the entities, for comparing. */
  String target() {
    return label.isEmpty() ? score + " " + entities : label;
  }
}
