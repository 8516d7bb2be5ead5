package io.dialogbert.model.dl4j;

import static io.dialogbert.model.HeadFixtures.Kind.CLASS;
import static io.dialogbert.model.HeadFixtures.Kind.COSENT;
import static io.dialogbert.model.HeadFixtures.Kind.COSINE;
import static io.dialogbert.model.HeadFixtures.Kind.GROUP;
import static io.dialogbert.model.HeadFixtures.Kind.NESTED_COSENT;
import static io.dialogbert.model.HeadFixtures.Kind.PAIRS;
import static io.dialogbert.model.HeadFixtures.Kind.SCORE;
import static io.dialogbert.model.HeadFixtures.Kind.SOFT;
import static io.dialogbert.model.HeadFixtures.Kind.SOFT_OUTPUTS;
import static io.dialogbert.model.HeadFixtures.Kind.SOME_TOKENS;
import static io.dialogbert.model.HeadFixtures.Kind.SPAN;
import static io.dialogbert.model.HeadFixtures.Kind.WEIGHTED_CLASS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.HeadFixtures;
import io.dialogbert.model.HeadFixtures.Task;
import io.dialogbert.model.ModelFixtures;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.head.Weight;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.schedule.FixedSchedule;

/** Every kind of head and loss in DL4J's JSON. */
class HeadsJsonTest {
  private static final EncoderConfig CONFIG = ModelFixtures.tinyConfig(0.1);
  private static final ModelConfig MODEL =
      HeadFixtures.model(
          CONFIG,
          List.of(
              Task.linear("mood", Head.Pooling.FIRST, true, SOFT, CLASS),
              Task.linear("rating", Head.Pooling.MEAN, false, SCORE)
                  .withWeight(new Weight(2, 0.5, 70)),
              Task.linear("choice", Head.Pooling.MARKED, true, GROUP),
              Task.linear("tags", Head.Pooling.TOKENS, true, SOME_TOKENS),
              Task.linear("answer", Head.Pooling.TOKENS, false, SPAN),
              Task.plain("vector", Head.Pooling.MEAN, PAIRS),
              Task.decoder(CONFIG, SOME_TOKENS),
              Task.plain("order", Head.Pooling.MEAN, COSENT),
              Task.plain("angle", Head.Pooling.MEAN, COSINE),
              Task.plain("prefixes", Head.Pooling.MEAN, NESTED_COSENT),
              Task.linear("rare", Head.Pooling.FIRST, true, WEIGHTED_CLASS),
              Task.plain("copied", Head.Pooling.MEAN, SOFT_OUTPUTS)));

  private static ComputationGraph graph() {
    TrainingSettings settings =
        new TrainingSettings(
            new FixedSchedule(0.01), 0.01, 0.9, 0.999, 1e-6, 1, TrainingSettings.Optimizer.ADAMW);
    return Graphs.create(MODEL, settings, ModelFixtures.SEED);
  }

  @Test
  void everyKindOfHeadAndLossSurvivesJson() {
    ComputationGraphConfiguration configuration = graph().getConfiguration();
    ComputationGraphConfiguration read = Graphs.configuration(configuration.toJson());
    assertThat(read).isEqualTo(configuration);
    assertThat(ComputationGraphConfiguration.fromJson(configuration.toJson()))
        .isEqualTo(configuration);
    assertThat(read.toJson()).isEqualTo(configuration.toJson());
    ComputationGraph again = new ComputationGraph(read);
    again.init();
    assertThat(Graphs.model(again)).isEqualTo(MODEL);
    assertThat(Graphs.layout(again).hash()).isEqualTo(MODEL.layout().hash());
  }

  /** The first loss is that of soft classes; head 6 is the decoder. */
  @ParameterizedTest
  @CsvSource({
    "heads/0, Head",
    "heads/6, Head",
    "heads/0/outputs, ClassSet",
    "losses/0, SoftClassLoss",
    "losses/0/weight, Weight",
    "losses/1, ClassLoss",
    "losses/2, ScoreLoss",
    "losses/3, GroupLoss",
    "losses/5, SpanLoss",
    "losses/6, InBatchLoss",
    "losses/8, CosentLoss",
    "losses/9, CosineLoss",
    "losses/10, MatryoshkaLoss",
    "losses/10/loss, CosentLoss",
    "losses/11, ClassLoss",
    "losses/12, SoftOutputLoss",
    "'', BertLayer"
  })
  void anUnknownFieldIsRefusedByName(String place, String owner) throws Exception {
    ObjectMapper mapper = new ObjectMapper();
    JsonNode json = mapper.readTree(graph().getConfiguration().toJson());
    JsonNode at = layer(json).at(place.isEmpty() ? "" : "/" + place);
    ((ObjectNode) at).put("novelty", 1);
    assertThatThrownBy(() -> Graphs.configuration(json.toString()))
        .hasStackTraceContaining(
            owner + " has a field that this version does not know: novelty; read it with the");
  }

  /** So earlier versions still read networks that use nothing new. */
  @Test
  void optionsThatAreNotUsedAreNotInTheJson() throws Exception {
    JsonNode json = layer(new ObjectMapper().readTree(graph().getConfiguration().toJson()));
    assertThat(json.has("layerDecay")).isFalse();
    assertThat(json.at("/losses/1").has("classWeights")).isFalse();
    assertThat(json.at("/losses/11").has("classWeights")).isTrue();
  }

  @Test
  void anUnknownKindOfLossIsRefusedByName() throws Exception {
    JsonNode json = new ObjectMapper().readTree(graph().getConfiguration().toJson());
    ((ObjectNode) layer(json).at("/losses/0")).put("type", "novel");
    assertThatThrownBy(() -> Graphs.configuration(json.toString()))
        .hasStackTraceContaining("novel");
  }

  /** The object that has heads and losses, wherever DL4J puts it. */
  private static JsonNode layer(JsonNode json) {
    JsonNode parent = json.findParent("losses");
    assertThat(parent.has("heads")).isTrue();
    return parent;
  }
}
