package io.dialogbert.finetune.objective;

import io.dialogbert.finetune.objective.TagObjective.Tagging;
import io.dialogbert.metric.LabelCounts;
import io.dialogbert.metric.TagScores;
import io.dialogbert.metric.TagScores.Mode;
import io.dialogbert.task.tag.BioTags;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the figures of tags are made of; counts of several texts add up.
 *
 * @param entities of decoded tags: these are valid, so seqeval's strict and lenient mode agree
 * @param undecodedStrict of the likeliest tag of each piece
 * @param undecodedLenient likewise
 * @param characters of decoded tags
 * @param loss cross-entropy in nats, the sum over pieces
 * @param hits number of pieces whose likeliest tag is right
 */
record TagCounts(
    LabelCounts entities,
    LabelCounts undecodedStrict,
    LabelCounts undecodedLenient,
    LabelCounts characters,
    double loss,
    long pieces,
    long hits,
    long texts) {

  static TagCounts none(int numTypes) {
    LabelCounts none = LabelCounts.none(numTypes);
    return new TagCounts(none, none, none, LabelCounts.none(BioTags.count(numTypes)), 0, 0, 0, 0);
  }

  static TagCounts of(Tagging text, int numTypes) {
    return new TagCounts(
        TagScores.entities(text.tags(), text.predicted(), numTypes, Mode.STRICT),
        TagScores.entities(text.tags(), text.likeliest(), numTypes, Mode.STRICT),
        TagScores.entities(text.tags(), text.likeliest(), numTypes, Mode.LENIENT),
        TagScores.elements(text.tags(), text.predicted(), numTypes),
        text.loss(),
        text.pieces(),
        text.hits(),
        1);
  }

  TagCounts plus(TagCounts other) {
    return new TagCounts(
        entities.plus(other.entities),
        undecodedStrict.plus(other.undecodedStrict),
        undecodedLenient.plus(other.undecodedLenient),
        characters.plus(other.characters),
        loss + other.loss,
        pieces + other.pieces,
        hits + other.hits,
        texts + other.texts);
  }

  Map<String, Double> figures() {
    Map<String, Double> figures = new TreeMap<>();
    figures.put("loss", loss / Math.max(1, pieces));
    figures.put("tag_accuracy", (double) hits / Math.max(1, pieces));
    figures.put("entity_precision", entities.precision());
    figures.put("entity_recall", entities.recall());
    figures.put("entity_f1", entities.f1());
    figures.put("entity_macro_f1", entities.macroF1());
    figures.put("undecoded_entity_f1_strict", undecodedStrict.f1());
    figures.put("undecoded_entity_f1_lenient", undecodedLenient.f1());
    figures.put("character_f1_klue_script", TagScores.klueScript(characters, texts));
    figures.put("character_f1_klue_paper", TagScores.kluePaper(characters));
    return figures;
  }
}
