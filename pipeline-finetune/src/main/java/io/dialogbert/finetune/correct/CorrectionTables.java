package io.dialogbert.finetune.correct;

import static org.apache.spark.sql.functions.col;

import io.dialogbert.frame.JobContext;
import io.dialogbert.job.table.RowMapping;
import io.dialogbert.task.correct.ClassLogs;
import io.dialogbert.task.correct.Transitions;
import io.dialogbert.task.correct.Verdict;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The tables of a correction: ids and numbers, no texts. Their files depend on the rows alone, not
 * on how Spark divided them.
 */
final class CorrectionTables {
  static final String ID = "example_id";

  /** The label of a row after the correction. */
  static final String LABEL = "label";

  /** What was done, {@code keep}, {@code correct} or {@code flag}. */
  static final String DECISION = "decision";

  /** Transitions below this are left out of the table of the channel. */
  private static final double LEAST_TRANSITION = 1e-4;

  private static final DataType INTS = DataTypes.createArrayType(DataTypes.IntegerType, false);
  private static final DataType FLOATS = DataTypes.createArrayType(DataTypes.FloatType, false);

  private static final StructType POSTERIORS =
      new StructType()
          .add(ID, DataTypes.StringType, false)
          .add("given", DataTypes.IntegerType, false)
          .add(LABEL, DataTypes.IntegerType, false)
          .add("most_probable", DataTypes.IntegerType, false)
          .add(DECISION, DataTypes.StringType, false)
          .add("round", DataTypes.IntegerType, false)
          .add("probability", DataTypes.DoubleType, false)
          .add("given_probability", DataTypes.DoubleType, false)
          .add("classes", INTS, false)
          .add("logits", FLOATS, false)
          .add("rest_logsumexp", DataTypes.FloatType, false)
          .add("checkers_logits", FLOATS, false);

  private static final RowMapping<LabeledRow> OF_POSTERIORS =
      new RowMapping.Builder<LabeledRow>(POSTERIORS)
          .set(ID, LabeledRow::exampleId)
          .set("given", LabeledRow::given)
          .set(LABEL, LabeledRow::label)
          .set("most_probable", row -> row.verdict().label())
          .set(DECISION, row -> decision(row.verdict().kind()))
          .set("round", LabeledRow::round)
          .set("probability", row -> row.posterior().probability(row.verdict().label()))
          .set("given_probability", row -> row.posterior().probability(row.given()))
          .set("classes", row -> row.posterior().classes())
          .set("logits", row -> floats(row.posterior().logs()))
          .set("rest_logsumexp", row -> (float) row.posterior().rest())
          .set("checkers_logits", row -> floats(row.pooled().logs()))
          .build();

  private static final StructType VOTES =
      new StructType()
          .add(ID, DataTypes.StringType, false)
          .add("checker", DataTypes.IntegerType, false)
          .add("vote", DataTypes.IntegerType, false)
          .add("probability", DataTypes.DoubleType, false)
          .add("given_probability", DataTypes.DoubleType, false);

  private static final StructType CHANNEL =
      new StructType()
          .add("true_class", DataTypes.IntegerType, false)
          .add("given", DataTypes.IntegerType, false)
          .add("probability", DataTypes.DoubleType, false);

  private CorrectionTables() {}

  static String decision(Verdict.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  /** The table of what was found of each row. */
  static Dataset<Row> posteriors(JobContext job, Correction.Result result) {
    return job.spark()
        .createDataFrame(result.rows().map(row -> OF_POSTERIORS.row(row)), POSTERIORS);
  }

  /**
   * Writes the tables.
   *
   * @param posteriors as {@link #posteriors} makes it
   * @param files number of files of each row's tables
   */
  static void write(JobContext job, Correction.Result result, Dataset<Row> posteriors, int files) {
    job.write(ordered(posteriors, files, ID), "posteriors");
    Dataset<Row> votes =
        job.spark().createDataFrame(result.judged().flatMap(CorrectionTables::votes), VOTES);
    job.write(ordered(votes, files, ID, "checker"), "votes");
    job.write(
        job.spark().createDataFrame(channel(result.model().channel()), CHANNEL).coalesce(1),
        "channel");
    Dataset<Row> doubted =
        posteriors
            .filter(col(DECISION).notEqual(decision(Verdict.Kind.KEEP)))
            .select(ID, "given", "most_probable", DECISION, "probability", "given_probability");
    job.write(doubted.repartition(1).sortWithinPartitions("given_probability", ID), "review");
  }

  private static Dataset<Row> ordered(Dataset<Row> rows, int files, String... columns) {
    return rows.repartition(files, col(ID))
        .sortWithinPartitions(Stream.of(columns).map(functions::col).toArray(Column[]::new));
  }

  private static Iterator<Row> votes(Correction.Judged judged) {
    LabeledRow row = judged.row();
    return judged.judgments().stream()
        .map(
            judgment -> {
              ClassLogs logs = judgment.logs();
              return RowFactory.create(
                  row.exampleId(),
                  judgment.checker(),
                  logs.best(),
                  logs.probability(logs.best()),
                  logs.probability(row.given()));
            })
        .iterator();
  }

  private static List<Row> channel(Transitions channel) {
    int classes = channel.numClasses();
    return IntStream.range(0, classes * classes)
        .filter(i -> channel.probability(i / classes, i % classes) >= LEAST_TRANSITION)
        .mapToObj(
            i ->
                RowFactory.create(
                    i / classes, i % classes, channel.probability(i / classes, i % classes)))
        .toList();
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}
