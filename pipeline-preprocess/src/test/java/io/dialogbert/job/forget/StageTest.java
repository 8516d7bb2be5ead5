package io.dialogbert.job.forget;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.frame.store.Manifest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StageTest {
  private static final Instant NOW = Instant.parse("2024-05-01T00:00:00Z");

  private final Stage messages = stage("messages");
  private final Stage dialogues = stage("dialogues", messages);
  private final Stage tokenizer = stage("tokenizer", dialogues);
  private final Stage examples = stage("examples", dialogues, tokenizer);

  @Test
  void comesAfterWhatItWasMadeOf() {
    assertThat(Stage.inOrder(List.of(examples, tokenizer, messages, dialogues)))
        .containsExactly(messages, dialogues, tokenizer, examples);
    assertThat(examples.ancestors(List.of(messages, examples, tokenizer)))
        .containsExactly(tokenizer);
  }

  @Test
  void isRecognizedByTheFingerprintsThatItHadBefore() {
    Stage changed = changed(changed(messages, 3), 4);

    assertThat(changed.fingerprint()).isNotEqualTo(messages.fingerprint());
    assertThat(dialogues.ancestors(List.of(changed))).containsExactly(changed);
    assertThat(ForgetHistory.of(changed.manifest()).rowsByFingerprint())
        .containsOnly(
            Map.entry(messages.fingerprint(), 7L),
            Map.entry(changed(messages, 3).fingerprint(), 4L));
  }

  /** Paths through so many days are more than can be walked one by one. */
  @Test
  void dayIsMadeOfAllDaysBeforeIt() {
    List<Stage> days = new ArrayList<>();
    for (int day = 0; day < 200; day++) {
      days.add(stage("day" + day, days.toArray(Stage[]::new)));
    }
    List<Stage> mixed = new ArrayList<>(days);
    Collections.reverse(mixed);
    assertThat(Stage.inOrder(mixed)).isEqualTo(days);
    assertThat(days.get(199).ancestors(mixed)).hasSize(199);
  }

  @Test
  void namesItsTables() {
    Manifest manifest =
        new Manifest(
            "job",
            1,
            new TreeMap<>(),
            List.of(),
            new TreeMap<>(),
            new TreeMap<>(),
            Stream.of("data/lang=ko/part-00000.parquet", "rejects/part-00000.parquet", "a.json")
                .map(path -> new Manifest.OutputFile(path, 1, 1, ""))
                .toList(),
            new TreeMap<>());
    assertThat(new Stage("directory", manifest).tables()).containsExactly("data", "rejects");
  }

  private static Stage changed(Stage stage, long rows) {
    Manifest old = stage.manifest();
    TreeMap<String, Long> counts = new TreeMap<>(old.counts());
    counts.merge("forgotten.messages", rows, Long::sum);
    return new Stage(
        stage.directory(),
        new Manifest(
            old.job(),
            old.format(),
            old.settings(),
            old.inputs(),
            counts,
            old.figures(),
            old.files(),
            ForgetHistory.add(old, NOW, rows)));
  }

  private static Stage stage(String job, Stage... madeOf) {
    return new Stage(
        job,
        new Manifest(
            job,
            1,
            new TreeMap<>(),
            Stream.of(madeOf)
                .map(
                    stage ->
                        new Manifest.Input(
                            stage.directory(), stage.directory(), stage.fingerprint()))
                .toList(),
            new TreeMap<>(),
            new TreeMap<>(),
            List.of(),
            new TreeMap<>()));
  }
}
