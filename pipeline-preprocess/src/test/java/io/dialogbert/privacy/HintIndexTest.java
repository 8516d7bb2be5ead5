package io.dialogbert.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Hints only save time: with them, the rules find the same as without them. */
class HintIndexTest {
  @Test
  void findsWhatRulesFindWithoutHints() {
    List<PiiRule> rules = PiiRules.load().stream().filter(rule -> !rule.hints().isEmpty()).toList();
    HintIndex index = new HintIndex(rules.stream().map(PiiRule::hints).toList());
    for (int i = 0; i < rules.size(); i++) {
      PiiRule rule = rules.get(i);
      for (String example : rule.positive()) {
        String text = MatchingForm.of("앞 " + example.replaceAll("[«»]", "") + " 뒤");
        PiiRule.Range whole = new PiiRule.Range(0, text.length());
        List<PiiRule.Match> anywhere = new ArrayList<>();
        rule.find(text, whole, anywhere::add);
        List<PiiRule.Match> atHints = new ArrayList<>();
        HintIndex.Hits hits = index.find(text);
        assertThat(hits).as("hints of %s in '%s'", rule.name(), example).isNotNull();
        assertThat(hits.rules().get(i)).as("hint of %s in '%s'", rule.name(), example).isTrue();
        rule.find(text, whole, hits, i, atHints::add);
        assertThat(atHints).as("matches of %s in '%s'", rule.name(), example).containsAll(anywhere);
      }
    }
  }

  @Test
  void findsHintsOfOneCharacterAndOfMoreWhereTheyStand() {
    HintIndex index = new HintIndex(List.of(List.of("씨", "민수"), List.of("민수")));

    HintIndex.Hits hits = index.find("민수 씨");

    assertThat(hits.size()).isEqualTo(2);
    assertThat(hits.position(0)).isZero();
    assertThat(hits.isFor(0, 1)).isTrue();
    assertThat(hits.position(1)).isEqualTo(3);
    assertThat(hits.isFor(1, 1)).isFalse();
    assertThat(index.find("민 수")).isNull();
  }
}
