package io.dialogbert.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.privacy.LabeledText.Label;
import io.dialogbert.privacy.PiiScore.Region;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the measure itself. */
class PiiScoreTest {
  private static final long SEED = Long.getLong("tests.seed", 20191029L);

  @Test
  void placesWhatIsAmbiguousByTheLabels() {
    LabeledText text =
        new LabeledText(
            "ko", "a 02 123 4567 010 1 2 b", List.of(label("PHONE", 2, 13), label("IP", 14, 21)));

    assertThat(PiiScore.regions(text, "a [PHONE] [IP] b"))
        .containsExactly(new Region("PHONE", 2, 13), new Region("IP", 14, 21));
  }

  @Test
  void countsFoundMissedAndWrong() {
    PiiScore score =
        new PiiScore(
            text -> text.replaceAll("[0-9]{3}-[0-9]{4}|77", "[PHONE]").replace("1.1", "[IP]"));
    score.add(new LabeledText("ko", "tel 123-4567", List.of(label("PHONE", 4, 12))));
    score.add(new LabeledText("ko", "1.1 is it", List.of(label("PHONE", 0, 3))));
    score.add(new LabeledText("ko", "12 123-4567", List.of(label("PHONE", 0, 11))));
    score.add(new LabeledText("ko", "77 times", List.of()));

    assertThat(score.recall("PHONE")).isEqualTo(2 / 3.0);
    assertThat(score.kindRight("PHONE")).isEqualTo(1 / 2.0);
    assertThat(score.precision("PHONE")).isEqualTo(2 / 3.0);
    assertThat(score.precision("IP")).isEqualTo(1);
    assertThat(score.beyond("PHONE")).isEqualTo(2 / 16.0);
    assertThat(score.beyond("IP")).isZero();
    assertThat(score.missed()).extracting(PiiScore.Miss::masked).containsExactly("12 [PHONE]");
    assertThat(score.wrong()).extracting(PiiScore.Miss::masked).containsExactly("[PHONE] times");
  }

  @Test
  void labelsMoveWithNormalization() {
    LabeledText text = new LabeledText("ja", " ０９０\n１２ です", List.of(label("PHONE", 1, 7)));

    LabeledText normalized = text.normalized();

    Label label = normalized.labels().get(0);
    assertThat(normalized.text().substring(label.start(), label.end())).isEqualTo("090 12");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ko", "ja"})
  void everyKindHasManyDifferentMessages(String lang) {
    MessageTemplates templates = new MessageTemplates(lang);

    assertThat(templates.kinds())
        .containsAll(Stream.of(PiiKind.values()).map(PiiKind::name).toList());
    for (String kind : templates.kinds()) {
      List<LabeledText> positives = templates.positives(kind, 400, SEED);
      Set<String> values = new HashSet<>();
      List<String> context = new ArrayList<>();
      for (LabeledText text : positives) {
        assertThat(text.labels()).extracting(Label::kind).contains(kind);
        for (Label label : text.labels()) {
          String value = text.text().substring(label.start(), label.end());
          assertThat(value).isNotBlank().isEqualTo(value.strip());
          values.add(value);
        }
        context.add(text.text());
      }
      assertThat(values).as(kind).hasSizeGreaterThan(150);
      assertThat(new HashSet<>(context)).as(kind).hasSizeGreaterThan(250);
      assertThat(templates.negatives(kind, 200, SEED)).allMatch(t -> t.labels().isEmpty());
      assertThat(templates.positives(kind, 400, SEED)).isEqualTo(positives);
    }
  }

  private static Label label(String kind, int start, int end) {
    return new Label(kind, start, end, false);
  }
}
