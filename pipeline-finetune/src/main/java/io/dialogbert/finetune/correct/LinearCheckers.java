package io.dialogbert.finetune.correct;

import io.dialogbert.common.Seeds;
import io.dialogbert.task.correct.LinearChecker;
import io.dialogbert.task.correct.NgramFeatures;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;

/**
 * Checkers without a network, each in one Spark task, which holds its rows and its weights.
 *
 * @param longest number of tokens of the longest n-grams
 */
record LinearCheckers(int numClasses, int longest, long seed) implements Checkers, Serializable {
  @Override
  public JavaPairRDD<String, Judgment> judge(Round round, JavaRDD<LabeledRow> rows) {
    int checkers = round.folds().numChunks();
    return rows.flatMapToPair(
            row ->
                IntStream.range(0, checkers)
                    .filter(checker -> round.judges(checker, row) || round.isLesson(row))
                    .mapToObj(checker -> new Tuple2<>(checker, row))
                    .iterator())
        .partitionBy(new HashPartitioner(checkers))
        .mapPartitionsWithIndex((checker, ofIt) -> judge(round, checker, ofIt), true)
        .mapToPair(judged -> judged);
  }

  private Iterator<Tuple2<String, Judgment>> judge(
      Round round, int checker, Iterator<Tuple2<Integer, LabeledRow>> rows) {
    List<LabeledRow> ordered = new ArrayList<>();
    rows.forEachRemaining(row -> ordered.add(row._2()));
    ordered.sort(Comparator.comparing(LabeledRow::exampleId));
    NgramFeatures ngrams = new NgramFeatures(longest, LinearChecker.numFeatures(numClasses));
    LinearChecker learned =
        LinearChecker.learn(
            numClasses,
            ordered.stream()
                .filter(row -> !round.judges(checker, row))
                .map(row -> lesson(ngrams, round.target(row), row))
                .toList(),
            Seeds.hash(seed, "checker", round.number(), checker));
    return ordered.stream()
        .filter(row -> round.judges(checker, row))
        .map(
            row ->
                new Tuple2<>(
                    row.exampleId(),
                    Judgment.of(
                        checker, row, learned.logits(ngrams.of(row.first(), row.second())))))
        .iterator();
  }

  private static LinearChecker.Lesson lesson(
      NgramFeatures ngrams, Round.Target target, LabeledRow row) {
    return new LinearChecker.Lesson(
        ngrams.of(row.first(), row.second()), target.classes(), target.shares());
  }
}
