package io.dialogbert.finetune.correct;

import io.dialogbert.common.BadInputException;
import io.dialogbert.task.correct.ClassLogs;
import io.dialogbert.task.correct.ExactSums;
import io.dialogbert.task.correct.Folds;
import io.dialogbert.task.correct.LabelEvidence;
import io.dialogbert.task.correct.ListSums;
import io.dialogbert.task.correct.NoiseFit;
import io.dialogbert.task.correct.NoiseModel;
import io.dialogbert.task.correct.Transitions;
import io.dialogbert.task.correct.Verdict;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Tuple2;

/**
 * Judges labels in rounds. In each, new checkers judge the rows that they have not seen; a model of
 * the noise says what their judgments are worth; and labels that are probably wrong are replaced or
 * flagged, so that the next checkers learn from better ones. After Jaewook Kang's "Small
 * Mislabeling Is Fine" (NAVER, LINE DevDay 2019); the model of the noise is that of Dawid and Skene
 * 1979, with the label's givers as one rater.
 *
 * <p>The result depends on rows and settings alone: not on how rows are divided, or in which order
 * they come.
 */
final class Correction {
  private static final Logger LOG = LoggerFactory.getLogger(Correction.class);

  /** Rounds end when less than this share of the rows changes its most probable class. */
  private static final double SETTLED = 0.001;

  /**
   * The driver itself sums over so many rows, of 500 bytes at most: starting tasks takes longer.
   * The sums are the same.
   */
  private static final long ROWS_OF_DRIVER = 100_000;

  /** Held in memory as long as there is room, else on disk. */
  private static final StorageLevel STORED = StorageLevel.MEMORY_AND_DISK_SER();

  /**
   * A row with what its checkers say.
   *
   * @param judgments of this round, by checker
   * @param pooled of all rounds so far
   */
  record Judged(LabeledRow row, List<Judgment> judgments, ClassLogs pooled)
      implements Serializable {}

  /**
   * What a round found.
   *
   * @param rows what has become of the rows
   * @param judged what the checkers said of them
   * @param classSureness how sure the rows of each class are of their given label
   */
  record Result(
      int round,
      JavaRDD<LabeledRow> rows,
      JavaRDD<Judged> judged,
      NoiseModel model,
      double estimatedNoise,
      double[] classSureness) {}

  private final CorrectLabelsConfig.Rules rules;
  private final Checkers checkers;
  private final int numClasses;
  private final long seed;

  Correction(CorrectLabelsConfig.Rules rules, Checkers checkers, int numClasses, long seed) {
    this.rules = rules;
    this.checkers = checkers;
    this.numClasses = numClasses;
    this.seed = seed;
  }

  /**
   * Judges the labels.
   *
   * @param afterRound called after each round
   * @throws BadInputException if there are too few rows or classes to learn from
   */
  Result run(JavaRDD<LabeledRow> given, Consumer<Result> afterRound) throws IOException {
    JavaRDD<LabeledRow> rows = given.persist(STORED);
    long numRows = rows.count();
    requireEnough(rows, numRows);
    Transitions history = Transitions.of(numClasses, new long[numClasses * numClasses]);
    Result result = null;
    for (int number = 1; number <= rules.numRounds(); number++) {
      Folds folds = new Folds(rules.numChunks(), rules.checkersPerRow(), seed);
      Round round = new Round(number, folds, rules.learnsSoftly());
      requireLessons(round, rows);
      Result before = result;
      result = round(round, rows, numRows, history);
      afterRound.accept(result);
      long[] moves = moves(rows, result.rows());
      // All of it is in the new result, which has been stored by now.
      rows.unpersist(false);
      if (before != null) {
        before.judged().unpersist(false);
      }
      long changed = numRows - stayed(moves);
      LOG.info(
          "round {}: {} of {} rows have another most probable class", number, changed, numRows);
      if (changed < SETTLED * numRows) {
        break;
      }
      history = Transitions.of(numClasses, moves);
      rows = result.rows();
    }
    return result;
  }

  private Result round(Round round, JavaRDD<LabeledRow> rows, long numRows, Transitions history)
      throws IOException {
    JavaRDD<Judged> judged =
        rows.mapToPair(row -> new Tuple2<>(row.exampleId(), row))
            .cogroup(checkers.judge(round, rows), rows.context().defaultParallelism())
            .values()
            .map(found -> judged(round.number(), found._1(), found._2()))
            .persist(STORED);
    int classes = numClasses;
    // Summed over again and again: not to be read from bytes each time.
    JavaRDD<LabelEvidence> evidence =
        judged.map(found -> evidence(found, classes)).persist(StorageLevel.MEMORY_AND_DISK());
    ExactSums sums =
        numRows <= ROWS_OF_DRIVER ? new ListSums(evidence.collect()) : new RddSums(evidence);
    NoiseModel fitted = new NoiseFit(sums, numClasses).fit();
    NoiseModel model =
        new NoiseModel(
            fitted.temperature(),
            fitted.channel(),
            rules.channelWeight(),
            history,
            rules.historyWeight());
    long[] ofClasses = sureness(sums, model);
    evidence.unpersist(false);
    double[] sureness = new double[numClasses];
    double right = 0;
    double all = 0;
    for (int c = 0; c < numClasses; c++) {
      double ofGiven = ExactSums.number(ofClasses[c]);
      double count = ExactSums.number(ofClasses[numClasses + c]);
      sureness[c] = count == 0 ? 1 : ofGiven / count;
      right += ofGiven;
      all += count;
    }
    double[] scale = rules.usesClassThresholds() ? sureness : null;
    Verdict.Rules verdicts = rules.verdicts();
    int number = round.number();
    JavaRDD<LabeledRow> after =
        judged
            .map(
                found -> {
                  ClassLogs posterior = model.posterior(evidence(found, classes));
                  Verdict verdict =
                      verdicts.of(
                          found.row().given(), posterior, c -> scale == null ? 1 : scale[c]);
                  return found.row().after(number, verdict, found.pooled(), posterior);
                })
            .persist(STORED);
    return new Result(number, after, judged, model, 1 - right / all, sureness);
  }

  /** Before the first round, given labels are taken to be right. */
  private static LabelEvidence evidence(Judged found, int numClasses) {
    LabeledRow row = found.row();
    ClassLogs before =
        row.posterior() == null ? ClassLogs.certain(row.given(), numClasses) : row.posterior();
    return new LabelEvidence(row.given(), found.pooled(), before);
  }

  /**
   * A row with its judgments. Each earlier round has the same weight as this one: its checkers have
   * not seen the row, either, and on rare classes later checkers may be worse.
   */
  private static Judged judged(int round, Iterable<LabeledRow> row, Iterable<Judgment> judgments) {
    List<Judgment> ordered =
        StreamSupport.stream(judgments.spliterator(), false)
            .sorted(Comparator.comparingInt(Judgment::checker))
            .toList();
    LabeledRow only = row.iterator().next();
    ClassLogs now =
        ClassLogs.pool(
            ordered.stream().map(Judgment::logs).toList(), Judgment.MOST_CLASSES, only.given());
    List<ClassLogs> all = new ArrayList<>(Collections.nCopies(round - 1, only.pooled()));
    all.add(now);
    return new Judged(
        only, new ArrayList<>(ordered), ClassLogs.pool(all, Judgment.MOST_CLASSES, only.given()));
  }

  /** For each class, the sum of the probabilities of given labels, then their number. */
  private long[] sureness(ExactSums sums, NoiseModel model) {
    int classes = numClasses;
    return sums.of(
        2 * classes,
        (row, into) -> {
          into[row.given()] += ExactSums.fixed(model.posterior(row).probability(row.given()));
          into[classes + row.given()] += ExactSums.fixed(1);
        });
  }

  /** How the most probable classes moved between two rounds, in fixed point [from][to]. */
  private long[] moves(JavaRDD<LabeledRow> before, JavaRDD<LabeledRow> after) {
    int classes = numClasses;
    return before
        .mapToPair(row -> new Tuple2<>(row.exampleId(), row.verdict().label()))
        .join(after.mapToPair(row -> new Tuple2<>(row.exampleId(), row.verdict().label())))
        .values()
        .mapPartitions(
            ofTask -> {
              long[] moves = new long[classes * classes];
              ofTask.forEachRemaining(
                  move -> moves[move._1() * classes + move._2()] += ExactSums.fixed(1));
              return List.of(moves).iterator();
            })
        .treeReduce(ExactSums::plus);
  }

  private long stayed(long[] moves) {
    double stayed = 0;
    for (int c = 0; c < numClasses; c++) {
      stayed += ExactSums.number(moves[c * numClasses + c]);
    }
    return Math.round(stayed);
  }

  private void requireEnough(JavaRDD<LabeledRow> rows, long numRows) {
    if (numRows < rules.numChunks()) {
      throw new BadInputException(
          numRows
              + " training rows are fewer than num-chunks = "
              + rules.numChunks()
              + "; checkers need rows to learn from");
    }
    Map<Integer, Long> labels = rows.map(LabeledRow::given).countByValue();
    labels.keySet().stream()
        .filter(label -> label < 0 || label >= numClasses)
        .sorted()
        .findFirst()
        .ifPresent(
            label -> {
              throw new BadInputException(
                  "label "
                      + label
                      + " of "
                      + labels.get(label)
                      + " training rows is outside 0.."
                      + (numClasses - 1));
            });
    if (labels.size() < 2) {
      throw new BadInputException(
          "all training rows are of class "
              + labels.keySet().iterator().next()
              + "; labels can only be checked against others");
    }
    long ids = rows.map(LabeledRow::exampleId).distinct().count();
    if (ids < numRows) {
      throw new BadInputException(
          numRows + " training rows have only " + ids + " different ids; build the task data anew");
    }
  }

  /**
   * Equal texts are in one chunk, and flagged rows teach nothing: a checker may be left without.
   */
  private static void requireLessons(Round round, JavaRDD<LabeledRow> rows) {
    Map<Integer, Long> lessons = rows.filter(round::isLesson).map(round::chunk).countByValue();
    for (int checker = 0; checker < round.folds().numChunks(); checker++) {
      int j = checker;
      if (lessons.keySet().stream().allMatch(chunk -> round.folds().judges(j, chunk))) {
        throw new BadInputException(
            "checker "
                + j
                + " of round "
                + round.number()
                + " has no row to learn from: too few different texts, or too many flagged labels");
      }
    }
  }
}
