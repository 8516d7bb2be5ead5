package io.dialogbert.finetune.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.finetune.TaskRows;
import io.dialogbert.finetune.data.BuildTaskDataConfig.Labeled;
import io.dialogbert.finetune.label.LabeledFilesConfig;
import io.dialogbert.finetune.label.LabeledFormat;
import io.dialogbert.job.TinyTokenizer;
import io.dialogbert.task.Layout;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.task.label.LabelRule;
import io.dialogbert.task.label.LabelSchema;
import io.dialogbert.task.label.LabeledText;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class LabeledExamplesTest {
  private static final LabelSchema PAIRS =
      new LabelSchema(
          "a", Optional.of("b"), Optional.empty(), List.of(), 0, new LabelRule.Unlabeled());
  private static final Labeled LABELED =
      new Labeled(
          "pairs",
          "ko",
          false,
          false,
          new LabeledFilesConfig(
              Map.of(), LabeledFormat.TSV, ',', true, PAIRS, 0, 0, 0, Optional.empty()));

  private static List<Integer> keys(LabeledText... pairs) {
    TaskSpec spec = LabeledExamples.spec(LABELED, new Layout(16, 1, false));
    assertThat(spec.kind()).isEqualTo(TaskSpec.Kind.PARAPHRASES);
    return new LabeledExamples(LABELED, spec, TinyTokenizer.of(50, 2).tokenizer())
        .rows(Map.of("train", List.of(pairs))).stream()
            .map(row -> row.getInt(TaskRows.SCHEMA.fieldIndex("key")))
            .toList();
  }

  private static LabeledText pair(int row, String second, String group) {
    return new LabeledText("f", row, "가", second, "", Double.NaN, group);
  }

  @Test
  void pairsOfOneSecondTextAreNoNegativesOfEachOther() {
    List<Integer> keys = keys(pair(1, "나", ""), pair(2, "나!", ""), pair(3, "다", ""));
    assertThat(keys.get(0)).isEqualTo(keys.get(1));
    assertThat(keys.get(0)).isNotEqualTo(keys.get(2));
  }

  @Test
  void norArePairsOfOneGroup() {
    List<Integer> keys = keys(pair(1, "나", "x"), pair(2, "다", "x"), pair(3, "나", "y"));
    assertThat(keys.get(0)).isEqualTo(keys.get(1));
    assertThat(keys.get(0)).isNotEqualTo(keys.get(2));
  }
}
