package io.dialogbert.preprocess;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.dialogue.DuplicateConfig;
import io.dialogbert.dialogue.PlantedDuplicates;
import io.dialogbert.dialogue.Shingles;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

class NearDuplicatesIT {
  private static final long SEED = Long.getLong("tests.seed", 20191029L);
  private static final String NOTE = "tests.seed " + SEED;
  private static final DuplicateConfig CONFIG = new DuplicateConfig(0.85, 5, 128);

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final PlantedDuplicates made = new PlantedDuplicates(SEED, CONFIG.shingleLength());
  private final TreeMap<String, String> texts = new TreeMap<>();

  @Test
  void findsThePairsThatAreSimilarEnoughAndNoOthers() {
    double[] similarities = {0.6, 0.7, 0.8, 0.85, 0.9, 0.95};
    int pairs = 150;
    List<Set<String>> planted = new ArrayList<>();
    for (double similarity : similarities) {
      Set<String> seconds = new TreeSet<>();
      for (int i = 0; i < pairs; i++) {
        String text = made.dialogue(12);
        String a = add(text);
        String b = add(made.copy(text, similarity));
        seconds.add(a.compareTo(b) > 0 ? a : b);
      }
      planted.add(seconds);
    }
    Set<String> gone = find();

    Set<String> wanted = new TreeSet<>();
    for (int i = 0; i < similarities.length; i++) {
      double found = planted.get(i).stream().filter(gone::contains).count() / (double) pairs;
      if (similarities[i] < CONFIG.threshold()) {
        assertThat(found).as(NOTE + ", at " + similarities[i]).isZero();
      } else {
        wanted.addAll(planted.get(i));
        // At the threshold itself 99 % are expected; floors leave room for chance.
        assertThat(found)
            .as(NOTE + ", at " + similarities[i])
            .isGreaterThanOrEqualTo(similarities[i] > 0.88 ? 0.99 : 0.95);
      }
    }
    // Precision: whatever is gone was planted to go.
    assertThat(wanted).as(NOTE).containsAll(gone);
  }

  @Test
  void aChainLosesOnlyWhatIsSimilarToOneThatStays() {
    List<String> chain = new ArrayList<>(List.of(made.dialogue(12)));
    for (int i = 0; i < 30; i++) {
      chain.add(made.copy(chain.get(i), 0.9));
    }
    chain.forEach(this::add);

    // Duplicates by the rule itself: in the order of ids, gone if similar to one that stays.
    TreeMap<String, long[]> stay = new TreeMap<>();
    Set<String> expected = new TreeSet<>();
    texts.forEach(
        (id, text) -> {
          long[] set = Shingles.set(text, CONFIG.shingleLength());
          if (stay.values().stream().anyMatch(s -> Shingles.jaccard(s, set) >= 0.85)) {
            expected.add(id);
          } else {
            stay.put(id, set);
          }
        });
    assertThat(stay.size()).as(NOTE).isGreaterThan(2);
    assertThat(find()).as(NOTE).isEqualTo(expected);
  }

  @Test
  void aTextOfManyCopiesStaysOnceWithoutComparingAllWithAll() {
    String text = made.dialogue(10);
    int copies = 3000;
    for (int i = 0; i < copies; i++) {
      add(text + "\n" + Integer.toString(i, Character.MAX_RADIX) + "번째");
    }
    String shortOne = add("네");
    Set<String> gone = find();
    assertThat(gone).hasSize(copies - 1).doesNotContain(shortOne);
  }

  private String add(String text) {
    String id = String.format("%016x", random.nextLong());
    texts.put(id, text);
    return id;
  }

  /** What is found; the same for any number of partitions. */
  private Set<String> find() {
    SparkSession spark = SparkTestSession.get();
    List<Set<String>> found = new ArrayList<>();
    for (int partitions : new int[] {1, 5}) {
      spark.conf().set("spark.sql.shuffle.partitions", partitions);
      try {
        List<Row> ids = NearDuplicates.find(dialogues(spark, partitions), CONFIG).collectAsList();
        Set<String> distinct =
            ids.stream()
                .map(row -> row.getString(0))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(distinct).hasSize(ids.size());
        found.add(distinct);
      } finally {
        spark.conf().set("spark.sql.shuffle.partitions", 2);
      }
    }
    assertThat(found.get(1)).as(NOTE).isEqualTo(found.get(0));
    return found.get(0);
  }

  private Dataset<Row> dialogues(SparkSession spark, int partitions) {
    List<Row> rows = new ArrayList<>();
    texts.forEach((id, text) -> rows.add(RowFactory.create(id, "ko", text)));
    return spark
        .createDataset(
            rows,
            Encoders.row(
                org.apache.spark.sql.types.StructType.fromDDL(
                    "dialogue_id string, lang string, text string")))
        .repartition(partitions);
  }
}
