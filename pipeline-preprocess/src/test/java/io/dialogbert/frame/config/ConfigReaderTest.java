package io.dialogbert.frame.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dialogbert.common.BadConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Uses the module's own {@code reference.conf}, which holds all defaults. */
class ConfigReaderTest {
  private enum Speed {
    SLOW,
    VERY_FAST
  }

  private enum Method {
    WORD("words"),
    SUBWORD("morpheme+subword");

    private final String label;

    Method(String label) {
      this.label = label;
    }

    @Override
    public String toString() {
      return label;
    }
  }

  @TempDir private Path dir;

  @Test
  void takesDefaultsFromTheReference() {
    ConfigReader reader = sets();
    ConfigReader dialogues = reader.section("build-dialogues");
    assertThat(dialogues.duration("session-gap")).isEqualTo(Duration.ofMinutes(30));
    assertThat(dialogues.intBetween("min-turns", 2, 100)).isEqualTo(2);
    assertThat(dialogues.fraction("test-ratio")).isEqualTo(0.05);
    assertThat(reader.section("build-examples").flag("use-turn-separator")).isTrue();
    assertThat(reader.section("ingest-messages").strings("languages")).containsExactly("ko", "ja");
    assertThat(reader.seed()).isEqualTo(20191029L);
    assertThat(reader.finish("build-dialogues")).isNotEmpty();
  }

  @Test
  void fileOutranksTheReferenceAndFlagsOutrankTheFile() throws IOException {
    String file = file("build-dialogues { min-turns = 3, max-turns = 30 }");
    ConfigReader reader =
        ConfigReader.open(Optional.of(file), List.of("build-dialogues.max-turns=40"));
    ConfigReader section = reader.section("build-dialogues");
    assertThat(section.intBetween("min-turns", 2, 100)).isEqualTo(3);
    assertThat(section.intBetween("max-turns", 2, 100)).isEqualTo(40);
    assertThat(section.intBetween("max-messages", 2, 10_000)).isEqualTo(1000);
  }

  @Test
  void laterFlagOutranksEarlierOne() {
    ConfigReader reader = sets("seed=1", "seed=2");
    assertThat(reader.seed()).isEqualTo(2);
  }

  @Test
  void flagsReachWhatTheFileSubstitutes() throws IOException {
    String file = file("work = /from-file\nmake-sample.output = ${work}/sample");
    ConfigReader reader = ConfigReader.open(Optional.of(file), List.of("work=/from-flag"));
    assertThat(reader.section("make-sample").path("output")).isEqualTo("/from-flag/sample");
  }

  @Test
  void flagsTakeListsAndValuesOfOtherKinds() {
    ConfigReader reader =
        sets(
            "ingest-messages.input=[\"/a/*.gz\", \"hdfs://b/c\"]",
            "ingest-messages.output=hdfs://host:8020/a?b=c",
            "ingest-messages.max-reject-ratio=0.25",
            "build-dialogues.session-gap=2h",
            "build-examples.use-turn-separator=false");
    ConfigReader ingest = reader.section("ingest-messages");
    assertThat(ingest.paths("input")).containsExactly("/a/*.gz", "hdfs://b/c");
    assertThat(ingest.path("output")).isEqualTo("hdfs://host:8020/a?b=c");
    assertThat(ingest.fraction("max-reject-ratio")).isEqualTo(0.25);
    assertThat(reader.section("build-dialogues").duration("session-gap"))
        .isEqualTo(Duration.ofHours(2));
    assertThat(reader.section("build-examples").flag("use-turn-separator")).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "``, ``",
        "\"\", ``",
        "` \"\"`, ``",
        "\"\\t\", `\t`",
        "\"a b\", a b",
        "\"a\"b, ab",
        "a\"b\", a\"b\"",
        "C:\\t, C:\\t",
        "`\t`, `\t`",
        "null, null",
      })
  void flagIsHoconWhereItIsQuotedAndStandsForItselfElsewhere(String flag, String value) {
    ConfigReader section = sets("make-sample.output=" + flag).section("make-sample");
    assertThat(section.string("output")).isEqualTo(value);
  }

  @Test
  void quoteThatIsNotClosedIsRefused() {
    assertThatThrownBy(() -> sets("make-sample.output=\"a"))
        .isInstanceOf(BadConfigException.class)
        .hasMessageStartingWith("--set make-sample.output: ");
  }

  @Test
  void choicesAreWrittenInKebabCaseOrByTheirOwnName() {
    ConfigReader own = sets().section("train-tokenizer");
    assertThat(own.choice("method", Method.class)).isEqualTo(Method.SUBWORD);
    ConfigReader kebab = sets("train-tokenizer.method=very-fast").section("train-tokenizer");
    assertThat(kebab.choice("method", Speed.class)).isEqualTo(Speed.VERY_FAST);
    ConfigReader wrong = sets("train-tokenizer.method=fast").section("train-tokenizer");
    wrong.choice("method", Speed.class);
    assertThat(problems(wrong, "train-tokenizer"))
        .contains("train-tokenizer.method = fast")
        .contains("must be one of slow, very-fast");
  }

  @Test
  void reportsEveryProblemAtOnceWithFileAndLine() throws IOException {
    String file =
        file(
            """
            build-dialogues {
              session-gap = soon
              min-turns = 1
              max-trns = 50
              validation-ratio = 1.5
            }
            """);
    ConfigReader reader =
        ConfigReader.open(Optional.of(file), List.of("build-dialogues.max-messages=many"));
    ConfigReader section = reader.section("build-dialogues");
    section.duration("session-gap");
    section.intBetween("min-turns", 2, 100);
    section.intBetween("max-turns", 2, 100);
    section.intBetween("max-messages", 2, 100_000);
    section.fraction("validation-ratio");
    section.path("messages");

    List<String> lines =
        problems(reader, "build-dialogues")
            .lines()
            .map(line -> line.replaceAll(" +", " "))
            .toList();
    assertThat(lines.get(0)).isEqualTo(file + ": 6 problems");
    assertThat(lines).hasSize(7);
    assertThat(lines)
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains("job.conf line 2 build-dialogues.session-gap = soon")
                    .contains("must be a duration"))
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains("job.conf line 3 build-dialogues.min-turns = 1")
                    .contains("must be between 2 and 100"))
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains("job.conf line 4 build-dialogues.max-trns = 50")
                    .contains("unknown key; did you mean max-turns?"))
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains("job.conf line 5 build-dialogues.validation-ratio = 1.5")
                    .contains("must be between 0.0 and 1.0"))
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains("--set ")
                    .contains("build-dialogues.max-messages = many")
                    .contains("must be a whole number"))
        .anySatisfy(line -> assertThat(line).isEqualTo(" build-dialogues.messages must be set"));
  }

  @Test
  void defaultStandsInForABadValueSoThatReadingGoesOn() {
    ConfigReader section = sets("build-dialogues.min-turns=0").section("build-dialogues");
    assertThat(section.intBetween("min-turns", 2, 100)).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({
    "48.7, must be a whole number",
    "1e30, must be between 1 and 100",
    "-1e999999999, must be between 1 and 100",
    "3000000000, must be between 1 and 100",
    "1e-999999999, must be a whole number",
    "[1], must be a whole number",
    "eleven, must be a whole number",
    "'', must be a whole number",
    "0, must be between 1 and 100"
  })
  void refusesWhatIsNoWholeNumberInRange(String value, String rule) {
    ConfigReader section = sets("build-examples.static-masks=" + value).section("build-examples");
    section.intBetween("static-masks", 1, 100);
    assertThat(problems(section, "build-examples"))
        .contains("build-examples.static-masks")
        .contains(rule);
  }

  @ParameterizedTest
  @CsvSource({
    "a:b, 'must be a path; before a name with a colon, write ./'",
    "file://data/x, must have one slash or three behind file:"
  })
  void refusesWhatCannotBeAPath(String value, String rule) {
    ConfigReader section = sets("build-examples.dialogues=" + value).section("build-examples");
    section.path("dialogues");
    assertThat(problems(section, "build-examples"))
        .contains("build-examples.dialogues = " + value + "  " + rule);
    section = sets("build-examples.dialogues=" + value).section("build-examples");
    section.optionalPath("dialogues");
    assertThat(problems(section, "build-examples")).contains(rule);
    for (String list : List.of("[\"x\", \"" + value + "\"]", "[\"" + value + "\"]")) {
      section = sets("ingest-messages.input=" + list).section("ingest-messages");
      section.paths("input");
      assertThat(problems(section, "ingest-messages")).contains("1 problem", value, rule);
    }
  }

  @Test
  void refusesAPathWithoutText() {
    ConfigReader section = sets("ingest-messages.input=[\"\"]").section("ingest-messages");
    section.optionalPaths("input");
    assertThat(problems(section, "ingest-messages")).contains("must not be empty");
  }

  @Test
  void wholeNumberMayBeWrittenWithAnExponent() {
    ConfigReader section = sets("build-examples.examples-per-file=1e6").section("build-examples");
    assertThat(section.longBetween("examples-per-file", 1, Long.MAX_VALUE)).isEqualTo(1_000_000);
    section.finish("build-examples");
  }

  @Test
  void readsWholeNumbersThatAscend() {
    ConfigReader section = sets("build-examples.dialogues=[1, 5, 9]").section("build-examples");
    assertThat(section.ascendingInts("dialogues", 1, 9)).containsExactly(1, 5, 9);
    section.finish("build-examples");
    for (String bad : List.of("[0]", "[10]", "[3, 3]", "[5, 4]", "[1.5]")) {
      assertThat(
              problem("build-examples.dialogues=" + bad, in -> in.ascendingInts("dialogues", 1, 9)))
          .contains("must be whole numbers between 1 and 9 in ascending order");
    }
    assertThat(problem("build-examples.dialogues=[a]", in -> in.ascendingInts("dialogues", 1, 9)))
        .contains("must be a list");
  }

  @Test
  void refusesOtherWrongTypes() {
    assertThat(problem("build-examples.masked-lm-prob=NaN", in -> in.fraction("masked-lm-prob")))
        .contains("must be between 0.0 and 1.0");
    assertThat(problem("build-examples.masked-lm-prob=some", in -> in.fraction("masked-lm-prob")))
        .contains("must be a number");
    assertThat(problem("build-examples.use-turn-separator=2", in -> in.flag("use-turn-separator")))
        .contains("must be true or false");
    assertThat(problem("build-examples.dialogues=a", in -> in.paths("dialogues")))
        .contains("must be a list");
    assertThat(problem("build-examples.dialogues=[]", in -> in.paths("dialogues")))
        .contains("must name at least one path");
    assertThat(problem("build-examples.dialogues=30", in -> in.duration("dialogues")))
        .contains("must be a duration with its unit, such as 30m or 12h");
    assertThat(problem("build-examples.dialogues=-5m", in -> in.duration("dialogues")))
        .contains("must not be negative");
    assertThat(problem("build-examples.dialogues={a = 1}", in -> in.string("dialogues")))
        .contains("must be a string");
    assertThat(problem("build-examples.dialogues=", in -> in.path("dialogues")))
        .contains("must be set");
  }

  @Test
  void emptyOptionalSettingIsNoProblem() {
    ConfigReader section = sets().section("ingest-messages");
    assertThat(section.optionalPath("pseudonym-key-file")).isEmpty();
    section.finish("ingest-messages");
  }

  @Test
  void suggestsTheSectionThatWasMeant() throws IOException {
    String file = file("seed = 1\nbuild-dialogue {\n  min-turns = 3\n}");
    ConfigReader reader = ConfigReader.open(Optional.of(file), List.of());
    reader.section("build-dialogues").intBetween("min-turns", 2, 100);
    assertThat(problems(reader, "build-dialogues"))
        .contains("job.conf line 2  build-dialogue ")
        .contains("unknown key, and nothing refers to it; did you mean build-dialogues?")
        .doesNotContain("{");
  }

  @ParameterizedTest
  @CsvSource({
    "splits.test-ratio=1, splits, did you mean build-dialogues.splits?",
    "test-ratio=1, test-ratio = 1, did you mean build-dialogues.splits.test-ratio?",
    "sed=3, sed = 3, did you mean seed?",
    "ingest-message.output=a, ingest-message, did you mean ingest-messages?",
    "colour=blue, colour = blue, nothing refers to it",
  })
  void refusesAFlagThatReachesNothing(String flag, String shown, String rule) {
    ConfigReader reader = sets(flag);
    reader.section("build-dialogues").section("splits").string("test-ratio");
    assertThat(problems(reader, "build-dialogues"))
        .contains("--set")
        .contains("build-dialogues.splits.test-ratio")
        .contains(" " + shown + " ")
        .contains("unknown key, and nothing refers to it")
        .contains(rule);
  }

  @Test
  void variableThatAValueRefersToIsKnown() throws IOException {
    Files.writeString(
        dir.resolve("team.conf"), "work = /team\nkeys = /k\nmake-sample.output = ${work}/a");
    String file =
        file(
            """
            include "team.conf"
            make-sample.output = /mine
            host { name = db, port = 1 }
            pretrain.examples = ${?keys}"/"${host.name}
            """);
    ConfigReader reader =
        ConfigReader.open(Optional.of(file), List.of("list=a", "some.other=[${list}]", "work=b"));
    assertThat(problems(reader, "build-dialogues")).contains(": 1 problem").contains("some ");
  }

  @Test
  void oneFileServesTheJobsOfAllModules() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("../conf"))) {
      List<Path> configurations = files.filter(path -> path.toString().endsWith(".conf")).toList();
      assertThat(configurations).hasSizeGreaterThan(3);
      for (Path file : configurations) {
        ConfigReader.open(Optional.of(file.toString()), List.of()).finish("make-sample");
      }
    }
  }

  @Test
  void unknownKeyMayHaveAValueOfTheReference() throws IOException {
    String file = file("build-dialogues.colour = ${build-dialogues.min-turns}");
    ConfigReader reader = ConfigReader.open(Optional.of(file), List.of());
    assertThat(problems(reader, "build-dialogues")).contains("build-dialogues.colour = 2  unknown");
  }

  @Test
  void leavesTheSectionsOfOtherJobsAlone() throws IOException {
    String file = file("make-sample { nonsense = 1 }\nbuild-dialogues { min-turns = 3 }");
    ConfigReader reader = ConfigReader.open(Optional.of(file), List.of());
    reader.section("build-dialogues").intBetween("min-turns", 2, 100);
    assertThat(reader.finish("build-dialogues")).hasSize(1);
  }

  @Test
  void sectionMustBeAGroup() {
    ConfigReader reader = sets("build-dialogues=3");
    assertThat(problems(reader, "build-dialogues"))
        .contains("must be a group of settings in braces");
  }

  @Test
  void unknownKeyFarFromAllOthersGetsNoSuggestion() {
    ConfigReader section = sets("build-dialogues.colour=blue").section("build-dialogues");
    section.intBetween("min-turns", 2, 100);
    assertThat(problems(section, "build-dialogues"))
        .contains("build-dialogues.colour = blue  unknown key")
        .doesNotContain("did you mean");
  }

  @Test
  void brokenRuleAcrossSettingsDoesNotMakeTheSettingsThatFollowUnknown() throws IOException {
    // Reading ends when a record's own check throws, so later keys of the section are not read.
    String file = file("build-dialogues {\n  min-turns = 3\n  dialogues-per-file = 10\n}");
    ConfigReader reader = ConfigReader.open(Optional.of(file), List.of());
    reader.section("build-dialogues").intBetween("min-turns", 2, 100);
    reader.problem("build-dialogues", "min turns must be at most max turns");
    String text = problems(reader, "build-dialogues");
    assertThat(text)
        .contains(": 1 problem")
        .contains("min turns must be at most max turns")
        .doesNotContain("unknown key")
        .doesNotContain("merge of")
        .doesNotContain("{");
  }

  @Test
  void refusesAMissingFileNamingWhereItWasLookedFor() {
    assertThatThrownBy(() -> ConfigReader.open(Optional.of("no/such.conf"), List.of()))
        .isInstanceOf(BadConfigException.class)
        .hasMessageContaining("configuration file not found: no/such.conf")
        .hasMessageContaining(Path.of("").toAbsolutePath().toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gone.conf",
        "gone",
        "/no/such/gone.conf",
        "required(\"gone.conf\")",
        "file(\"gone\")"
      })
  void refusesAMissingInclude(String what) throws IOException {
    String include = "include " + (what.endsWith(")") ? what : '"' + what + '"');
    String file = file("seed = 1\n\n" + include + "\n");
    String name = what.replaceAll(".*\\(\"|\"\\)", "");
    assertThatThrownBy(() -> ConfigReader.open(Optional.of(file), List.of()))
        .isInstanceOf(BadConfigException.class)
        .hasMessage("included file cannot be read: " + name + " (" + file + " line 3)");
  }

  @Test
  void includesAreRelativeToTheFileThatHasThem() throws IOException {
    Path deep = Files.createDirectories(dir.resolve("deep"));
    String file = file("include \"deep/one\"\nbuild-dialogues.min-turns = 3");
    Path one = Files.writeString(deep.resolve("one.conf"), "include required(\"two.conf\")");
    Files.writeString(
        deep.resolve("two.conf"), "build-dialogues { min-turns = 4, max-turns = 40 }");
    ConfigReader section =
        ConfigReader.open(Optional.of(file), List.of()).section("build-dialogues");
    assertThat(section.intBetween("min-turns", 2, 100)).isEqualTo(3);
    assertThat(section.intBetween("max-turns", 2, 100)).isEqualTo(40);

    Files.delete(deep.resolve("two.conf"));
    assertThatThrownBy(() -> ConfigReader.open(Optional.of(file), List.of()))
        .isInstanceOf(BadConfigException.class)
        .hasMessageContaining("included file cannot be read: two.conf (included by ")
        .hasMessageContaining(deep.resolve("one").toString());

    file("include \"deep/one.conf\"");
    assertThatThrownBy(() -> ConfigReader.open(Optional.of(file), List.of()))
        .hasMessage("included file cannot be read: two.conf (" + one + " line 1)");
  }

  /** As in the README; the working directory is the module's. */
  @ParameterizedTest
  @ValueSource(strings = {"include \"%s\"", "include required(\"%s\")"})
  void includesLieBesideAFileThatIsNamedWithoutItsDirectory(String include) throws IOException {
    Path here = Files.createTempDirectory(Path.of(""), "include");
    Path file = Files.createTempFile(Path.of(""), "job", ".conf");
    try {
      Files.writeString(here.resolve("one.conf"), "include \"two\"\nbuild-dialogues.min-turns = 3");
      Files.writeString(here.resolve("two.conf"), "build-dialogues.max-turns = 40");
      Files.writeString(file, include.formatted(here + "/one.conf"));
      for (String name : List.of(file.toString(), "./" + file, file.toAbsolutePath().toString())) {
        ConfigReader section =
            ConfigReader.open(Optional.of(name), List.of()).section("build-dialogues");
        assertThat(section.intBetween("min-turns", 2, 100)).isEqualTo(3);
        assertThat(section.intBetween("max-turns", 2, 100)).isEqualTo(40);
      }
    } finally {
      Files.deleteIfExists(file);
      FileUtils.deleteDirectory(here.toFile());
    }
  }

  @Test
  void refusesAFileThatCannotBeReadNamingTheReason() throws IOException {
    Path loop = dir.resolve("loop.conf");
    Files.createSymbolicLink(loop, loop);
    assertThatThrownBy(() -> ConfigReader.open(Optional.of(loop.toString()), List.of()))
        .isInstanceOf(BadConfigException.class)
        .hasMessageStartingWith(
            "configuration file cannot be read: " + loop + " (Too many levels of symbolic links");
    assertThatThrownBy(() -> ConfigReader.open(Optional.of(dir.toString()), List.of()))
        .hasMessage("configuration file cannot be read: " + dir + " (Is a directory)");
    String file = file("include \"loop.conf\"");
    assertThatThrownBy(() -> ConfigReader.open(Optional.of(file), List.of()))
        .hasMessageStartingWith(
            "included file cannot be read: loop.conf ("
                + file
                + " line 1): Too many levels of symbolic links");
  }

  @Test
  void refusesAFileThatIsNotHoconNamingTheLine() throws IOException {
    String file = file("make-sample {\n  output = /a\n");
    assertThatThrownBy(() -> ConfigReader.open(Optional.of(file), List.of()))
        .isInstanceOf(BadConfigException.class)
        .hasMessageContaining("not valid HOCON")
        .hasMessageContaining("job.conf");
  }

  @Test
  void refusesASubstitutionOfNothing() throws IOException {
    String file = file("make-sample.output = ${nowhere}/a");
    assertThatThrownBy(() -> ConfigReader.open(Optional.of(file), List.of()))
        .isInstanceOf(BadConfigException.class)
        .hasMessageContaining("job.conf")
        .hasMessageContaining("nowhere");
  }

  @ParameterizedTest
  @CsvSource({"seed", "=5", "a..b=1", "languages=[ko"})
  void refusesAFlagThatIsNoSetting(String flag) {
    assertThatThrownBy(() -> sets(flag))
        .isInstanceOf(BadConfigException.class)
        .hasMessageContaining("--set");
  }

  @Test
  void settingsAreListedInKeyOrderWithTheirDefaults() {
    ConfigReader section = sets("build-dialogues.max-turns=40").section("build-dialogues");
    section.intBetween("min-turns", 2, 100);
    section.intBetween("max-turns", 2, 100);
    section.optionalPath("output");
    List<Setting> settings = section.finish("build-dialogues");
    assertThat(settings)
        .containsExactly(
            new Setting("build-dialogues.max-turns", "100", "40", false),
            new Setting("build-dialogues.min-turns", "2", "2", false),
            new Setting("build-dialogues.output", "", "", true));
    assertThat(Setting.table(settings).lines())
        .hasSize(4)
        .anyMatch(line -> line.matches("  build-dialogues.max-turns +100 +40"));
  }

  @Test
  void freeSettingsAreGivenByTheirDottedNames() {
    Map<String, String> spark = sets("spark.sql.shuffle.partitions=3").free("spark");
    assertThat(spark).containsExactly(Map.entry("sql.shuffle.partitions", "3"));
    assertThat(sets().free("no-such-root")).isEmpty();
  }

  private static String problem(String flag, Consumer<ConfigReader> read) {
    ConfigReader section = sets(flag).section("build-examples");
    read.accept(section);
    return problems(section, "build-examples");
  }

  private static String problems(ConfigReader reader, String section) {
    BadConfigException thrown =
        catchThrowableOfType(BadConfigException.class, () -> reader.finish(section));
    assertThat(thrown).as("problems of " + section).isNotNull();
    return thrown.getMessage();
  }

  private static ConfigReader sets(String... flags) {
    return ConfigReader.open(Optional.empty(), List.of(flags));
  }

  private String file(String text) throws IOException {
    return Files.writeString(dir.resolve("job.conf"), text).toString();
  }
}
