package io.dialogbert.distill;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class DistillJobTest {
  @Test
  void startsAStudentFromAnEvenChoiceOfTheTeachersLayers() {
    assertThat(DistillJob.teacherLayers(12, 6)).containsExactly(1, 3, 5, 7, 9, 11);
    assertThat(DistillJob.teacherLayers(12, 4)).containsExactly(2, 5, 8, 11);
    assertThat(DistillJob.teacherLayers(12, 5)).containsExactly(1, 3, 6, 8, 11);
  }

  @Test
  void startsAStudentOfOneLayerFromTheLast() {
    assertThat(DistillJob.teacherLayers(12, 1)).containsExactly(11);
  }

  @Test
  void startsAStudentAsDeepAsTheTeacherFromAllLayers() {
    assertThat(DistillJob.teacherLayers(4, 4)).containsExactly(0, 1, 2, 3);
  }

  @Test
  void takesLayersInOrderEachOnceAndTheLastAlways() {
    for (int teacher = 1; teacher <= 24; teacher++) {
      for (int student = 1; student <= teacher; student++) {
        List<Integer> layers = DistillJob.teacherLayers(teacher, student);
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
}
