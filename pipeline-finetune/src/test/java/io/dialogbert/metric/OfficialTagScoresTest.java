package io.dialogbert.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dialogbert.metric.TagScores.Mode;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Compares the metrics of tags to seqeval, scikit-learn and KLUE's script on 10,000 random texts,
 * most of them with tags that are no valid BIO, and on texts without entities. {@code
 * make_golden_tags.py} draws the same tags in the same order.
 */
class OfficialTagScoresTest {
  private static final double TOLERANCE = 1e-9;
  private static final int TYPES = 6;
  private static final int TAGS = 13;

  private static JsonNode golden;

  @BeforeAll
  static void readGolden() throws IOException {
    try (InputStream in = OfficialTagScoresTest.class.getResourceAsStream("/golden/tags.json")) {
      golden = new ObjectMapper().readTree(in);
    }
  }

  /** The tags of a text, and what was predicted. */
  private record Text(int[] tags, int[] predicted) {}

  @Test
  void manyTexts() {
    assertFigures(1, 10_000, TAGS, golden.get("many"));
  }

  @Test
  void fewTexts() {
    JsonNode few = golden.get("few");
    assertThat(few).hasSize(30);
    for (int i = 0; i < few.size(); i++) {
      assertFigures(100 + i, 1 + i % 3, 1 + i % TAGS, few.get(i));
    }
  }

  private static void assertFigures(long seed, int numTexts, int numTags, JsonNode expected) {
    List<Text> texts = draw(seed, numTexts, numTags);
    for (Mode mode : Mode.values()) {
      String prefix = mode.name().toLowerCase(Locale.ROOT) + "_";
      LabelCounts counts = entities(texts, mode);
      assertClose(counts.f1(), expected.get(prefix + "micro_f1"));
      assertClose(counts.macroF1(), expected.get(prefix + "macro_f1"));
      assertClose(counts.precision(), expected.get(prefix + "precision"));
      assertClose(counts.recall(), expected.get(prefix + "recall"));
    }
    Text joined =
        new Text(
            texts.stream().flatMapToInt(t -> Arrays.stream(t.tags())).toArray(),
            texts.stream().flatMapToInt(t -> Arrays.stream(t.predicted())).toArray());
    assertClose(entities(List.of(joined), Mode.STRICT).macroF1(), expected.get("klue_entity_f1"));
    LabelCounts characters = TagScores.elements(joined.tags(), joined.predicted(), TYPES);
    assertClose(TagScores.klueScript(characters, numTexts), expected.get("klue_script"));
    assertClose(TagScores.kluePaper(characters), expected.get("klue_paper"));
  }

  private static LabelCounts entities(List<Text> texts, Mode mode) {
    return texts.stream()
        .map(text -> TagScores.entities(text.tags(), text.predicted(), TYPES, mode))
        .reduce(LabelCounts.none(TYPES), LabelCounts::plus);
  }

  /** Texts as the script draws them. */
  private static List<Text> draw(long seed, int numTexts, int numTags) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Text> texts = new ArrayList<>();
    for (int t = 0; t < numTexts; t++) {
      int[] tags = new int[1 + below(random, 30)];
      int[] predicted = new int[tags.length];
      int last = 0;
      for (int i = 0; i < tags.length; i++) {
        int drawn = below(random, 2 * numTags);
        boolean goesOn = below(random, 2) == 0;
        tags[i] = goesOn ? last + last % 2 : drawn < numTags ? drawn : 0;
        int guess = below(random, numTags);
        predicted[i] = below(random, 8) > 0 ? tags[i] : guess;
        last = tags[i];
      }
      texts.add(new Text(tags, predicted));
    }
    return texts;
  }

  private static int below(SplittableRandom random, int bound) {
    return (int) ((random.nextLong() >>> 33) % bound);
  }

  private static void assertClose(double actual, JsonNode expected) {
    assertThat(actual).isCloseTo(expected.asDouble(), within(TOLERANCE));
  }
}
