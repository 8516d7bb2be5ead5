package io.dialogbert.finetune.mine;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import io.dialogbert.frame.JobContext;
import io.dialogbert.job.table.RowMapping;
import io.dialogbert.reaction.Candidate;
import io.dialogbert.reaction.CanonicalKey;
import io.dialogbert.reaction.ReactionClasses;
import io.dialogbert.reaction.ReactionRow;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The share of all replies that the first classes of a language cover, by split. */
final class Coverage implements Serializable {
  private static final int NONE = -1;

  private static final StructType CLASS_OF_REPLY =
      new StructType()
          .add("split", DataTypes.StringType, false)
          .add("lang", DataTypes.StringType, false)
          .add("class_id", DataTypes.IntegerType, false);

  /** Replies of a split and language in its first classes. */
  private record Share(String split, String lang, int numClasses, long replies, long covered) {}

  private static final RowMapping<Share> MAPPING =
      new RowMapping.Builder<Share>(ReactionTables.COVERED)
          .set("split", Share::split)
          .set("lang", Share::lang)
          .set("num_classes", Share::numClasses)
          .set("replies", Share::replies)
          .set("covered", Share::covered)
          .set("share", share -> (double) share.covered() / share.replies())
          .build();

  private final ReactionClasses classes;

  /** The place of each class among those of its language, the one with most replies first. */
  private final Map<Integer, Integer> rankOf = new HashMap<>();

  private final Map<String, Integer> numClasses = new HashMap<>();

  Coverage(List<ReactionRow> rows) {
    classes = new ReactionClasses(rows);
    Map<Integer, Long> replies = new LinkedHashMap<>();
    Map<Integer, String> langs = new HashMap<>();
    for (ReactionRow row : rows) {
      if (!row.isDropped()) {
        replies.merge(row.classId(), row.count(), Long::sum);
        langs.put(row.classId(), row.lang());
      }
    }
    replies.entrySet().stream()
        .sorted(
            Map.Entry.<Integer, Long>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .map(Map.Entry::getKey)
        .forEach(id -> rankOf.put(id, numClasses.merge(langs.get(id), 1, Integer::sum) - 1));
  }

  /** Writes the table. */
  void write(JobContext job, Dataset<Row> replies) {
    MapFunction<Row, Row> classify = this::classify;
    Map<List<String>, long[]> byRank = new LinkedHashMap<>();
    Map<List<String>, Long> all = new HashMap<>();
    for (Row row :
        replies
            .map(classify, Encoders.row(CLASS_OF_REPLY))
            .groupBy("split", "lang", "class_id")
            .agg(count(lit(1)).as("replies"))
            .orderBy(col("split"), col("lang"), col("class_id"))
            .collectAsList()) {
      List<String> part = List.of(row.getAs("split"), row.getAs("lang"));
      int id = row.getAs("class_id");
      long number = row.getAs("replies");
      all.merge(part, number, Long::sum);
      long[] ranks =
          byRank.computeIfAbsent(part, p -> new long[numClasses.getOrDefault(p.get(1), 0)]);
      if (id != NONE) {
        ranks[rankOf.get(id)] = number;
      }
    }
    List<Row> rows = new ArrayList<>();
    byRank.forEach((part, ranks) -> rows.addAll(rows(part, ranks, all.get(part))));
    job.write(
        job.spark().createDataFrame(rows, ReactionTables.COVERED).coalesce(1),
        ReactionTables.COVERAGE);
  }

  private Row classify(Row reply) {
    int id = NONE;
    if (reply.<String>getAs("rejection").isEmpty()) {
      CanonicalKey key = CanonicalKey.parse(reply.getAs("key"));
      id = classes.of(new Candidate(reply.getAs("lang"), reply.getAs("member"), key)).orElse(NONE);
    }
    return RowFactory.create(reply.getAs("split"), reply.getAs("lang"), id);
  }

  /** The rows of one split and language: 10, 20, 50, 100, ... classes, and all. */
  private static List<Row> rows(List<String> part, long[] ranks, long all) {
    List<Row> rows = new ArrayList<>();
    for (int n : steps(ranks.length)) {
      long covered = IntStream.range(0, n).mapToLong(rank -> ranks[rank]).sum();
      rows.add(MAPPING.row(new Share(part.get(0), part.get(1), n, all, covered)));
    }
    return rows;
  }

  static List<Integer> steps(int numClasses) {
    List<Integer> steps = new ArrayList<>();
    for (int ten = 10; ten < numClasses; ten *= 10) {
      for (int factor : new int[] {1, 2, 5}) {
        if (ten * factor < numClasses) {
          steps.add(ten * factor);
        }
      }
    }
    steps.add(numClasses);
    return steps;
  }
}
