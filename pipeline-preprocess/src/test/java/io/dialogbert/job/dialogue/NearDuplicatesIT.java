package io.dialogbert.job.dialogue;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.dialogue.DuplicateConfig;
import io.dialogbert.dialogue.PlantedDuplicates;
import io.dialogbert.dialogue.Shingles;
import io.dialogbert.job.SparkTestSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One search over pairs of known similarity, a chain of copies of copies, and a template. */
class NearDuplicatesIT {
  private static final long SEED = Long.getLong("tests.seed", 20191029L);
  private static final String NOTE = "tests.seed " + SEED;
  private static final DuplicateConfig CONFIG = new DuplicateConfig(0.85, 5, 128);
  private static final StructType SCHEMA =
      StructType.fromDDL("dialogue_id string, lang string, text string");
  private static final double[] SIMILARITIES = {0.6, 0.7, 0.8, 0.85, 0.9, 0.95};
  private static final int PAIRS = 150;
  private static final int COPIES = 1_000;

  private static final SplittableRandom RANDOM = new SplittableRandom(SEED);
  private static final List<Row> ROWS = new ArrayList<>();
  private static final List<Set<String>> PLANTED = new ArrayList<>();
  private static final TreeMap<String, String> CHAIN = new TreeMap<>();
  private static final List<String> ASCENDING = new ArrayList<>();
  private static final Set<String> TEMPLATE = new TreeSet<>();
  private static Set<String> gone;

  @BeforeAll
  static void search() {
    PlantedDuplicates made = new PlantedDuplicates(SEED, CONFIG.shingleLength());
    for (double similarity : SIMILARITIES) {
      Set<String> seconds = new TreeSet<>();
      for (int i = 0; i < PAIRS; i++) {
        String text = made.dialogue(12);
        String a = add(text);
        String b = add(made.copy(text, similarity));
        seconds.add(a.compareTo(b) > 0 ? a : b);
      }
      PLANTED.add(seconds);
    }
    String link = made.dialogue(12);
    for (int i = 0; i < 30; i++) {
      CHAIN.put(add(link), link);
      link = made.copy(link, 0.9);
    }
    // Each link except the first waits for the previous one, so a round decides two of them.
    String step = made.dialogue(12);
    for (int i = 0; i < 20; i++) {
      String id = String.format("ascending-%02d", i);
      ROWS.add(RowFactory.create(id, "ko", step));
      ASCENDING.add(id);
      step = made.copy(step, 0.9);
    }
    String template = made.dialogue(10);
    for (int i = 0; i < COPIES; i++) {
      TEMPLATE.add(add(template + "\n" + Integer.toString(i, Character.MAX_RADIX) + "번째"));
    }
    add("네");
    gone = find(1);
  }

  @Test
  void findsThePairsThatAreSimilarEnough() {
    for (int i = 0; i < SIMILARITIES.length; i++) {
      double found = PLANTED.get(i).stream().filter(gone::contains).count() / (double) PAIRS;
      String note = NOTE + ", similarity " + SIMILARITIES[i];
      if (SIMILARITIES[i] < CONFIG.threshold()) {
        assertThat(found).as(note).isZero();
      } else {
        // At the threshold itself, 99 % are expected; the floor leaves room for chance.
        assertThat(found).as(note).isGreaterThanOrEqualTo(SIMILARITIES[i] > 0.88 ? 0.99 : 0.95);
      }
    }
  }

  @Test
  void whateverGoesWasPlantedToGo() {
    Set<String> wanted = new TreeSet<>(CHAIN.keySet());
    wanted.addAll(TEMPLATE);
    wanted.addAll(ASCENDING);
    for (int i = 0; i < SIMILARITIES.length; i++) {
      if (SIMILARITIES[i] >= CONFIG.threshold()) {
        wanted.addAll(PLANTED.get(i));
      }
    }
    assertThat(wanted).as(NOTE).containsAll(gone);
  }

  /** The rule itself: in the order of ids, a dialogue is dropped if it is similar to a kept one. */
  @Test
  void aChainLosesOnlyWhatIsSimilarToOneThatStays() {
    TreeMap<String, long[]> stay = new TreeMap<>();
    CHAIN.forEach(
        (id, text) -> {
          long[] set = Shingles.set(text, CONFIG.shingleLength());
          if (stay.values().stream()
              .noneMatch(other -> Shingles.jaccard(other, set) >= CONFIG.threshold())) {
            stay.put(id, set);
          }
        });
    assertThat(stay.size()).as(NOTE).isBetween(3, CHAIN.size() - 3);
    assertThat(CHAIN.keySet().stream().filter(id -> !gone.contains(id)).toList())
        .as(NOTE)
        .containsExactlyElementsOf(stay.keySet());
  }

  /** As many rounds as pairs of links: their plans must not grow. */
  @Test
  void ofAChainInTheOrderOfItsIdsEverySecondLinkStays() {
    assertThat(ASCENDING.stream().filter(id -> !gone.contains(id)).toList())
        .as(NOTE)
        .containsExactlyElementsOf(
            ASCENDING.stream().filter(id -> ASCENDING.indexOf(id) % 2 == 0).toList());
  }

  @Test
  void aTemplateStaysOnce() {
    assertThat(TEMPLATE.stream().filter(id -> !gone.contains(id)).toList())
        .as(NOTE)
        .containsExactly(TEMPLATE.iterator().next());
  }

  @Test
  void partitionsDoNotMatter() {
    assertThat(find(5)).as(NOTE).isEqualTo(gone);
  }

  private static String add(String text) {
    String id = String.format("%016x", RANDOM.nextLong());
    ROWS.add(RowFactory.create(id, "ko", text));
    return id;
  }

  private static Set<String> find(int partitions) {
    SparkSession spark = SparkTestSession.get();
    spark.conf().set("spark.sql.shuffle.partitions", partitions);
    // Generating code takes longer than interpreting a plan for so few rows.
    spark.conf().set("spark.sql.codegen.wholeStage", false);
    try {
      List<Row> ids =
          NearDuplicates.find(
                  spark.createDataset(ROWS, Encoders.row(SCHEMA)).repartition(partitions), CONFIG)
              .collectAsList();
      Set<String> distinct =
          ids.stream().map(row -> row.getString(0)).collect(Collectors.toCollection(TreeSet::new));
      assertThat(distinct).hasSize(ids.size());
      return distinct;
    } finally {
      spark.conf().set("spark.sql.shuffle.partitions", 2);
      spark.conf().unset("spark.sql.codegen.wholeStage");
    }
  }
}
