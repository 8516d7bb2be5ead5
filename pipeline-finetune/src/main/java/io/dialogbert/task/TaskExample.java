package io.dialogbert.task;

import io.dialogbert.task.tag.TaggedText;

/**
 * A text or a pair of texts, and what is known of it. Which of {@code label}, {@code score} and
 * {@code key} mean something depends on the {@link TaskSpec.Kind}. The example owns the arrays;
 * nobody may change them.
 *
 * @param first token ids of the first text, at least one; {@code [SEPT]} between its turns
 * @param second token ids of the second text; empty if the task has one text
 * @param label class index, from 0; -1 if the example has no class
 * @param score similarity of the pair; 0 where the task has no scores
 * @param key hash of the second text or of its class; pairs of equal keys are no negatives of each
 *     other
 * @param teacherOutputs float32, what a teacher says: logits [C], a score [1], or the vectors of
 *     both texts, one after the other [2H]; empty without a teacher
 * @param negative token ids of a text that is hard to tell from the second one, but wrong; empty if
 *     none is known
 * @param negativeKey as {@code key}, of the negative
 * @param tagged entities of the first text, and places of its tokens; {@link TaggedText#NONE} if
 *     the task has no tags
 */
public record TaskExample(
    String exampleId,
    String lang,
    int[] first,
    int[] second,
    int label,
    float score,
    int key,
    float[] teacherOutputs,
    int[] negative,
    int negativeKey,
    TaggedText tagged) {
  public TaskExample {
    if (first.length == 0) {
      throw new IllegalArgumentException("the first text has no token: example " + exampleId);
    }
    if (tagged.places().size() != 0 && tagged.places().size() != first.length) {
      throw new IllegalArgumentException(
          "%d tokens have %d places: example %s"
              .formatted(first.length, tagged.places().size(), exampleId));
    }
    if (label < -1) {
      throw new IllegalArgumentException(
          "label must be a class or -1, is " + label + ": example " + exampleId);
    }
  }

  /** An example without a negative of its own. */
  public TaskExample(
      String exampleId,
      String lang,
      int[] first,
      int[] second,
      int label,
      float score,
      int key,
      float[] teacherOutputs) {
    this(
        exampleId,
        lang,
        first,
        second,
        label,
        score,
        key,
        teacherOutputs,
        new int[0],
        0,
        TaggedText.NONE);
  }

  /** A text with its entities. */
  public static TaskExample ofTags(String exampleId, String lang, int[] text, TaggedText tagged) {
    return new TaskExample(
        exampleId, lang, text, new int[0], -1, 0, 0, new float[0], new int[0], 0, tagged);
  }

  /** A text with its class. */
  public static TaskExample ofText(String exampleId, String lang, int[] text, int label) {
    return new TaskExample(exampleId, lang, text, new int[0], label, 0, 0, new float[0]);
  }

  /** This pair in the other order. */
  public TaskExample swapped() {
    return new TaskExample(
        exampleId,
        lang,
        second,
        first,
        label,
        score,
        key,
        teacherOutputs,
        negative,
        negativeKey,
        tagged);
  }

  /** This example with a negative of its own. */
  public TaskExample withNegative(int[] ids, int keyOfNegative) {
    return new TaskExample(
        exampleId,
        lang,
        first,
        second,
        label,
        score,
        key,
        teacherOutputs,
        ids,
        keyOfNegative,
        tagged);
  }

  /** This example without a negative of its own. */
  public TaskExample withoutNegative() {
    return withNegative(new int[0], 0);
  }

  /** This example with what a teacher says. */
  public TaskExample withTeacherOutputs(float[] outputs) {
    return new TaskExample(
        exampleId, lang, first, second, label, score, key, outputs, negative, negativeKey, tagged);
  }
}
