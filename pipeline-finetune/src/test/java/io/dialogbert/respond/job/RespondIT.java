package io.dialogbert.respond.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dialogbert.frame.JobMain;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.SparkTestSession;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers lines with an index and untrained networks. */
final class RespondIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path work;

  private static TinyWorld world;

  @BeforeAll
  static void makeWorld() {
    world = new TinyWorld(work);
    world.makeIndex("index");
    world.makeIndex("graphs", "build-index.graph-from=1");
  }

  @AfterAll
  static void stopSpark() {
    SparkTestSession.stop();
  }

  private static JobRun respond(String in, String... settings) {
    List<String> arguments = new ArrayList<>(List.of("respond.format=json"));
    for (String setting : settings) {
      String[] parts = setting.split("=", 2);
      boolean isPath =
          List.of("index", "similarity", "pair", "reply", "reply-pair", "reactions")
              .contains(parts[0]);
      arguments.add("respond." + parts[0] + "=" + (isPath ? world.path(parts[1]) : parts[1]));
    }
    return JobRun.of(
        new RespondJob(new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8))),
        arguments.toArray(String[]::new));
  }

  private static List<JsonNode> answers(JobRun run) throws IOException {
    List<JsonNode> answers = new ArrayList<>();
    for (String line : run.out().lines().toList()) {
      answers.add(JSON.readTree(line));
    }
    return answers;
  }

  private static JsonNode answer(String line, String... settings) throws IOException {
    JobRun run = respond(line, settings);
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.DONE);
    return answers(run).get(0);
  }

  private static final String[] ALL = {
    "index=index", "similarity=vectors", "reply=vectors", "reactions=reactions"
  };

  @Test
  void knownQueryGetsItsMostCommonReply() throws IOException {
    JsonNode answer = answer("뭐 해", ALL);
    assertThat(answer.at("/answer/text").textValue()).isEqualTo("그냥 있어");
    assertThat(answer.at("/answer/source").textValue()).isEqualTo("pair");
    assertThat(answer.at("/answer/score").doubleValue()).isCloseTo(1, within(1e-5));
    JsonNode best = answer.at("/tasks/0/suggestions/0");
    assertThat(best.get("query").textValue()).isEqualTo("뭐 해");
    assertThat(best.get("people").intValue()).isEqualTo(5);
  }

  @Test
  void answersInTheLanguageOfTheLetters() throws IOException {
    JsonNode answer = answer("何してる", ALL);
    assertThat(answer.get("lang").textValue()).isEqualTo("ja");
    assertThat(answer.at("/answer/text").textValue()).isEqualTo("ごはん食べてる");
    assertThat(answer.at("/tasks/2/suggestions")).hasSize(1);
    assertThat(answer.at("/tasks/2/suggestions/0/text").textValue()).isEqualTo("はい");
  }

  @Test
  void graphFindsTheSame() throws IOException {
    String[] graphs = {"index=graphs", "similarity=vectors", "reply=vectors"};
    String[] exact = {"index=index", "similarity=vectors", "reply=vectors"};
    for (int task = 0; task < 2; task++) {
      JsonNode found = answer("점심 먹었어", graphs).at("/tasks/" + task + "/suggestions");
      JsonNode expected = answer("점심 먹었어", exact).at("/tasks/" + task + "/suggestions");
      assertThat(found.findValuesAsText("text")).isEqualTo(expected.findValuesAsText("text"));
    }
  }

  @Test
  void repliesDependOnAllTurnsAndPairsOnTheLast() throws IOException {
    JsonNode one = answer("뭐 해", ALL);
    JsonNode two = answer("안녕하세요 / 뭐 해", ALL);
    assertThat(two.at("/tasks/0/suggestions")).isEqualTo(one.at("/tasks/0/suggestions"));
    assertThat(two.at("/tasks/1/suggestions")).isNotEqualTo(one.at("/tasks/1/suggestions"));
  }

  @Test
  void pairNetworkScoresTheCandidatesAnew() throws IOException {
    String[] settings = {"index=index", "similarity=vectors", "pair=pair", "num-suggestions=5"};
    List<Double> scores = new ArrayList<>();
    answer("뭐 해", settings)
        .at("/tasks/0/suggestions")
        .forEach(suggestion -> scores.add(suggestion.get("score").doubleValue()));
    assertThat(scores).hasSize(3).isSortedAccordingTo((a, b) -> Double.compare(b, a));
    assertThat(scores.get(0)).isNotCloseTo(1, within(1e-5));
  }

  @Test
  void pairNetworkMayClassify() throws IOException {
    String[] settings = {"index=index", "similarity=vectors", "pair=same", "pair-class=같음"};
    JsonNode suggestions = answer("뭐 해", settings).at("/tasks/0/suggestions");
    assertThat(suggestions).hasSize(3);
    suggestions.forEach(
        suggestion -> assertThat(suggestion.get("score").doubleValue()).isBetween(0.0, 1.0));
    JobRun other = respond("뭐 해", "index=index", "similarity=vectors", "pair=same");
    assertThat(other.exitCode()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(other.err()).contains("must have the class pair-class, has 2 others");
  }

  @Test
  void replyPairNetworkScoresTheCandidatesAnewByAllTurns() throws IOException {
    String[] vectors = {"index=index", "reply=vectors", "num-suggestions=9"};
    String[] pairs = {"index=index", "reply=vectors", "reply-pair=reply-pair", "num-suggestions=9"};
    Map<String, Double> byVectors = replies("안녕하세요 / 뭐 해", vectors);
    Map<String, Double> scored = replies("안녕하세요 / 뭐 해", pairs);
    assertThat(scored).containsOnlyKeys(byVectors.keySet()).hasSizeGreaterThan(2);
    assertThat(List.copyOf(scored.values()))
        .allMatch(score -> score > 0 && score < 1)
        .isSortedAccordingTo(Comparator.reverseOrder())
        .doesNotContainAnyElementsOf(byVectors.values());
    assertThat(replies("뭐 해", pairs)).isNotEqualTo(scored);
    assertThat(answer("뭐 해", concat(pairs, "reply-threshold=0")).at("/answer/source").textValue())
        .isEqualTo("reply");
    assertThat(answer("뭐 해", concat(pairs, "reply-threshold=1")).get("answer").isNull()).isTrue();

    Map<String, Double> two = replies("뭐 해", concat(pairs, "num-candidates=2"));
    Map<String, Double> nearest = replies("뭐 해", concat(vectors, "num-candidates=2"));
    assertThat(two).containsOnlyKeys(nearest.keySet());
  }

  /** Scores of replies, the best first. */
  private static Map<String, Double> replies(String line, String... settings) throws IOException {
    Map<String, Double> scores = new LinkedHashMap<>();
    answer(line, settings)
        .at("/tasks/1/suggestions")
        .forEach(one -> scores.put(one.get("text").textValue(), one.get("score").doubleValue()));
    return scores;
  }

  private static String[] concat(String[] settings, String more) {
    return Stream.concat(Stream.of(settings), Stream.of(more)).toArray(String[]::new);
  }

  @Test
  void ranksFrequentReactionsDown() throws IOException {
    String best =
        answer("뭐 해", "reactions=reactions").at("/tasks/2/suggestions/0/text").textValue();
    // The untrained network prefers one class a little, and that class was frequent.
    assertThat(best).isEqualTo(TinyWorld.FREQUENT);
    assertThat(
            answer("뭐 해", "reactions=reactions", "prior-exponent=1")
                .at("/tasks/2/suggestions/0/text")
                .textValue())
        .isNotEqualTo(TinyWorld.FREQUENT);
  }

  @Test
  void missingPartsLeaveTasksOut() throws IOException {
    JsonNode answer = answer("뭐 해", "reactions=reactions", "reaction-threshold=2");
    assertThat(answer.get("answer").isNull()).isTrue();
    assertThat(answer.at("/tasks/0/left_out").textValue())
        .isEqualTo("no checkpoint is given: similarity");
    assertThat(answer.at("/tasks/1/left_out").textValue())
        .isEqualTo("no checkpoint is given: reply");
    assertThat(answer.at("/tasks/2/suggestions")).hasSize(2);
  }

  @Test
  void refusesAnIndexOfAnotherNetwork() {
    JobRun run = respond("뭐 해", "index=index", "similarity=others");
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(run.err())
        .contains(
            "index "
                + world.path("index")
                + " was built with another similarity than "
                + world.path("others"));
  }

  @Test
  void refusesNetworksForAnotherPurpose() {
    JobRun run = respond("뭐 해", "reactions=pair");
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(run.err()).contains("must classify").contains("it has a score");
    for (String other : List.of("pair", "vectors")) {
      JobRun pairs = respond("뭐 해", "index=index", "reply=vectors", "reply-pair=" + other);
      assertThat(pairs.exitCode()).as(pairs.printed()).isEqualTo(JobMain.BAD_INPUT);
      assertThat(pairs.err())
          .contains("reply-pair = " + world.path(other))
          .contains("must read context and reply in one sequence; fine-tune replies with method");
    }
  }

  @Test
  void refusesSettingsWithoutACompleteTask() {
    JobRun run = respond("", "index=index", "pair=pair");
    assertThat(run.exitCode()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(run.err()).contains("no task is complete");
  }

  @Test
  void goesOnAfterLinesThatCannotBeAnswered() throws IOException {
    Path lines = work.resolve("lines.txt");
    Files.writeString(lines, "뭐 해\n123\n뭐 해 /  / 응\n\n" + "해".repeat(501) + "\n뭐 해\n");
    JobRun run = respond("", "reactions=reactions", "input=[\"" + lines + "\"]");
    assertThat(run.exitCode()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(run.err()).contains("3 of 5 lines cannot be answered").doesNotContain("123");
    assertThat(answers(run).stream().map(json -> json.at("/error/code").asText()))
        .containsExactly("", "unknown-language", "empty-text", "text-too-long", "");
  }

  @Test
  void printsForPeople() {
    JobRun run = respond("", "line=뭐 해", "format=text", "index=index", "similarity=vectors");
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.DONE);
    assertThat(run.out())
        .startsWith("그냥 있어   (pair)\n")
        .contains("left out: no checkpoint is given: reactions");
  }
}
