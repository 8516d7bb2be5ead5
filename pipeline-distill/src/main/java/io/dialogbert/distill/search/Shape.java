package io.dialogbert.distill.search;

import io.dialogbert.distill.student.StudentConfig;
import io.dialogbert.distill.student.StudentConfig.Init;
import io.dialogbert.model.EncoderConfig;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The sizes of a candidate, written as {@code layers/hidden/heads/intermediate}, such as {@code
 * 4/312/12/1200}.
 */
record Shape(int numHiddenLayers, int hiddenSize, int numAttentionHeads, int intermediateSize)
    implements Serializable {
  private static final Pattern FORM =
      Pattern.compile("([1-9]\\d{0,3})/([1-9]\\d{0,4})/([1-9]\\d{0,3})/([1-9]\\d{0,4})");

  /** Reads a shape; empty if the text has another form, or heads do not divide the hidden size. */
  static Optional<Shape> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int[] sizes = new int[4];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = Integer.parseInt(matcher.group(i + 1));
    }
    return sizes[1] % sizes[2] == 0
        ? Optional.of(new Shape(sizes[0], sizes[1], sizes[2], sizes[3]))
        : Optional.empty();
  }

  /** Whether a teacher has everything that this takes from it. */
  boolean fits(EncoderConfig teacher) {
    return numHiddenLayers <= teacher.numHiddenLayers()
        && hiddenSize <= teacher.hiddenSize()
        && numAttentionHeads <= teacher.numAttentionHeads()
        && intermediateSize <= teacher.intermediateSize()
        && (hiddenSize == teacher.hiddenSize()
            || hiddenSize / numAttentionHeads <= teacher.headSize());
  }

  /** A student of this shape, which starts from a teacher's layers. */
  StudentConfig student(EncoderConfig teacher) {
    return student(hiddenSize == teacher.hiddenSize() ? Init.LAYERS : Init.SVD);
  }

  /** A student of this shape that has nothing of a teacher. */
  StudentConfig untaught() {
    return student(Init.RANDOM);
  }

  private StudentConfig student(Init init) {
    return new StudentConfig(
        numHiddenLayers, hiddenSize, numAttentionHeads, intermediateSize, List.of(), init);
  }

  /** Name of a directory. */
  String directory() {
    return toString().replace('/', '-');
  }

  @Override
  public String toString() {
    return numHiddenLayers + "/" + hiddenSize + "/" + numAttentionHeads + "/" + intermediateSize;
  }
}
