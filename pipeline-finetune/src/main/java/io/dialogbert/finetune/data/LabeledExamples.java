package io.dialogbert.finetune.data;

import io.dialogbert.common.Seeds;
import io.dialogbert.finetune.TaskRows;
import io.dialogbert.finetune.data.BuildTaskDataConfig.Labeled;
import io.dialogbert.privacy.MaskedText;
import io.dialogbert.privacy.PiiKind;
import io.dialogbert.privacy.PiiMasker;
import io.dialogbert.task.Layout;
import io.dialogbert.task.TaskExample;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.task.label.EntityRule;
import io.dialogbert.task.label.LabelRule;
import io.dialogbert.task.label.LabeledText;
import io.dialogbert.text.Tokenizer;
import io.dialogbert.text.normalize.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Row;

/** Turns labeled texts into examples. */
final class LabeledExamples {
  /** Longer than any line: personal data must be found before runs are cut. */
  private static final Normalizer WHOLE_RUNS = new Normalizer(1 << 20, false);

  private final Labeled labeled;
  private final TaskSpec spec;
  private final Tokenizer tokenizer;
  private final PiiMasker masker = PiiMasker.standard();
  private final SortedMap<PiiKind, Long> masked = new TreeMap<>();

  LabeledExamples(Labeled labeled, TaskSpec spec, Tokenizer tokenizer) {
    this.labeled = labeled;
    this.spec = spec;
    this.tokenizer = tokenizer;
  }

  /** The task of labeled files. */
  static TaskSpec spec(Labeled labeled, Layout layout) {
    LabelRule rule = labeled.files().schema().rule();
    boolean isPair = labeled.files().schema().second().isPresent();
    if (rule instanceof LabelRule.ScoreRange range) {
      return new TaskSpec(
          labeled.name(),
          TaskSpec.Kind.PAIR_SCORES,
          layout,
          List.of(),
          new TaskSpec.Range(range.min(), range.max()));
    }
    if (rule instanceof LabelRule.Unlabeled) {
      return new TaskSpec(
          labeled.name(), TaskSpec.Kind.PARAPHRASES, layout, List.of(), TaskSpec.Range.NONE);
    }
    List<TaskSpec.ClassName> classes =
        rule.classes().stream().map(name -> new TaskSpec.ClassName("", name)).toList();
    if (rule instanceof EntityRule) {
      return new TaskSpec(labeled.name(), TaskSpec.Kind.TAGS, layout, classes, TaskSpec.Range.NONE);
    }
    return new TaskSpec(
        labeled.name(),
        isPair ? TaskSpec.Kind.PAIR_CLASSES : TaskSpec.Kind.TEXT_CLASSES,
        layout,
        classes,
        TaskSpec.Range.NONE);
  }

  /**
   * The rows of labeled texts.
   *
   * @param texts by split
   */
  List<Row> rows(Map<String, List<LabeledText>> texts) {
    List<String> classes = spec.classes().stream().map(TaskSpec.ClassName::name).toList();
    List<Row> rows = new ArrayList<>();
    texts.forEach(
        (split, ofSplit) -> {
          for (LabeledText text : ofSplit) {
            TaskExample example =
                new TaskExample(
                    text.exampleId(),
                    labeled.lang(),
                    encode(text.first()),
                    text.second().isEmpty() ? new int[0] : encode(text.second()),
                    classes.indexOf(text.label()),
                    Double.isNaN(text.score()) ? 0 : (float) text.score(),
                    spec.kind() == TaskSpec.Kind.PARAPHRASES ? key(text) : 0,
                    new float[0]);
            rows.add(TaskRows.toRow(example, new String[0], split));
          }
        });
    return rows;
  }

  /** Pairs of one group, or of one second text, are no negatives of each other. */
  private static int key(LabeledText text) {
    return text.group().isEmpty()
        ? ContextMiner.key(text.second(), ReplyLabels.NONE)
        : (int) Seeds.hash(0, "group", text.group());
  }

  private int[] encode(String text) {
    return tokenizer.encode(
        labeled.masksPersonalData() ? mask(WHOLE_RUNS.normalize(text)) : text, labeled.lang());
  }

  private String mask(String text) {
    MaskedText clean = masker.mask(text);
    clean.counts().forEach((kind, count) -> masked.merge(kind, (long) count, Long::sum));
    return clean.text();
  }

  /** Number of items masked so far, by kind. */
  SortedMap<PiiKind, Long> masked() {
    return masked;
  }
}
