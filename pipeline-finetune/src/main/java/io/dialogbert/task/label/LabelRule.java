package io.dialogbert.task.label;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a label may be. */
public sealed interface LabelRule
    permits LabelRule.ClassNames, LabelRule.Unlabeled, LabelRule.ScoreRange, EntityRule {
  /** The names of the classes, in order of their ids; empty if there are none. */
  List<String> classes();

  /**
   * Classes.
   *
   * @param names the class's name by the label in the files, in lower case; several labels may have
   *     one name
   */
  record ClassNames(Map<String, String> names) implements LabelRule {
    /**
     * Reads a list of labels.
     *
     * @param labels each as in the files, or with the name of its class as {@code 0=same}; what
     *     contains {@code =} needs its name, after the last one
     * @param atLeast number of classes that there must be
     * @throws IllegalArgumentException if a label is there twice or has no name, or if there are
     *     fewer classes
     */
    public static ClassNames of(List<String> labels, int atLeast) {
      Map<String, String> names = new LinkedHashMap<>();
      for (String label : labels) {
        int equals = label.lastIndexOf('=');
        String name = label.substring(equals + 1).strip();
        String key = fold(equals < 0 ? label : label.substring(0, equals));
        if (key.isEmpty() || name.isEmpty()) {
          throw new IllegalArgumentException("must have a label and a name in \"" + label + "\"");
        }
        if (names.put(key, name) != null) {
          throw new IllegalArgumentException(
              "must have " + key + " once; upper and lower case are the same");
        }
      }
      ClassNames rule = new ClassNames(names);
      if (rule.classes().size() < atLeast) {
        throw new IllegalArgumentException(
            "must have at least " + (atLeast == 1 ? "one class" : "two classes"));
      }
      return rule;
    }

    /** A list of labels of two classes at least. */
    public static ClassNames of(List<String> labels) {
      return of(labels, 2);
    }

    @Override
    public List<String> classes() {
      return names.values().stream().distinct().toList();
    }

    /** Labels are compared without case and without white space at their ends. */
    private static String fold(String label) {
      return label.strip().toLowerCase(Locale.ROOT);
    }

    String read(String label) throws BadExampleException {
      String name = names.get(fold(label));
      if (name == null) {
        throw new BadExampleException(
            "unknown-label", "a label must be one of " + String.join(", ", names.keySet()));
      }
      return name;
    }
  }

  /** No labels: that two texts are a pair is what is learned. */
  record Unlabeled() implements LabelRule {
    @Override
    public List<String> classes() {
      return List.of();
    }
  }

  /**
   * Scores.
   *
   * @param min finite, below max
   * @param max finite
   */
  record ScoreRange(double min, double max) implements LabelRule {
    public ScoreRange {
      if (!(min < max && Double.isFinite(min) && Double.isFinite(max))) {
        throw new IllegalArgumentException(
            "the lowest score " + min + " must be below the highest score " + max);
      }
    }

    @Override
    public List<String> classes() {
      return List.of();
    }

    double read(String value) throws BadExampleException {
      double score;
      try {
        score = Double.parseDouble(value);
      } catch (NumberFormatException e) {
        throw new BadExampleException("bad-score", "a score must be a number");
      }
      if (!(score >= min && score <= max)) {
        throw new BadExampleException(
            "score-out-of-range", "a score must be between " + min + " and " + max);
      }
      return score;
    }
  }
}
