package io.dialogbert.finetune;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;

import io.dialogbert.common.BadInputException;
import io.dialogbert.dialogue.Splits;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.reaction.CanonicalKey;
import io.dialogbert.reaction.Contexts;
import io.dialogbert.reaction.ReactionFile;
import io.dialogbert.reaction.ReactionRow;
import io.dialogbert.reaction.ReactionRules;
import io.dialogbert.reaction.ReactionTable;
import io.dialogbert.reaction.ReactionTable.Group;
import io.dialogbert.reaction.ReactionTable.Member;
import io.dialogbert.reaction.Rejection;
import io.dialogbert.reaction.VariantMerger;
import io.dialogbert.reaction.VariantMerger.Variant;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.Column;
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

  private static final Column[] KEY = {col("lang"), col("key")};
  private static final Column[] MEMBER = {col("lang"), col("key"), col("member")};

  private static final StructType GROUP_OF_KEY =
      new StructType()
          .add("lang", DataTypes.StringType, false)
          .add("key", DataTypes.StringType, false)
          .add("group", DataTypes.IntegerType, false);

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
    return Tokenizers.withDictionaries(
        Lineage.to(config.output())
            .dataset("dialogues", config.dialogues(), "build-dialogues")
            .files(MAPPING, config.mapping().stream().toList())
            .files(HARMFUL, config.harmfulPatterns().stream().toList())
            .fingerprint("reaction-rules", ReactionRules.fingerprint()));
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
            .groupBy(MEMBER)
            .agg(count(lit(1)).as("count"), countDistinct("sender").as("senders"))
            .filter(col("senders").geq(config.minSenders()))
            .persist(StorageLevel.DISK_ONLY());
    List<ReactionRow> edited = edited(job, shown, rules);
    List<Group> groups = groups(job, candidates, shown, rules, config);
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

  /** The groups with enough support, the one in most conversations first. */
  private static List<Group> groups(
      JobContext job,
      Dataset<Row> candidates,
      Dataset<Row> shown,
      ReactionRules rules,
      MineReactionsConfig config) {
    List<Row> keys =
        candidates
            .groupBy(KEY)
            .agg(
                countDistinct("conversation").as("conversations"),
                countDistinct("sender").as("senders"))
            .filter(
                col("conversations")
                    .geq(config.minClassCount())
                    .and(col("senders").geq(config.minSenders())))
            .orderBy(col("conversations").desc(), col("lang"), col("key"))
            .collectAsList();
    Map<String, Integer> indexOf = new HashMap<>();
    keys.forEach(row -> indexOf.put(name(row), indexOf.size()));
    Dataset<Row> ids = groupsOf(job, keys, IntStream.range(0, keys.size()).toArray());
    List<List<Member>> members = members(shown, ids, keys.size());
    long[][] contexts = contexts(candidates, ids, keys.size());
    // A key that nobody may see, since its support is of many rare spellings, is no class.
    List<Integer> visible =
        IntStream.range(0, keys.size()).filter(i -> !members.get(i).isEmpty()).boxed().toList();
    List<Variant> variants = new ArrayList<>();
    for (int i : visible) {
      Row row = keys.get(i);
      variants.add(
          new Variant(
              row.getAs("lang"),
              CanonicalKey.parse(row.getAs("key")),
              members.get(i).get(0).member(),
              contexts[i]));
    }
    int[] clusterOf = new VariantMerger(rules).merge(variants);
    int[] groupOf = IntStream.range(0, keys.size()).toArray();
    Map<Integer, Group> groups = new TreeMap<>();
    for (int i = 0; i < clusterOf.length; i++) {
      int first = visible.get(clusterOf[i]);
      groupOf[visible.get(i)] = first;
      groups
          .computeIfAbsent(first, k -> new Group(keys.get(k).getAs("lang"), new ArrayList<>()))
          .members()
          .addAll(members.get(visible.get(i)));
    }
    job.count("keys", keys.size());
    job.count("keys_not_shown", (long) keys.size() - visible.size());
    job.count("keys_merged", (long) visible.size() - groups.size());
    job.count("groups", groups.size());
    List<Group> ordered = new ArrayList<>();
    for (Row row :
        candidates
            .join(broadcast(groupsOf(job, keys, groupOf)), new String[] {"lang", "key"}, "inner")
            .groupBy("group")
            .agg(countDistinct("conversation").as("conversations"))
            .orderBy(col("conversations").desc(), col("group"))
            .collectAsList()) {
      Group group = groups.get(row.<Integer>getAs("group"));
      if (group != null) {
        group.members().sort(FREQUENT_FIRST);
        ordered.add(group);
      }
    }
    return ordered;
  }
}
