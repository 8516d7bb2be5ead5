package io.dialogbert.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dialogbert.finetune.objective.TagObjective;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.task.Layout;
import io.dialogbert.task.TaskSpec;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HuggingFaceConfigTest {
  @Test
  void namesTheTagsOfEntities() {
    TaskSpec spec =
        new TaskSpec(
            "made up",
            TaskSpec.Kind.TAGS,
            new Layout(16, 1, false),
            List.of(new TaskSpec.ClassName("", "person")),
            TaskSpec.Range.NONE);
    ModelConfig model =
        new TagObjective(spec).model(new EncoderConfig(16, 2, 2, 24, 50, 16, 2, 2, 0, 0, 0.02, 1));
    Architecture architecture = Architecture.of(model, "checkpoint");
    assertThat(architecture).isEqualTo(Architecture.TOKEN_CLASSIFICATION);
    JsonNode config = HuggingFaceConfig.of(model, architecture, 2, Optional.of(spec));
    assertThat(config.at("/id2label/0").asText()).isEqualTo("O");
    assertThat(config.at("/id2label/2").asText()).isEqualTo("I-person");
    assertThat(config.at("/label2id/B-person").asInt()).isEqualTo(1);
  }
}
