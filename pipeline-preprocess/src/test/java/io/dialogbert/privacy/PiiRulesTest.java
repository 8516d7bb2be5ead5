package io.dialogbert.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.Resources;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PiiRulesTest {
  private static final PiiMasker MASKER = new PiiMasker(PiiRules.load());

  static Stream<Arguments> positives() {
    return PiiRules.load().stream()
        .flatMap(
            rule ->
                rule.positive().stream()
                    .map(example -> Arguments.of(rule.name(), rule.kind(), example)));
  }

  static Stream<Arguments> negatives() {
    return PiiRules.load().stream()
        .flatMap(
            rule ->
                rule.negative().stream()
                    .map(example -> Arguments.of(rule.name(), rule.kind(), example)));
  }

  @ParameterizedTest(name = "{0}: {2}")
  @MethodSource("positives")
  void findsExactlyWhatAnExampleMarks(String rule, PiiKind kind, String example) {
    MaskedText masked = MASKER.mask(example.replaceAll("[«»]", ""));

    assertThat(masked.text()).isEqualTo(example.replaceAll("«[^»]*»", kind.placeholder()));
    assertThat(masked.counts()).containsOnlyKeys(kind);
  }

  @ParameterizedTest(name = "{0}: {2}")
  @MethodSource("negatives")
  void findsNothingOfTheKindInACounterExample(String rule, PiiKind kind, String example) {
    assertThat(MASKER.mask(example).counts()).doesNotContainKey(kind);
  }

  @Test
  void hasExamplesOfBothSortsForEachRule() {
    assertThat(PiiRules.load())
        .allSatisfy(
            rule -> {
              assertThat(rule.positive())
                  .as(rule.name())
                  .allMatch(example -> example.matches("(?s).*«.+».*"));
              assertThat(rule.positive()).as(rule.name()).isNotEmpty();
              assertThat(rule.negative()).as(rule.name()).isNotEmpty();
            });
  }

  @Test
  void fingerprintCoversEveryFile() throws IOException, URISyntaxException {
    Path folder = Path.of(PiiRules.class.getResource("rules/README.md").toURI()).getParent();
    try (Stream<Path> files = Files.walk(folder)) {
      assertThat(PiiRules.files())
          .doesNotHaveDuplicates()
          .containsExactlyInAnyOrderElementsOf(
              files
                  .filter(file -> file.toString().matches(".*\\.(conf|crf|txt)"))
                  .map(file -> "rules/" + folder.relativize(file))
                  .toList());
    }
    assertThat(PiiMasker.fingerprint())
        .isEqualTo(Resources.fingerprint(PiiRules.class, PiiRules.files()));
  }

  @Test
  void loadsEveryRuleFile() throws IOException, URISyntaxException {
    URI folder = PiiRules.class.getResource("rules/README.md").toURI();
    try (Stream<Path> files = Files.list(Path.of(folder).getParent())) {
      assertThat(
              files
                  .map(file -> file.getFileName().toString())
                  .filter(file -> file.endsWith(".conf") && !file.equals("common.conf"))
                  .map(file -> file.substring(0, file.length() - ".conf".length())))
          .containsExactlyInAnyOrderElementsOf(
              PiiRules.load().stream()
                  .map(rule -> rule.name().substring(0, rule.name().indexOf('/')))
                  .distinct()
                  .toList());
    }
  }

  @Test
  void namesTheRuleOfABrokenPattern() {
    assertThatThrownBy(
            () -> PiiRules.read(PiiKind.PHONE, "phone-xx", new StringReader(file("(", ""))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("rule phone-xx/broken: ");
  }

  @Test
  void namesTheRuleOfAPatternWithoutBound() {
    assertThatThrownBy(
            () -> PiiRules.read(PiiKind.PHONE, "phone-xx", new StringReader(file("(?!a*b)c", ""))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "rule phone-xx/broken: pattern must have a bound for each repetition but one at its"
                + " end: (?!a*b)c");
  }

  @Test
  void refusesAnUnknownValidator() {
    assertThatThrownBy(
            () ->
                PiiRules.read(
                    PiiKind.PHONE, "phone-xx", new StringReader(file("1", "validator = nobody"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("NOBODY");
  }

  private static String file(String pattern, String more) {
    return "priority = 1, rules = [{name = broken, min-digits = 0, patterns = [\""
        + pattern
        + "\"], positive = [], negative = [], "
        + more
        + "}]";
  }
}
