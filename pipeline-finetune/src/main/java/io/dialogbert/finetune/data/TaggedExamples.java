package io.dialogbert.finetune.data;

import io.dialogbert.finetune.TaskRows;
import io.dialogbert.finetune.data.BuildTaskDataConfig.Labeled;
import io.dialogbert.frame.JobContext;
import io.dialogbert.task.Layout;
import io.dialogbert.task.TaskExample;
import io.dialogbert.task.label.LabeledText;
import io.dialogbert.task.tag.BioTags;
import io.dialogbert.task.tag.Entity;
import io.dialogbert.task.tag.PiecePlaces;
import io.dialogbert.task.tag.TaggedText;
import io.dialogbert.text.Token;
import io.dialogbert.text.Tokenizer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.sql.Row;

/**
 * Turns texts with entities into examples: tags of characters, and the places of the pieces. Counts
 * the entities that no tags of the pieces that are read express, because these are cut elsewhere.
 */
final class TaggedExamples {
  private final Labeled labeled;
  private final Layout layout;
  private final Tokenizer tokenizer;
  private final Map<String, Long> counts = new TreeMap<>();
  private final List<String> summary = new ArrayList<>();

  TaggedExamples(Labeled labeled, Layout layout, Tokenizer tokenizer) {
    this.labeled = labeled;
    this.layout = layout;
    this.tokenizer = tokenizer;
  }

  /**
   * The rows of texts.
   *
   * @param texts by split
   */
  List<Row> rows(Map<String, List<LabeledText>> texts) {
    List<Row> rows = new ArrayList<>();
    texts.forEach(
        (split, ofSplit) -> {
          long entities = 0;
          long reached = 0;
          for (LabeledText text : ofSplit) {
            TaskExample example = example(text);
            entities += example.tagged().entities().size();
            reached += countReached(example);
            rows.add(TaskRows.toRow(example, new String[0], split));
          }
          report(split, entities, reached);
        });
    return rows;
  }

  private TaskExample example(LabeledText text) {
    int[] characters = text.first().codePoints().toArray();
    List<Entity> trimmed =
        text.entities().stream()
            .map(entity -> BioTags.trim(characters, entity))
            .filter(Objects::nonNull)
            .toList();
    count(
        "entities_with_spaces_at_ends",
        text.entities().stream().filter(entity -> !trimmed.contains(entity)).count());
    List<Token> tokens = tokenizer.tokenize(text.first(), labeled.lang());
    return TaskExample.ofTags(
        text.exampleId(),
        labeled.lang(),
        tokens.stream().mapToInt(Token::id).toArray(),
        new TaggedText(
            BioTags.ofCharacters(text.first(), trimmed), PiecePlaces.of(text.first(), tokens)));
  }

  private long countReached(TaskExample example) {
    TaggedText text = example.tagged();
    int numPieces = layout.numKept(example.first());
    Set<Entity> reachable = new HashSet<>(text.reachable(numPieces));
    long reached = 0;
    for (Entity entity : text.entities()) {
      if (reachable.contains(entity)) {
        reached++;
      } else {
        String why = text.obstacle(entity, numPieces).name().toLowerCase(Locale.ROOT);
        count("entities_out_of_reach." + why.replace('_', '-'), 1);
      }
    }
    count("texts_cut", layout.cuts(example.first()) ? 1 : 0);
    return reached;
  }

  private void count(String name, long more) {
    counts.merge(name, more, Long::sum);
  }

  private void report(String split, long entities, long reached) {
    counts.put("entities." + split, entities);
    counts.put("entities_in_reach." + split, reached);
    if (entities > 0) {
      // All that can be found is, and nothing else: then precision is 1.
      summary.add(
          String.format(
              Locale.ROOT,
              "%s: %d of %d entities can be expressed by tags of pieces, so F1 is at most %.2f percent",
              split,
              reached,
              entities,
              200.0 * reached / (entities + reached)));
    }
  }

  /** Puts the counts of all rows into the manifest, and says what they mean. */
  void report(JobContext job) {
    counts.forEach(job::count);
    summary.forEach(job::addToSummary);
  }
}
