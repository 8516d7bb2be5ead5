package io.dialogbert.distill;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.distill.student.StudentConfig;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.head.AttentionLoss;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.Loss;
import io.dialogbert.model.head.RelationLoss;
import io.dialogbert.model.head.StateLoss;
import io.dialogbert.model.head.Weight;
import java.util.ArrayList;
import java.util.List;

/**
 * What a student learns of the teacher's layers. A weight of 0 leaves a loss out.
 *
 * @param hiddenWeight of hidden states
 * @param hiddenLayers which hidden states are learned
 * @param hiddenDistance between two states
 * @param attentionWeight of the attention scores of each layer
 * @param relationWeight of the relations among queries, keys and values of the last layer
 * @param relationHeads number of relation heads
 * @param relationLayer the teacher's layer that the student's last one learns relations from, from
 *     0; -1 for its last
 * @param teacherLayers for each layer of the student, the teacher's layer that it learns hidden
 *     states and attention from, from 0; empty for evenly spaced ones that include the last
 */
public record StatesConfig(
    double hiddenWeight,
    HiddenLayers hiddenLayers,
    StateLoss.Distance hiddenDistance,
    double attentionWeight,
    double relationWeight,
    int relationHeads,
    int relationLayer,
    List<Integer> teacherLayers) {
  /** Hidden states that are learned. */
  public enum HiddenLayers {
    /** Those of the embeddings and of each layer. */
    ALL,
    /** Those of the last layer. */
    LAST
  }

  /** Nothing of the layers is learned. */
  static final StatesConfig NONE =
      new StatesConfig(0, HiddenLayers.ALL, StateLoss.Distance.SQUARED, 0, 0, 1, -1, List.of());

  /** A head of the student, the one of the teacher that answers it, and what the student learns. */
  record Lesson(Head student, Head teacher, Loss loss) {}

  static StatesConfig read(ConfigReader in) {
    return new StatesConfig(
        in.doubleBetween("hidden-weight", 0, 1e6),
        in.choice("hidden-layers", HiddenLayers.class),
        in.choice("hidden-distance", StateLoss.Distance.class),
        in.doubleBetween("attention-weight", 0, 1e6),
        in.doubleBetween("relation-weight", 0, 1e6),
        in.intBetween("relation-heads", 1, 1 << 14),
        in.intBetween("relation-layer", -1, 999),
        in.ascendingInts("teacher-layers", 0, 999));
  }

  boolean isUsed() {
    return hiddenWeight > 0 || attentionWeight > 0 || relationWeight > 0;
  }

  /**
   * What a student learns.
   *
   * @throws BadConfigException if it cannot learn so from the teacher; names setting and value
   */
  List<Lesson> lessons(EncoderConfig student, EncoderConfig teacher) {
    List<Lesson> lessons = new ArrayList<>();
    List<Integer> layers = layers(student, teacher);
    if (hiddenWeight > 0) {
      int width = student.hiddenSize() == teacher.hiddenSize() ? 0 : teacher.hiddenSize();
      int last = student.numHiddenLayers();
      for (int i = hiddenLayers == HiddenLayers.LAST ? last : 0; i <= last; i++) {
        String name = "hidden" + i;
        lessons.add(
            new Lesson(
                Head.states(name, i, width),
                Head.states(name, i == 0 ? 0 : layers.get(i - 1) + 1, 0),
                new StateLoss(name, name, Weight.constant(hiddenWeight), hiddenDistance)));
      }
    }
    if (attentionWeight > 0) {
      int heads = student.numAttentionHeads();
      if (heads != teacher.numAttentionHeads()) {
        throw new BadConfigException(
            "states.attention-weight must be 0 for a student of %d attention heads and a"
                    .formatted(heads)
                + " teacher of "
                + teacher.numAttentionHeads()
                + "; relation-weight takes any");
      }
      for (int i = 0; i < student.numHiddenLayers(); i++) {
        String name = "attention" + i;
        lessons.add(
            new Lesson(
                Head.qkv(name, i),
                Head.qkv(name, layers.get(i)),
                new AttentionLoss(name, name, Weight.constant(attentionWeight), heads)));
      }
    }
    if (relationWeight > 0) {
      requireDivides(student, "student");
      requireDivides(teacher, "teacher");
      int layer = relationLayer < 0 ? teacher.numHiddenLayers() - 1 : relationLayer;
      requireLayer("relation-layer", layer, teacher);
      lessons.add(
          new Lesson(
              Head.qkv("relation", student.numHiddenLayers() - 1),
              Head.qkv("relation", layer),
              new RelationLoss(
                  "relation", "relation", Weight.constant(relationWeight), relationHeads)));
    }
    return lessons;
  }

  private void requireDivides(EncoderConfig encoder, String who) {
    if (encoder.attentionSize() % relationHeads != 0) {
      throw new BadConfigException(
          "states.relation-heads = %d must divide the width of the %s's attention, %d"
              .formatted(relationHeads, who, encoder.attentionSize()));
    }
  }

  private List<Integer> layers(EncoderConfig student, EncoderConfig teacher) {
    int count = student.numHiddenLayers();
    if (teacherLayers.isEmpty() && count <= teacher.numHiddenLayers()) {
      return StudentConfig.evenlySpaced(teacher.numHiddenLayers(), count);
    }
    if (teacherLayers.size() != count) {
      throw new BadConfigException(
          "states.teacher-layers = %s must name a layer of the teacher for each of the"
                  .formatted(teacherLayers)
              + " student's "
              + count);
    }
    teacherLayers.forEach(layer -> requireLayer("teacher-layers", layer, teacher));
    return teacherLayers;
  }

  private static void requireLayer(String key, int layer, EncoderConfig teacher) {
    if (layer >= teacher.numHiddenLayers()) {
      throw new BadConfigException(
          "states.%s has %d, which must be below the number of the teacher's layers, %d"
              .formatted(key, layer, teacher.numHiddenLayers()));
    }
  }
}
