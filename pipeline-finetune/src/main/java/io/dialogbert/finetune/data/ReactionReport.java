package io.dialogbert.finetune.data;

import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.sum;

import io.dialogbert.common.BadInputException;
import io.dialogbert.finetune.data.ReplyLabels.ReplyClass;
import io.dialogbert.frame.JobContext;
import io.dialogbert.job.table.RowMapping;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Says what became of the mined classes: the table of classes, those without training examples, and
 * the replies that have no class.
 */
record ReactionReport(JobContext job, List<ReplyClass> classes, ExampleCounts counts) {
  /** A class with its label. */
  private record Labeled(int label, ReplyClass found, long examples) {}

  private static final StructType SCHEMA =
      new StructType()
          .add("class_id", DataTypes.IntegerType, false)
          .add("mined_id", DataTypes.IntegerType, false)
          .add("lang", DataTypes.StringType, false)
          .add("reaction", DataTypes.StringType, false)
          .add("replies", DataTypes.LongType, false)
          .add("examples", DataTypes.LongType, false);

  private static final RowMapping<Labeled> MAPPING =
      new RowMapping.Builder<Labeled>(SCHEMA)
          .set("class_id", Labeled::label)
          .set("mined_id", labeled -> labeled.found().minedId())
          .set("lang", labeled -> labeled.found().lang())
          .set("reaction", labeled -> labeled.found().reaction())
          .set("replies", labeled -> labeled.found().replies())
          .set("examples", Labeled::examples)
          .build();

  /**
   * Writes table and counts.
   *
   * @throws BadInputException if fewer than two classes have training examples
   */
  void write() {
    List<Long> examples = counts.ofClasses(classes.size());
    List<Labeled> labeled =
        IntStream.range(0, classes.size())
            .mapToObj(label -> new Labeled(label, classes.get(label), examples.get(label)))
            .toList();
    List<Integer> untrained =
        labeled.stream()
            .filter(one -> one.examples() == 0)
            .map(one -> one.found().minedId())
            .toList();
    if (classes.size() - untrained.size() < 2) {
      throw new BadInputException(
          "%d of the %d classes of %s have training examples in %s, at least 2 must; mine the"
                  .formatted(
                      classes.size() - untrained.size(),
                      classes.size(),
                      job.inputPath("reactions"),
                      job.inputPath("dialogues"))
              + " reactions of these dialogues");
    }
    if (!untrained.isEmpty()) {
      job.warn("classes without training examples, by their mined ids: " + untrained);
    }
    job.count("num_classes", classes.size());
    job.count("classes_without_training_examples", untrained.size());
    job.write(
        job.spark()
            .createDataFrame(labeled.stream().map(MAPPING::row).toList(), SCHEMA)
            .coalesce(1),
        "classes");
    countOutside();
  }

  private void countOutside() {
    for (Row row :
        job.read("dialogues", "data")
            .groupBy("lang")
            .agg(sum(expr("cast(size(turns) - 1 as bigint)")).as("replies"))
            .orderBy("lang")
            .collectAsList()) {
      String lang = row.getString(0);
      long replies = row.getLong(1);
      long outside = replies - counts.ofLanguage(lang);
      double share = replies == 0 ? 0 : (double) outside / replies;
      job.count("replies." + lang, replies);
      job.count("replies_outside_of_all_classes." + lang, outside);
      job.figure("outside_of_all_classes_ratio." + lang, share);
      job.addToSummary(
          String.format(
              Locale.ROOT,
              "  %s: %.1f %% of %,d replies are outside of all classes",
              lang,
              100 * share,
              replies));
    }
  }
}
