package io.dialogbert.respond.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dialogbert.finetune.TinyEncoder;
import io.dialogbert.frame.JobMain;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.SparkTestSession;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fills masks with an untrained network. */
final class FillIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path work;

  private static TinyWorld world;

  @BeforeAll
  static void makeEncoder() {
    world = new TinyWorld(work);
    TinyEncoder.make(work.resolve("encoder"), world.encoder(), world.tokenizer());
  }

  @AfterAll
  static void stopSpark() {
    SparkTestSession.stop();
  }

  private static JobRun fill(String in, String... settings) {
    return JobRun.of(
        new FillJob(new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8))),
        Stream.concat(
                Stream.of("fill.checkpoint=" + work.resolve("encoder"), "fill.format=json"),
                Stream.of(settings).map(setting -> "fill." + setting))
            .toArray(String[]::new));
  }

  private static JsonNode filled(String line, String... settings) throws IOException {
    JobRun run = fill(line, settings);
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.DONE);
    return JSON.readTree(run.out());
  }

  private static List<Double> probabilities(JsonNode mask) {
    return StreamSupport.stream(mask.spliterator(), false)
        .map(token -> token.get("probability").doubleValue())
        .toList();
  }

  @Test
  void everyMaskGetsItsLikeliestTokens() throws IOException {
    JsonNode answer = filled("뭐 [MASK] / 밥 [MASK]어", "num-tokens=3");
    assertThat(answer.get("lang").textValue()).isEqualTo("ko");
    assertThat(answer.get("masks")).hasSize(2);
    for (JsonNode mask : answer.get("masks")) {
      assertThat(probabilities(mask))
          .hasSize(3)
          .isSortedAccordingTo((a, b) -> Double.compare(b, a))
          .allMatch(probability -> probability > 0 && probability < 1);
    }
  }

  @Test
  void probabilitiesAreAmongTheWholeVocabulary() throws IOException {
    int vocabSize = world.tokenizer().tokenizer().vocabulary().size();
    List<Double> all = probabilities(filled("뭐 [MASK]", "num-tokens=1000").at("/masks/0"));
    // Nearly even in an untrained network; the special tokens have their share, but are not shown.
    assertThat(all).hasSize(vocabSize - 6);
    assertThat(all.stream().mapToDouble(Double::doubleValue).sum())
        .isCloseTo((vocabSize - 6.0) / vocabSize, within(0.05));
  }

  @Test
  void peopleSeeATable() {
    JobRun run = fill("", "line=何して[MASK]", "format=text", "num-tokens=2");
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.DONE);
    assertThat(run.out()).containsPattern("mask +token +probability").containsPattern("1 +\\S+ +");
  }

  @Test
  void linesThatCannotBeFilledAreNamed() throws IOException {
    JobRun run = fill("뭐 해\n뭐 [MASK]\n" + "안녕하세요 밥 먹어 그냥 있어 점심" + "[MASK]\n");
    assertThat(run.exitCode()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(run.err()).contains("2 of 3 lines cannot be answered");
    List<String> lines = run.out().lines().toList();
    assertThat(JSON.readTree(lines.get(0)).at("/error/code").textValue()).isEqualTo("no-mask");
    assertThat(JSON.readTree(lines.get(1)).get("masks")).hasSize(1);
    assertThat(JSON.readTree(lines.get(2)).at("/error/message").textValue())
        .startsWith("there must be at most 14 tokens, there are ");
  }

  @Test
  void refusesANetworkOfATask() {
    JobRun run = fill("뭐 [MASK]", "checkpoint=" + world.path("reactions"));
    assertThat(run.exitCode()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(run.err()).contains("pretrain");
  }
}
