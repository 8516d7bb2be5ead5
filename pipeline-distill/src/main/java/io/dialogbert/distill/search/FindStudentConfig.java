package io.dialogbert.distill.search;

import io.dialogbert.distill.DistillConfig;
import io.dialogbert.distill.student.StudentConfig;
import io.dialogbert.frame.config.ConfigReader;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/**
 * Settings of {@link FindStudentJob}.
 *
 * @param distill how each candidate learns; its student is not used
 * @param candidates shapes, each once
 * @param maxLostPoints percentage points of the main figure that a student may lose to the teacher
 * @param halvings number of times that the worse half of the candidates is dropped
 */
public record FindStudentConfig(
    DistillConfig distill,
    List<Shape> candidates,
    Budget budget,
    double maxLostPoints,
    int halvings) {
  private static final String CANDIDATES = "candidates";

  static FindStudentConfig read(ConfigReader in) {
    List<Shape> shapes = new ArrayList<>();
    for (String text : in.strings(CANDIDATES)) {
      Optional<Shape> shape = Shape.parse(text);
      shape.ifPresent(shapes::add);
      if (shape.isEmpty()) {
        in.problem(
            CANDIDATES,
            "must be layers/hidden/heads/intermediate, the heads a divisor of the hidden size,"
                + " such as 4/312/12/1200; one is "
                + text);
      }
    }
    if (shapes.isEmpty()) {
      in.problem(CANDIDATES, "must not be empty");
    }
    return new FindStudentConfig(
        DistillConfig.read(in, new StudentConfig(0, 0, 0, 0, List.of(), StudentConfig.Init.LAYERS)),
        List.copyOf(new LinkedHashSet<>(shapes)),
        new Budget(
            in.doubleBetween("max-latency-ms", 0, 1e9),
            in.longBetween("max-parameters", 0, Long.MAX_VALUE)),
        in.doubleBetween("max-lost-points", 0, 100),
        in.intBetween("halvings", 0, 20));
  }
}
