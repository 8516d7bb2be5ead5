package io.dialogbert.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GrammarTest {
  private static final long SEED = Long.getLong("tests.seed", 20191029L);
  private static final List<Person> CAST =
      List.of(person("a", false), person("b", true), person("c", false));

  @ParameterizedTest
  @EnumSource(Language.class)
  void everyTemplateOfTheLanguageResolves(Language language) {
    Grammar grammar = GrammarReader.read(language);
    Scene scene = new Scene(grammar, new SplittableRandom(SEED), CAST);
    for (String list : grammar.listNames()) {
      for (Template template : grammar.list(list).entries()) {
        assertClean(scene, template, "@" + list);
      }
    }
    for (String kind : grammar.patternNames()) {
      for (Template template : grammar.pattern(kind).entries()) {
        assertClean(scene, template, "!" + kind);
      }
    }
    for (String name : grammar.scriptNames()) {
      for (Script.Step step : grammar.script(name).steps()) {
        if (step instanceof Script.Say say) {
          say.messages().forEach(message -> assertClean(scene, message, "=" + name));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Language.class)
  void everyPlaceHasScriptsForEveryKindOfConversation(Language language) {
    Grammar grammar = GrammarReader.read(language);
    for (Script.Place place : Script.Place.values()) {
      assertThat(grammar.entries())
          .as("%s of %s", place, language)
          .anySatisfy(
              entry -> {
                assertThat(entry.place()).isEqualTo(place);
                assertThat(entry.fits()).isEqualTo(Script.Fits.ALL);
              });
    }
  }

  @ParameterizedTest
  @CsvSource({"밥,밥을", "피자,피자를", "3,3을", "2,2를"})
  void particlesFollowTheLastSyllable(String word, String expected) {
    assertThat(render(word + "{을}", false)).isEqualTo(expected);
  }

  @Test
  void particlesLookThroughClosingQuotes() {
    assertThat(render("'밤'{을}", false)).isEqualTo("'밤'을");
  }

  @ParameterizedTest
  @CsvSource({"서울,서울로", "부산,부산으로", "제주,제주로", "7,7로", "6,6으로"})
  void directionParticleKeepsItsVowelOffAfterL(String word, String expected) {
    assertThat(render(word + "{으로}", false)).isEqualTo(expected);
  }

  @Test
  void speakersRegisterChoosesTheEnding() {
    assertThat(render("먹었어<|요>", false)).isEqualTo("먹었어");
    assertThat(render("먹었어<|요>", true)).isEqualTo("먹었어요");
  }

  @Test
  void boundSlotKeepsItsValueAndDiffersFromOthers() {
    Grammar grammar = GrammarReader.parse(List.of("@x flat", "a | b"));
    Template template = TemplateParser.parse("{x:p}{x:q}{x:p}{x:q}");
    int numAlike = 0;
    for (int i = 0; i < 200; i++) {
      Scene scene = new Scene(grammar, new SplittableRandom(SEED + i), CAST);
      String text = scene.render(template, CAST.get(0));
      assertThat(text.substring(2)).as("seed %d", SEED + i).isEqualTo(text.substring(0, 2));
      numAlike += text.charAt(0) == text.charAt(1) ? 1 : 0;
    }
    // Equal only if all four draws of the second name hit the first one's value: 1 in 16.
    assertThat(numAlike).as("seed %d", SEED).isLessThan(40);
  }

  @Test
  void checkDigitsAgreeWithPublishedExamples() {
    assertThat(CheckDigit.LUHN.of("7992739871")).isEqualTo('3');
    assertThat(CheckDigit.INDIVIDUAL.of("12345678901")).isEqualTo('8');
    assertThat(CheckDigit.BUSINESS.of("123-45-6789")).isEqualTo('1');
    assertThat(CheckDigit.RESIDENT.of("000000-000000")).isEqualTo('1');
  }

  @Test
  void namesEveryUnknownReference() {
    assertThatThrownBy(
            () ->
                GrammarReader.parse(
                    List.of("@x", "{nothing} | {!noKind}", "=s 1", "A: hi => glee", "-> gone")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("@x asks for the unknown list nothing")
        .hasMessageContaining("@x asks for the unknown pattern noKind")
        .hasMessageContaining("=s asks for the unknown list r.glee")
        .hasMessageContaining("=s goes on with the unknown script gone");
  }

  @Test
  void namesTheSectionOfAMalformedLine() {
    assertThatThrownBy(() -> GrammarReader.parse(List.of("=s 1", "A says hello")))
        .hasMessageContaining("=s 1")
        .hasMessageContaining("neither with a role");
    assertThatThrownBy(() -> GrammarReader.parse(List.of("@x", "{a|b")))
        .hasMessageContaining("@x")
        .hasMessageContaining("not closed");
    assertThatThrownBy(() -> GrammarReader.parse(List.of("@x", "a", "@x", "b")))
        .hasMessageContaining("defined twice");
  }

  private static void assertClean(Scene scene, Template template, String where) {
    for (Person speaker : CAST) {
      assertThat(scene.render(template, speaker)).as(where).doesNotContainPattern("[{}<>|]");
    }
  }

  private static String render(String template, boolean polite) {
    Person speaker = person("x", polite);
    Scene scene =
        new Scene(
            GrammarReader.parse(List.of("@x", "y")), new SplittableRandom(SEED), List.of(speaker));
    return scene.render(TemplateParser.parse(template), speaker);
  }

  private static Person person(String id, boolean polite) {
    return new Person(id, "하나", polite, "", 0, 0, 0, 0);
  }
}
