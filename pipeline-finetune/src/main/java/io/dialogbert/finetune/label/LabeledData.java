package io.dialogbert.finetune.label;

import io.dialogbert.common.BadInputException;
import io.dialogbert.dialogue.Splits;
import io.dialogbert.frame.JobContext;
import io.dialogbert.job.table.RowMapping;
import io.dialogbert.task.label.GroupSplits;
import io.dialogbert.task.label.LabelProfile;
import io.dialogbert.task.label.LabelRule;
import io.dialogbert.task.label.LabeledText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The labeled examples of a job's files, by split. Their rejects and their profile become tables of
 * the job's output.
 */
public final class LabeledData {
  static final StructType REJECTS =
      new StructType()
          .add("split", DataTypes.StringType, false)
          .add("file", DataTypes.StringType, false)
          .add("row", DataTypes.LongType, false)
          .add("reason", DataTypes.StringType, false)
          .add("rule", DataTypes.StringType, false);

  static final StructType PROFILE =
      new StructType()
          .add("split", DataTypes.StringType, false)
          .add("statistic", DataTypes.StringType, false)
          .add("name", DataTypes.StringType, false)
          .add("value", DataTypes.DoubleType, false);

  private static final RowMapping<LabeledFiles.Reject> REJECT_ROW =
      new RowMapping.Builder<LabeledFiles.Reject>(REJECTS)
          .set("split", LabeledFiles.Reject::split)
          .set("file", LabeledFiles.Reject::file)
          .set("row", LabeledFiles.Reject::row)
          .set("reason", LabeledFiles.Reject::reason)
          .set("rule", LabeledFiles.Reject::rule)
          .build();

  private static final RowMapping<LabelProfile.Figure> FIGURE_ROW =
      new RowMapping.Builder<LabelProfile.Figure>(PROFILE)
          .set("split", LabelProfile.Figure::split)
          .set("statistic", LabelProfile.Figure::statistic)
          .set("name", LabelProfile.Figure::name)
          .set("value", LabelProfile.Figure::value)
          .build();

  /** A group this large makes the shares of splits a matter of chance. */
  private static final double LARGE_GROUP = 0.05;

  private static final int SHOWN_REJECTS = 5;

  private LabeledData() {}

  /**
   * Reads the files that {@link LabeledFilesConfig#addTo} named, and writes the tables {@code
   * rejects} and {@code profile}.
   *
   * @return all splits
   * @throws BadInputException if a file cannot be read, if too many rows are rejected, or if a
   *     split or a class is empty
   */
  public static Map<String, List<LabeledText>> load(JobContext job, LabeledFilesConfig config) {
    Map<String, List<FileStatus>> files = new LinkedHashMap<>();
    config.files().keySet().forEach(split -> files.put(split, job.files(split)));
    LabeledFiles.Result read =
        LabeledFiles.read(files, config, job.sparkContext().hadoopConfiguration());
    write(job, read.rejects().stream().map(REJECT_ROW::row), REJECTS, "rejects");
    check(job, config, read);
    GroupSplits splits =
        GroupSplits.of(
            read.examples(), new Splits(job.seed(), config.validationRatio(), config.testRatio()));
    requireAll(splits, config);
    List<LabelProfile.Figure> profile = LabelProfile.of(splits.examples(), config.schema().rule());
    write(job, profile.stream().map(FIGURE_ROW::row), PROFILE, "profile");
    job.count("rows_in", read.rowsIn());
    read.rejectsByReason().forEach((reason, rows) -> job.count("rejected." + reason, rows));
    LabelProfile.lines(profile).forEach(job::addToSummary);
    if (splits.largestGroup() > LARGE_GROUP * read.examples().get(Splits.TRAIN).size()) {
      job.warn(
          String.format(
              Locale.ROOT,
              "the largest of %d groups has %d examples, so splits may be far from their ratios;"
                  + " columns.group may name something smaller",
              splits.numGroups(),
              splits.largestGroup()));
    }
    return splits.examples();
  }

  private static void write(JobContext job, Stream<Row> rows, StructType schema, String table) {
    job.write(job.spark().createDataFrame(rows.toList(), schema).coalesce(1), table);
  }

  private static void check(JobContext job, LabeledFilesConfig config, LabeledFiles.Result read) {
    StringBuilder message = new StringBuilder();
    if (read.badFile()) {
      message.append("a labeled file cannot be read to its end");
    } else if (read.rejects().size() > config.maxRejectRatio() * read.rowsIn()) {
      message.append(
          String.format(
              Locale.ROOT,
              "%d of %d rows rejected, more than max-reject-ratio = %s allows",
              read.rejects().size(),
              read.rowsIn(),
              config.maxRejectRatio()));
    } else {
      return;
    }
    read.rejectsByReason()
        .forEach((reason, rows) -> message.append("%n  %s: %d".formatted(reason, rows)));
    read.rejects().stream()
        .limit(SHOWN_REJECTS)
        .forEach(
            reject ->
                message.append(
                    "%n  %s row %d: %s (%s)"
                        .formatted(reject.file(), reject.row(), reject.reason(), reject.rule())));
    message.append(
        "%nall are in %s until the job is run again".formatted(job.outputPath("rejects")));
    throw new BadInputException(message.toString());
  }

  /** A model cannot learn a class that it never sees, nor be chosen or scored on nothing. */
  private static void requireAll(GroupSplits splits, LabeledFilesConfig config) {
    splits
        .examples()
        .forEach(
            (split, texts) -> {
              if (texts.isEmpty() && config.wants(split)) {
                throw new BadInputException(
                    "the split "
                        + split
                        + " must have examples, but has none; give it files or a larger share");
              }
            });
    LabelRule rule = config.schema().rule();
    Set<String> trained = LabelProfile.classes(splits.examples().get(Splits.TRAIN), rule).keySet();
    for (String name : rule.classes()) {
      if (!trained.contains(name)) {
        throw new BadInputException(
            "every class must have examples in train, but " + name + " has none");
      }
    }
  }
}
