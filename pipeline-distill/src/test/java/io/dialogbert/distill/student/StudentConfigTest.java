package io.dialogbert.distill.student;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.distill.student.StudentConfig.Init;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.ParameterLayout;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class StudentConfigTest {
  private static final EncoderConfig TEACHER =
      new EncoderConfig(768, 12, 12, 3072, 30_000, 300, 2, 2, 0.1, 0.1, 0.02, 1e-12);

  @Test
  void startsAStudentFromAnEvenChoiceOfTheTeachersLayers() {
    assertThat(StudentConfig.evenlySpaced(12, 6)).containsExactly(1, 3, 5, 7, 9, 11);
    assertThat(StudentConfig.evenlySpaced(12, 4)).containsExactly(2, 5, 8, 11);
    assertThat(StudentConfig.evenlySpaced(12, 5)).containsExactly(1, 3, 6, 8, 11);
  }

  @Test
  void startsAStudentOfOneLayerFromTheLast() {
    assertThat(StudentConfig.evenlySpaced(12, 1)).containsExactly(11);
  }

  @Test
  void startsAStudentAsDeepAsTheTeacherFromAllLayers() {
    assertThat(StudentConfig.evenlySpaced(4, 4)).containsExactly(0, 1, 2, 3);
  }

  @Test
  void takesLayersInOrderEachOnceAndTheLastAlways() {
    for (int teacher = 1; teacher <= 24; teacher++) {
      for (int student = 1; student <= teacher; student++) {
        List<Integer> layers = StudentConfig.evenlySpaced(teacher, student);
        assertThat(layers)
            .as("%d of %d layers", student, teacher)
            .hasSize(student)
            .doesNotHaveDuplicates()
            .isSorted()
            .allMatch(layer -> layer >= 0)
            .endsWith(teacher - 1);
      }
    }
  }

  @Test
  void takesTheTeachersSizeForNone() {
    assertThat(student(0, 0, 0, 0, Init.LAYERS)).isEqualTo(TEACHER);
    assertThat(student(4, 312, 0, 1200, Init.SVD))
        .isEqualTo(TEACHER.withShape(4, 312, 12, 26, 1200));
  }

  @Test
  void keepsTheWidthOfHeadsWhereItKeepsTheHiddenSize() {
    assertThat(student(0, 0, 3, 0, Init.LAYERS).headSize()).isEqualTo(64);
    assertThat(student(0, 384, 6, 0, Init.SVD).headSize()).isEqualTo(64);
  }

  /**
   * The nine students of KcBERT in a thesis on distillation, which prints their parameters: encoder
   * without embeddings of turns, pooler, and the decoder's bias.
   */
  @Test
  void hasAsManyParametersAsPublishedStudents() {
    assertThat(parameters(1, 192)).isEqualTo(26_555_376);
    assertThat(parameters(1, 768)).isEqualTo(27_440_688);
    assertThat(parameters(1, 3072)).isEqualTo(30_981_936);
    assertThat(parameters(3, 192)).isEqualTo(31_878_000);
    assertThat(parameters(3, 768)).isEqualTo(34_533_936);
    assertThat(parameters(3, 3072)).isEqualTo(45_157_680);
    assertThat(parameters(6, 192)).isEqualTo(39_861_936);
    assertThat(parameters(6, 768)).isEqualTo(45_173_808);
    assertThat(parameters(6, 3072)).isEqualTo(66_421_296);
  }

  private static long parameters(int layers, int intermediate) {
    EncoderConfig student = student(layers, 0, 0, intermediate, Init.LAYERS);
    Map<String, List<Integer>> bias =
        Map.of(ParameterLayout.DECODER_BIAS, List.of(student.vocabSize()));
    return ParameterLayout.of(student, bias).length()
        - (long) student.turnVocabSize() * student.hiddenSize();
  }

  @Test
  void namesWhatTheTeacherDoesNotHave() {
    refuses(
        () -> student(13, 0, 0, 0, Init.LAYERS),
        "student.num-hidden-layers = 13 must be at most the teacher's 12; only student.init ="
            + " random may exceed it");
    refuses(
        () -> student(0, 384, 0, 0, Init.LAYERS),
        "student.hidden-size = 384 must be the teacher's 768 if student.init = layers; give"
            + " student.init = svd");
    refuses(
        () -> student(0, 256, 2, 0, Init.SVD),
        "student.num-attention-heads = 2 makes heads of 128, wider than the teacher's of 64; give"
            + " more heads, or student.init = random");
    refuses(
        () -> student(0, 312, 5, 0, Init.RANDOM),
        "student.hidden-size = 312 must be a multiple of student.num-attention-heads = 5");
    assertThat(student(13, 1024, 16, 4096, Init.RANDOM).numHiddenLayers()).isEqualTo(13);
  }

  @Test
  void namesLayersOutOfRange() {
    refuses(
        () -> fromLayers(2, Init.LAYERS, 3, 12),
        "student.from-layers = [3, 12] must be between 0 and 11: the teacher has 12 layers");
    refuses(
        () -> fromLayers(3, Init.SVD, 3, 11),
        "student.from-layers = [3, 11] must name a layer for each of student.num-hidden-layers ="
            + " 3");
    refuses(
        () -> fromLayers(2, Init.RANDOM, 3, 11),
        "student.from-layers = [3, 11] must be empty if student.init = random");
  }

  private static void refuses(Runnable student, String message) {
    assertThatThrownBy(student::run).isInstanceOf(BadConfigException.class).hasMessage(message);
  }

  private static EncoderConfig student(
      int layers, int hidden, int heads, int intermediate, Init init) {
    return new StudentConfig(layers, hidden, heads, intermediate, List.of(), init).encoder(TEACHER);
  }

  private static EncoderConfig fromLayers(int layers, Init init, Integer... from) {
    return new StudentConfig(layers, 0, 0, 0, List.of(from), init).encoder(TEACHER);
  }
}
