package io.dialogbert.frame.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.BadInputException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ManifestTest {
  private static final Manifest.Input MESSAGES =
      new Manifest.Input("messages", "/corpus/messages", "aa11");
  private static final Map<String, String> SETTINGS = Map.of("job.min-turns", "2", "job.x", "한국");

  @Test
  void comesBackFromJsonAsItWas() {
    Manifest manifest = manifest(MESSAGES, Map.of("seconds", "1.5"));
    assertThat(Manifest.fromJson(manifest.toJson(), "here")).isEqualTo(manifest);
  }

  @Test
  void readsManifestsOfLaterVersionsThatSayMore() {
    String json = manifest(MESSAGES, Map.of()).toJson().replaceFirst("\\{", "{\"novel\": 1,");
    assertThat(Manifest.fromJson(json, "here").job()).isEqualTo("build-dialogues");
  }

  @Test
  void refusesWhatIsNoManifestNamingThePlaceAndNotTheContent() {
    for (String json : List.of("", "{\"secret\": ", "[1]", "{\"secret\": 1}", "null")) {
      assertThatThrownBy(() -> Manifest.fromJson(json, "/out/manifest.json"))
          .as(json)
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("not a manifest")
          .hasMessageContaining("/out/manifest.json")
          .hasMessageNotContaining("secret");
    }
  }

  @Test
  void fingerprintIgnoresTheRunAndWhereInputsLay() {
    Manifest one = manifest(MESSAGES, Map.of("seconds", "1.5"));
    Manifest elsewhere =
        manifest(new Manifest.Input("messages", "hdfs://b/c", "aa11"), Map.of("seconds", "9"));
    assertThat(elsewhere.fingerprint()).isEqualTo(one.fingerprint()).hasSize(64);
  }

  @Test
  void fingerprintTellsContentAndOriginApart() {
    Manifest one = manifest(MESSAGES, Map.of());
    Manifest otherInput =
        manifest(new Manifest.Input("messages", "/corpus/messages", "bb"), Map.of());
    Manifest otherFile =
        new Manifest(
            one.job(),
            one.format(),
            one.settings(),
            one.inputs(),
            one.counts(),
            one.figures(),
            List.of(new Manifest.OutputFile("data/part-00000.parquet", 10, 3, "0c")),
            one.run());
    assertThat(otherInput.fingerprint()).isNotEqualTo(one.fingerprint());
    assertThat(otherFile.fingerprint()).isNotEqualTo(one.fingerprint());
  }

  @Test
  void sumsRowsOverTheFilesOfOneTable() {
    Manifest manifest = manifest(MESSAGES, Map.of());
    assertThat(manifest.rows("data")).isEqualTo(7);
    assertThat(manifest.rows("data-of-another")).isEqualTo(5);
    assertThat(manifest.rows("files")).isZero();
    assertThat(manifest.rows("none")).isZero();
  }

  @Test
  void sameWorkHasNoDifferenceWhereverItLies() {
    Manifest manifest = manifest(MESSAGES, Map.of());
    assertThat(
            manifest.differences(
                Manifest.plan(
                    "build-dialogues",
                    1,
                    new TreeMap<>(SETTINGS),
                    List.of(new Manifest.Input("messages", "/moved", "aa11")))))
        .isEmpty();
  }

  @Test
  void namesEveryDifference() {
    Manifest manifest = manifest(MESSAGES, Map.of());
    List<String> differences =
        manifest.differences(
            Manifest.plan(
                "build-examples",
                2,
                new TreeMap<>(Map.of("job.min-turns", "3", "job.new", "on")),
                List.of(
                    new Manifest.Input("messages", "/corpus/messages", "bb22"),
                    new Manifest.Input("tokenizer", "/corpus/tokenizer", "cc33"))));
    assertThat(differences)
        .containsExactly(
            "job was build-dialogues, is now build-examples",
            "format was 1, is now 2",
            "job.min-turns was 2, is now 3",
            "job.new was (not set), is now on",
            "job.x was 한국, is now (not set)",
            "input messages is new or has changed: /corpus/messages",
            "input tokenizer is new or has changed: /corpus/tokenizer",
            "input messages was another: /corpus/messages",
            "inputs were 1, are now 2");
  }

  @Test
  void namesTheListOfRulesThatHasChanged() {
    Manifest had =
        Manifest.plan(
            "job", 1, new TreeMap<>(), List.of(list("masking-rules", "aa"), list("lines", "bb")));
    assertThat(
            had.differences(
                Manifest.plan(
                    "job",
                    1,
                    new TreeMap<>(),
                    List.of(list("masking-rules", "cc"), list("lines", "bb")))))
        .containsExactly("input masking-rules is new or has changed");
    assertThat(
            had.differences(
                Manifest.plan("job", 1, new TreeMap<>(), List.of(list("masking-rules", "aa")))))
        .containsExactly("input lines was another", "inputs were 2, are now 1");
  }

  private static Manifest.Input list(String name, String fingerprint) {
    return new Manifest.Input(name, "", fingerprint);
  }

  @Test
  void manifestOfAnOlderVersionIsReadAndRecognized() {
    String older =
        manifest(MESSAGES, Map.of())
            .toJson()
            .replace("\"format\" : 1", "\"codeVersion\" : \"0.1.0-SNAPSHOT\"");
    Manifest read = Manifest.fromJson(older, "here");
    assertThat(read.isOlder()).isTrue();
    assertThat(read.differences(manifest(MESSAGES, Map.of())))
        .containsExactly("it was made by an older version of Dialog-BERT, whose output may differ");
    assertThat(manifest(MESSAGES, Map.of()).isOlder()).isFalse();
  }

  @Test
  void noticesThatOneOfTwoEqualInputsIsGone() {
    Manifest twice = Manifest.plan("job", 1, new TreeMap<>(), List.of(MESSAGES, MESSAGES));
    assertThat(twice.differences(Manifest.plan("job", 1, new TreeMap<>(), List.of(MESSAGES))))
        .containsExactly("inputs were 2, are now 1");
  }

  private static Manifest manifest(Manifest.Input input, Map<String, String> run) {
    return new Manifest(
        "build-dialogues",
        1,
        new TreeMap<>(SETTINGS),
        List.of(input),
        new TreeMap<>(Map.of("rows_in", 10L, "rows_out", 7L)),
        new TreeMap<>(Map.of("fill_ratio", 0.1 + 0.2)),
        List.of(
            new Manifest.OutputFile("data-of-another/part-00000.parquet", 10, 5, "0a"),
            new Manifest.OutputFile("data/lang=ja/part-00000.parquet", 10, 3, "0a"),
            new Manifest.OutputFile("data/lang=ko/part-00000.parquet", 11, 4, "0b"),
            new Manifest.OutputFile("files/vocab.txt", 12, -1, "0c")),
        new TreeMap<>(run));
  }
}
