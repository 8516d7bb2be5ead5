package io.dialogbert.distill.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.model.EncoderConfig;
import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

/** What a search decides by. */
final class SearchTest {
  private static final Candidate FAST = candidate("2/128/2/512", 100, 1, 0.70, 0.80);
  private static final Candidate MIDDLE = candidate("4/256/4/1024", 200, 2, 0.75, 0.88);
  private static final Candidate SLOW = candidate("4/312/12/1200", 300, 3, 0.72, 0.89);
  private static final Candidate WASTEFUL = candidate("4/312/4/1200", 310, 3.5, 0.71, 0.85);
  private static final List<Candidate> ALL = List.of(FAST, MIDDLE, SLOW, WASTEFUL);

  private static Candidate candidate(
      String shape, long parameters, double latency, Double... scores) {
    return new Candidate(shape, parameters, latency, List.of(scores));
  }

  @Test
  void readsShapes() {
    assertThat(Shape.parse("4/312/12/1200")).contains(new Shape(4, 312, 12, 1200));
    assertThat(Shape.parse("4/312/12/1200").orElseThrow()).hasToString("4/312/12/1200");
    for (String other : List.of("4/312/12", "4/312/11/1200", "0/312/12/1200", "4/312/12/1200 ")) {
      assertThat(Shape.parse(other)).as(other).isEmpty();
    }
  }

  @Test
  void tellsWhatATeacherHas() {
    EncoderConfig teacher = new EncoderConfig(256, 4, 4, 1024, 60, 12, 2, 2, 0, 0, 0.02, 1e-12);
    assertThat(Shape.parse("4/256/4/1024").orElseThrow().fits(teacher)).isTrue();
    assertThat(Shape.parse("2/128/2/512").orElseThrow().fits(teacher)).isTrue();
    // One head of 128 is wider than one of 64, but with the hidden size heads keep their width.
    assertThat(Shape.parse("2/128/1/512").orElseThrow().fits(teacher)).isFalse();
    assertThat(Shape.parse("2/256/1/512").orElseThrow().fits(teacher)).isTrue();
    for (String larger : List.of("5/256/4/1024", "4/312/4/1024", "4/256/8/1024", "4/256/4/1025")) {
      assertThat(Shape.parse(larger).orElseThrow().fits(teacher)).as(larger).isFalse();
    }
  }

  @Test
  void keepsWhatIsWithinTheBudget() {
    assertThat(new Budget(0, 0).within(ALL)).isEqualTo(ALL);
    assertThat(new Budget(2, 0).within(ALL)).containsExactly(FAST, MIDDLE);
    assertThat(new Budget(3, 250).within(ALL)).containsExactly(FAST, MIDDLE);
  }

  @Test
  void namesTheNearestIfNothingIsWithinTheBudget() {
    assertThatThrownBy(() -> new Budget(0.5, 150).within(List.of(SLOW, MIDDLE)))
        .isInstanceOf(BadConfigException.class)
        .hasMessage(
            "no candidate is within max-latency-ms = 0.5 and max-parameters = 150; the nearest is"
                + " 4/256/4/1024 with 2.00 ms and 200 parameters");
  }

  @Test
  void doublesTheStepsOfEachStage() {
    Halving halving = new Halving(1000, 3);
    assertThat(List.of(halving.steps(0), halving.steps(1), halving.steps(2), halving.steps(3)))
        .containsExactly(125L, 250L, 500L, 1000L);
    assertThat(new Halving(3, 5).steps(0)).isEqualTo(1);
  }

  @Test
  void keepsTheBetterHalf() {
    assertThat(Halving.better(ALL)).containsExactly(MIDDLE, SLOW);
    assertThat(Halving.better(List.of(FAST, MIDDLE, SLOW))).containsExactly(MIDDLE, SLOW);
    Candidate asGood = candidate("2/64/2/512", 90, 0.5, 0.88);
    assertThat(Halving.better(List.of(MIDDLE, asGood))).containsExactly(asGood);
    assertThat(Halving.better(List.of(SLOW))).containsExactly(SLOW);
  }

  @Test
  void picksTheFastestThatIsGoodEnoughOrElseTheBest() {
    assertThat(Halving.pick(ALL, 0.88)).isEqualTo(MIDDLE);
    assertThat(Halving.pick(ALL, 0.5)).isEqualTo(FAST);
    assertThat(Halving.pick(ALL, 0.9)).isEqualTo(SLOW);
  }

  @Test
  void drawsTheFrontOfWhatNothingBeats() throws Exception {
    assertThat(ALL.stream().filter(one -> Halving.isOnFront(one, ALL)))
        .containsExactly(FAST, MIDDLE, SLOW);
    String svg = new FrontChart(ALL, MIDDLE.shape()).toSvg("macro_accuracy");
    Document document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(svg)));
    assertThat(document.getElementsByTagName("circle").getLength()).isEqualTo(4);
    String front =
        document
            .getElementsByTagName("polyline")
            .item(0)
            .getAttributes()
            .getNamedItem("points")
            .getTextContent();
    assertThat(front.split(" ")).hasSize(3);
    assertThat(svg).contains("macro accuracy, validation", "#c0392b");
  }

  @Test
  void drawsEqualScores() {
    assertThat(new FrontChart(List.of(FAST, FAST), FAST.shape()).toSvg("accuracy"))
        .doesNotContain("NaN");
  }
}
