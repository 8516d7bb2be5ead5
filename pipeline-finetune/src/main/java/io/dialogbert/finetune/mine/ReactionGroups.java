package io.dialogbert.finetune.mine;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.explode;

import io.dialogbert.frame.JobContext;
import io.dialogbert.reaction.CanonicalKey;
import io.dialogbert.reaction.Contexts;
import io.dialogbert.reaction.ReactionRules;
import io.dialogbert.reaction.ReactionTable.Group;
import io.dialogbert.reaction.ReactionTable.Member;
import io.dialogbert.reaction.VariantMerger;
import io.dialogbert.reaction.VariantMerger.Variant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Groups candidates by key, and merges the groups that are variants. Only keys that have enough
 * support of their own are merged: the contexts of rarer ones are too few to compare.
 *
 * @param candidates of the training split; see {@link ReplyFinder#SCHEMA}
 * @param shown members that enough people wrote: {@code lang}, {@code key}, {@code member}, {@code
 *     count}
 */
record ReactionGroups(JobContext job, Dataset<Row> candidates, Dataset<Row> shown) {
  private static final StructType GROUP_OF_KEY =
      new StructType()
          .add("lang", DataTypes.StringType, false)
          .add("key", DataTypes.StringType, false)
          .add("group", DataTypes.IntegerType, false);

  /** The groups with enough support, the one in most conversations first. */
  List<Group> find(ReactionRules rules, MineReactionsConfig config) {
    List<Row> keys = keys(config);
    List<List<Member>> members = members(keys);
    // Support of many rare spellings, none of which may be shown, makes no class.
    List<Integer> visible =
        IntStream.range(0, keys.size()).filter(i -> !members.get(i).isEmpty()).boxed().toList();
    long[][] contexts = contexts(keys);
    int[] clusterOf =
        new VariantMerger(rules)
            .merge(
                visible.stream()
                    .map(i -> variant(keys.get(i), members.get(i).get(0), contexts[i]))
                    .toList());
    List<Row> visibleKeys = visible.stream().map(keys::get).toList();
    Map<Integer, List<Member>> merged = new HashMap<>();
    for (int i = 0; i < clusterOf.length; i++) {
      merged
          .computeIfAbsent(clusterOf[i], first -> new ArrayList<>())
          .addAll(members.get(visible.get(i)));
    }
    job.count("keys", keys.size());
    job.count("keys_not_shown", (long) keys.size() - visible.size());
    job.count("keys_merged", (long) visible.size() - merged.size());
    List<Group> groups = new ArrayList<>();
    for (int group : bySupport(visibleKeys, clusterOf)) {
      groups.add(Group.of(visibleKeys.get(group).getAs("lang"), merged.get(group)));
    }
    return groups;
  }

  private static Variant variant(Row key, Member display, long[] contexts) {
    return new Variant(
        key.getAs("lang"), CanonicalKey.parse(key.getAs("key")), display.member(), contexts);
  }

  private List<Row> keys(MineReactionsConfig config) {
    return candidates
        .groupBy("lang", "key")
        .agg(
            countDistinct("conversation").as("conversations"),
            countDistinct("sender").as("senders"))
        .filter(
            col("conversations")
                .geq(config.minClassCount())
                .and(col("senders").geq(config.minSenders())))
        .orderBy(col("conversations").desc(), col("lang"), col("key"))
        .collectAsList();
  }

  /** The members of each key that may be shown, the most frequent first. */
  private List<List<Member>> members(List<Row> keys) {
    List<List<Member>> members = new ArrayList<>();
    keys.forEach(key -> members.add(new ArrayList<>()));
    for (Row row :
        joined(shown, keys, identity(keys))
            .orderBy(col("count").desc(), col("member"))
            .collectAsList()) {
      members
          .get(row.<Integer>getAs("group"))
          .add(new Member(row.getAs("key"), row.getAs("member"), row.getAs("count")));
    }
    return members;
  }

  /** The histogram of the {@link Contexts} of each key. */
  private long[][] contexts(List<Row> keys) {
    long[][] contexts = new long[keys.size()][Contexts.NUM_BUCKETS];
    Column bucket = explode(col("contexts")).as("bucket");
    for (Row row :
        joined(candidates, keys, identity(keys))
            .select(col("group"), bucket)
            .groupBy("group", "bucket")
            .count()
            .collectAsList()) {
      contexts[row.getInt(0)][row.getInt(1)] = row.getLong(2);
    }
    return contexts;
  }

  /** The groups, those in most conversations first. */
  private List<Integer> bySupport(List<Row> keys, int[] groupOf) {
    return joined(candidates, keys, groupOf)
        .groupBy("group")
        .agg(countDistinct("conversation").as("conversations"))
        .orderBy(col("conversations").desc(), col("group"))
        .collectAsList()
        .stream()
        .map(row -> row.getInt(0))
        .toList();
  }

  private static int[] identity(List<Row> keys) {
    return IntStream.range(0, keys.size()).toArray();
  }

  /** The rows of some keys, with the group of each. */
  private Dataset<Row> joined(Dataset<Row> rows, List<Row> keys, int[] groupOf) {
    List<Row> groups = new ArrayList<>();
    for (int i = 0; i < groupOf.length; i++) {
      Row key = keys.get(i);
      groups.add(RowFactory.create(key.getAs("lang"), key.getAs("key"), groupOf[i]));
    }
    Dataset<Row> ofKeys = job.spark().createDataFrame(groups, GROUP_OF_KEY);
    return rows.join(broadcast(ofKeys), new String[] {"lang", "key"}, "inner");
  }
}
