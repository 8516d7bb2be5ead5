package io.dialogbert.distill.student;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.model.EncoderConfig;
import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A student's shape and start; a size of 0 is the teacher's.
 *
 * @param numHiddenLayers number of encoder layers
 * @param hiddenSize H
 * @param numAttentionHeads A; a head is as wide as the teacher's if the hidden size is, else H / A
 * @param intermediateSize I
 * @param fromLayers for each layer, the teacher's layer that it starts from, from 0; empty for
 *     evenly spaced ones that include the last
 * @param init what the student starts from
 */
public record StudentConfig(
    int numHiddenLayers,
    int hiddenSize,
    int numAttentionHeads,
    int intermediateSize,
    List<Integer> fromLayers,
    Init init)
    implements Serializable {

  /** What a student starts from. */
  public enum Init {
    /** The teacher's layers. The hidden size is the teacher's. */
    LAYERS,
    /** The teacher's layers, its residual stream projected to the student's width. */
    SVD,
    /** Random values, drawn as for pretraining. */
    RANDOM
  }

  public StudentConfig {
    fromLayers = List.copyOf(fromLayers);
  }

  /** Reads a {@code student} section. */
  public static StudentConfig read(ConfigReader in) {
    return new StudentConfig(
        in.intBetween("num-hidden-layers", 0, 1000),
        in.intBetween("hidden-size", 0, 1 << 14),
        in.intBetween("num-attention-heads", 0, 1 << 10),
        in.intBetween("intermediate-size", 0, 1 << 16),
        in.ascendingInts("from-layers", 0, 999),
        in.choice("init", Init.class));
  }

  /**
   * The student's encoder.
   *
   * @throws BadConfigException if it cannot start from the teacher as asked; names the setting and
   *     the teacher's value
   */
  public EncoderConfig encoder(EncoderConfig teacher) {
    int hidden = hiddenSize == 0 ? teacher.hiddenSize() : hiddenSize;
    int heads = numAttentionHeads == 0 ? teacher.numAttentionHeads() : numAttentionHeads;
    boolean sameWidth = hidden == teacher.hiddenSize();
    if (!sameWidth && hidden % heads != 0) {
      throw new BadConfigException(
          "student.hidden-size = "
              + hidden
              + " must be a multiple of student.num-attention-heads = "
              + heads);
    }
    EncoderConfig student =
        teacher.withShape(
            numHiddenLayers == 0 ? teacher.numHiddenLayers() : numHiddenLayers,
            hidden,
            heads,
            sameWidth ? teacher.headSize() : hidden / heads,
            intermediateSize == 0 ? teacher.intermediateSize() : intermediateSize);
    if (init == Init.RANDOM) {
      if (!fromLayers.isEmpty()) {
        throw new BadConfigException(
            "student.from-layers = " + fromLayers + " must be empty if student.init = random");
      }
      return student;
    }
    requireAtMost("num-hidden-layers", student.numHiddenLayers(), teacher.numHiddenLayers());
    requireAtMost("hidden-size", hidden, teacher.hiddenSize());
    requireAtMost("num-attention-heads", heads, teacher.numAttentionHeads());
    requireAtMost("intermediate-size", student.intermediateSize(), teacher.intermediateSize());
    if (student.headSize() > teacher.headSize()) {
      throw new BadConfigException(
          "student.num-attention-heads = "
              + heads
              + " makes heads of "
              + student.headSize()
              + ", wider than the teacher's of "
              + teacher.headSize()
              + "; give more heads, or student.init = random");
    }
    if (init == Init.LAYERS && !sameWidth) {
      throw new BadConfigException(
          "student.hidden-size = "
              + hidden
              + " must be the teacher's "
              + teacher.hiddenSize()
              + " if student.init = layers; give student.init = svd");
    }
    requireLayers(student, teacher);
    return student;
  }

  private void requireAtMost(String key, int value, int most) {
    if (value > most) {
      throw new BadConfigException(
          "student."
              + key
              + " = "
              + value
              + " must be at most the teacher's "
              + most
              + "; only student.init = random may exceed it");
    }
  }

  private void requireLayers(EncoderConfig student, EncoderConfig teacher) {
    if (fromLayers.isEmpty()) {
      return;
    }
    if (fromLayers.size() != student.numHiddenLayers()) {
      throw new BadConfigException(
          "student.from-layers = "
              + fromLayers
              + " must name a layer for each of student.num-hidden-layers = "
              + student.numHiddenLayers());
    }
    for (int layer : fromLayers) {
      if (layer >= teacher.numHiddenLayers()) {
        throw new BadConfigException(
            "student.from-layers = "
                + fromLayers
                + " must be between 0 and "
                + (teacher.numHiddenLayers() - 1)
                + ": the teacher has "
                + teacher.numHiddenLayers()
                + " layers");
      }
    }
  }

  /** For each layer of a student, the index of the teacher's layer that it starts from. */
  List<Integer> layers(EncoderConfig student, EncoderConfig teacher) {
    return fromLayers.isEmpty()
        ? evenlySpaced(teacher.numHiddenLayers(), student.numHiddenLayers())
        : fromLayers;
  }

  /**
   * Evenly spaced layers of a teacher, always including the last.
   *
   * @return for each layer of the student, the index of the teacher's layer, from 0
   */
  public static List<Integer> evenlySpaced(int teacherLayers, int studentLayers) {
    return IntStream.rangeClosed(1, studentLayers)
        .map(layer -> layer * teacherLayers / studentLayers - 1)
        .boxed()
        .toList();
  }
}
