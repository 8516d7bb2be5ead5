package io.dialogbert.finetune.data;

import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import io.dialogbert.dialogue.Splits;
import io.dialogbert.frame.JobContext;
import io.dialogbert.text.piece.SpecialTokens;
import io.dialogbert.text.piece.Vocabulary;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** How many examples a task has: by split, language and label. */
record ExampleCounts(List<Part> parts) {
  /**
   * Examples of one split, language and label.
   *
   * @param known number of tokens that are neither special nor unknown
   * @param unknown number of unknown tokens
   */
  record Part(String split, String lang, int label, long examples, long known, long unknown) {}

  static ExampleCounts of(Dataset<Row> examples, Vocabulary vocabulary) {
    String isKnown =
        "between %d and %d".formatted(SpecialTokens.ALL.size(), vocabulary.sizeWithoutSpares() - 1);
    return new ExampleCounts(
        examples
            .groupBy("split", "lang", "label")
            .agg(
                count(lit(1)).as("examples"),
                tokens(isKnown).as("known"),
                tokens("= " + SpecialTokens.UNK).as("unknown"))
            .collectAsList()
            .stream()
            .map(
                row ->
                    new Part(
                        row.getAs("split"),
                        row.getAs("lang"),
                        row.getAs("label"),
                        row.getAs("examples"),
                        row.getAs("known"),
                        row.getAs("unknown")))
            .toList());
  }

  /** The number of ids of a kind. */
  private static Column tokens(String kind) {
    return sum(expr("size(filter(concat(input_ids, second_ids), id -> id " + kind + "))"));
  }

  /** Puts the counts into the manifest. */
  void report(JobContext job) {
    Splits.ALL.forEach(
        split -> job.count("examples." + split, examples(part -> part.split().equals(split))));
    job.count("rows_out", rows());
    job.figure("unknown_ratio", unknownRatio());
  }

  long rows() {
    return examples(part -> true);
  }

  long ofLanguage(String lang) {
    return examples(part -> part.lang().equals(lang));
  }

  /** Training examples of the classes 0 to {@code numClasses} - 1. */
  List<Long> ofClasses(int numClasses) {
    return IntStream.range(0, numClasses)
        .mapToObj(
            label -> examples(part -> part.label() == label && part.split().equals(Splits.TRAIN)))
        .toList();
  }

  private long examples(Predicate<Part> which) {
    return parts.stream().filter(which).mapToLong(Part::examples).sum();
  }

  /** Unknown tokens as a share of all tokens that are not special, in [0, 1]. */
  double unknownRatio() {
    long unknown = parts.stream().mapToLong(Part::unknown).sum();
    long known = parts.stream().mapToLong(Part::known).sum();
    return (double) unknown / Math.max(1, known + unknown);
  }
}
