package io.dialogbert.task.label;

import io.dialogbert.dialogue.Splits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a set of examples holds, so that nobody is surprised by it later. */
public final class LabelProfile {
  private static final Map<String, Double> QUANTILES = new LinkedHashMap<>();

  static {
    QUANTILES.put("min", 0.0);
    QUANTILES.put("p50", 0.5);
    QUANTILES.put("p95", 0.95);
    QUANTILES.put("p99", 0.99);
    QUANTILES.put("max", 1.0);
  }

  private LabelProfile() {}

  /**
   * One figure.
   *
   * @param statistic one of
   *     <ul>
   *       <li>{@code rows}
   *       <li>{@code rows-of-class}, or {@code entities-of-class}, of each class
   *       <li>{@code score}, and {@code first-characters} and {@code second-characters} in code
   *           points: quantiles (nearest rank)
   *       <li>{@code duplicates}: rows with the texts of an earlier row of the split
   *       <li>{@code texts-with-two-labels}: distinct texts, or pairs, with several labels or
   *           scores in the split
   *       <li>{@code rows-also-in-train}: rows of another split whose text, or pair, is in {@code
   *           train}
   *       <li>{@code rows-with-a-text-in-train}: the same for either text of a pair, in any place
   *     </ul>
   *     Texts are compared in the spelling of {@link LabeledText#textKeys}.
   * @param name of the class or quantile; empty for other statistics
   */
  public record Figure(String split, String statistic, String name, double value) {}

  /**
   * The profile of a set.
   *
   * @param examples by split
   * @param rule what the labels may be
   */
  public static List<Figure> of(Map<String, List<LabeledText>> examples, LabelRule rule) {
    List<LabeledText> train = examples.getOrDefault(Splits.TRAIN, List.of());
    Set<List<String>> trained = new HashSet<>();
    Set<String> trainedTexts = new HashSet<>();
    train.forEach(
        text -> {
          trained.add(text.textKeys());
          trainedTexts.addAll(text.textKeys());
        });
    List<Figure> figures = new ArrayList<>();
    examples.forEach(
        (split, texts) -> {
          figures.addAll(ofSplit(split, texts, rule));
          if (!split.equals(Splits.TRAIN)) {
            figures.add(
                count(split, "rows-also-in-train", texts, t -> trained.contains(t.textKeys())));
            figures.add(
                count(
                    split,
                    "rows-with-a-text-in-train",
                    texts,
                    t -> t.textKeys().stream().anyMatch(trainedTexts::contains)));
          }
        });
    return figures;
  }

  /** How often each class is the label of a row or, of entities, of a span. */
  public static Map<String, Long> classes(List<LabeledText> texts, LabelRule rule) {
    Stream<String> names =
        rule instanceof EntityRule
            ? texts.stream()
                .flatMap(text -> text.entities().stream())
                .map(entity -> rule.classes().get(entity.type()))
            : texts.stream().map(LabeledText::label);
    return names.collect(Collectors.groupingBy(name -> name, Collectors.counting()));
  }

  private static List<Figure> ofSplit(String split, List<LabeledText> texts, LabelRule rule) {
    List<Figure> figures = new ArrayList<>();
    figures.add(count(split, "rows", texts, text -> true));
    Map<String, Long> counts = classes(texts, rule);
    String statistic = rule instanceof EntityRule ? "entities-of-class" : "rows-of-class";
    rule.classes()
        .forEach(
            name -> figures.add(new Figure(split, statistic, name, counts.getOrDefault(name, 0L))));
    if (rule.classes().isEmpty()) {
      figures.addAll(
          quantiles(
              split,
              "score",
              texts.stream()
                  .mapToDouble(LabeledText::score)
                  .filter(score -> !Double.isNaN(score))
                  .toArray()));
    }
    figures.addAll(lengths(split, "first-characters", texts, LabeledText::first));
    figures.addAll(lengths(split, "second-characters", texts, LabeledText::second));
    Map<List<String>, Set<String>> targets = new HashMap<>();
    texts.forEach(
        text -> targets.computeIfAbsent(text.textKeys(), k -> new HashSet<>()).add(text.target()));
    figures.add(new Figure(split, "duplicates", "", texts.size() - targets.size()));
    figures.add(count(split, "texts-with-two-labels", targets.values(), set -> set.size() > 1));
    return figures;
  }

  private static <T> Figure count(
      String split, String statistic, Collection<T> items, Predicate<T> holds) {
    return new Figure(split, statistic, "", items.stream().filter(holds).count());
  }

  private static List<Figure> lengths(
      String split, String statistic, List<LabeledText> texts, Function<LabeledText, String> part) {
    return quantiles(
        split,
        statistic,
        texts.stream()
            .map(part)
            .filter(text -> !text.isEmpty())
            .mapToDouble(text -> text.codePointCount(0, text.length()))
            .toArray());
  }

  private static List<Figure> quantiles(String split, String statistic, double[] values) {
    if (values.length == 0) {
      return List.of();
    }
    Arrays.sort(values);
    return QUANTILES.entrySet().stream()
        .map(
            quantile -> {
              int rank = (int) Math.ceil(quantile.getValue() * values.length);
              return new Figure(split, statistic, quantile.getKey(), values[Math.max(0, rank - 1)]);
            })
        .toList();
  }

  /** The profile as lines to print: the rows of each split, and then what one should know. */
  public static List<String> lines(List<Figure> figures) {
    Map<String, List<Figure>> bySplit =
        figures.stream()
            .collect(Collectors.groupingBy(Figure::split, LinkedHashMap::new, Collectors.toList()));
    return bySplit.entrySet().stream()
        .map(split -> split.getKey() + ": " + line(split.getValue()))
        .toList();
  }

  private static String line(List<Figure> figures) {
    Map<String, List<Figure>> byStatistic =
        figures.stream()
            .collect(
                Collectors.groupingBy(Figure::statistic, LinkedHashMap::new, Collectors.toList()));
    return byStatistic.entrySet().stream()
        .map(
            statistic ->
                statistic.getKey().replace('-', ' ')
                    + " "
                    + statistic.getValue().stream()
                        .map(figure -> (figure.name() + " " + number(figure.value())).strip())
                        .collect(Collectors.joining(" / ")))
        .collect(Collectors.joining(", "));
  }

  private static String number(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
