package io.dialogbert.finetune.mine;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.lit;

import io.dialogbert.common.BadInputException;
import io.dialogbert.dialogue.Splits;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.reaction.ReactionFile;
import io.dialogbert.reaction.ReactionRow;
import io.dialogbert.reaction.ReactionRules;
import io.dialogbert.reaction.ReactionTable;
import io.dialogbert.reaction.ReactionTable.Group;
import io.dialogbert.reaction.Rejection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/** Finds the short replies that many people write: the classes of reaction classification. */
public final class MineReactionsJob implements Job<MineReactionsConfig> {
  private static final String MAPPING = "mapping";
  private static final String HARMFUL = "harmful-patterns";

  private static final StructType LISTED =
      new StructType()
          .add("lang", DataTypes.StringType, false)
          .add("member", DataTypes.StringType, false);

  public static void main(String[] args) {
    JobMain.run(new MineReactionsJob(), args);
  }

  @Override
  public String name() {
    return "mine-reactions";
  }

  @Override
  public MineReactionsConfig configure(ConfigReader in) {
    return MineReactionsConfig.read(in);
  }

  @Override
  public Lineage lineage(MineReactionsConfig config) {
    return MinedReactions.withRules(
        Lineage.to(config.output())
            .datasetOrDays("dialogues", config.dialogues(), "build-dialogues")
            .files(MAPPING, config.mapping().stream().toList())
            .files(HARMFUL, config.harmfulPatterns().stream().toList()));
  }

  @Override
  public void run(JobContext job, MineReactionsConfig config) throws IOException {
    List<String> harmful = harmfulPatterns(job);
    ReactionRules rules = new ReactionRules(harmful);
    Dataset<Row> replies =
        job.read("dialogues", "data")
            .mapPartitions(new ReplyFinder(harmful), Encoders.row(ReplyFinder.SCHEMA))
            .persist(StorageLevel.DISK_ONLY());
    countReplies(job, replies);
    Dataset<Row> candidates =
        replies.filter(col("split").equalTo(Splits.TRAIN).and(col("rejection").equalTo("")));
    Dataset<Row> shown =
        candidates
            .groupBy("lang", "key", "member")
            .agg(count(lit(1)).as("count"), countDistinct("sender").as("senders"))
            .filter(col("senders").geq(config.minSenders()))
            .persist(StorageLevel.DISK_ONLY());
    List<ReactionRow> edited = edited(job, shown, rules);
    List<Group> groups = new ReactionGroups(job, candidates, shown).find(rules, config);
    if (groups.isEmpty()) {
      throw new BadInputException(
          "no short reply occurs in "
              + config.minClassCount()
              + " conversations of the training split; a larger corpus or a smaller"
              + " min-class-count is needed");
    }
    ReactionTable table = ReactionTable.of(groups, edited, config.numClasses());
    if (config.mapping().isPresent()) {
      table.changes().forEach((change, number) -> job.count("mapping." + change, number));
    }
    write(job, table.rows());
    MinedReactions.saveHarmful(job, harmful);
    new Coverage(table.rows()).write(job, replies);
  }

  private static void countReplies(JobContext job, Dataset<Row> replies) {
    for (Rejection rejection : Rejection.values()) {
      job.count("rejected." + rejection.key(), 0);
    }
    long all = 0;
    long candidates = 0;
    for (Row row : replies.groupBy("rejection").count().collectAsList()) {
      long number = row.getLong(1);
      all += number;
      if (row.getString(0).isEmpty()) {
        candidates = number;
      } else {
        job.count("rejected." + row.getString(0), number);
      }
    }
    job.count("replies", all);
    job.count("candidates", candidates);
  }

  /** The rows of the edited mapping that are no longer harmful. */
  private static List<ReactionRow> edited(JobContext job, Dataset<Row> shown, ReactionRules rules)
      throws IOException {
    List<FileStatus> files = job.files(MAPPING);
    if (files.isEmpty()) {
      return List.of();
    }
    Path path = files.get(0).getPath();
    ReactionFile.Numbered file =
        ReactionFile.read(job.directories().readString(path), path.toString());
    Dataset<Row> listed =
        job.spark()
            .createDataFrame(
                file.rows().stream()
                    .map(row -> RowFactory.create(row.lang(), row.member()))
                    .toList(),
                LISTED);
    Set<String> known = new HashSet<>();
    shown
        .join(broadcast(listed), new String[] {"lang", "member"}, "left_semi")
        .select("lang", "member")
        .collectAsList()
        .forEach(row -> known.add(row.mkString(" ")));
    List<ReactionRow> kept = new ArrayList<>();
    for (int i = 0; i < file.rows().size(); i++) {
      ReactionRow row = file.rows().get(i);
      if (known.contains(row.lang() + " " + row.member())) {
        kept.add(row);
      } else if (!rules.isHarmful(row.member(), row.lang())) {
        throw ReactionFile.broken(
            path.toString(),
            file.lines().get(i),
            "member must be a reply that min-senders people wrote in the training split");
      }
    }
    job.count("mapping.harmful", (long) file.rows().size() - kept.size());
    return kept;
  }

  /** The file's regular expressions; blank lines and those that begin with # are left out. */
  private static List<String> harmfulPatterns(JobContext job) throws IOException {
    List<String> patterns = new ArrayList<>();
    for (FileStatus file : job.files(HARMFUL)) {
      String[] lines = job.directories().readString(file.getPath()).split("\\R", -1);
      for (int i = 0; i < lines.length; i++) {
        String line = lines[i].strip();
        if (line.isEmpty() || line.startsWith("#")) {
          continue;
        }
        try {
          patterns.add(Pattern.compile(line).pattern());
        } catch (PatternSyntaxException e) {
          throw ReactionFile.broken(
              file.getPath().toString(), i + 1, "must be a regular expression");
        }
      }
    }
    return patterns;
  }

  private static void write(JobContext job, List<ReactionRow> rows) throws IOException {
    job.directories().writeString(job.outputPath(ReactionFile.NAME), ReactionFile.write(rows));
    job.write(
        job.spark()
            .createDataFrame(
                rows.stream().map(ReactionTables::toRow).toList(), ReactionTables.REACTION)
            .coalesce(1),
        ReactionTables.REACTIONS);
    List<ReactionRow> kept = rows.stream().filter(row -> !row.isDropped()).toList();
    job.count("num_classes", kept.stream().map(ReactionRow::classId).distinct().count());
    for (String lang : ReactionRules.LANGUAGES) {
      job.count(
          "num_classes." + lang,
          kept.stream()
              .filter(row -> row.lang().equals(lang))
              .map(ReactionRow::classId)
              .distinct()
              .count());
    }
    job.count("members", kept.size());
  }
}
