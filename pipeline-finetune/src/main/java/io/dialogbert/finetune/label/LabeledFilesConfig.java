package io.dialogbert.finetune.label;

import com.fasterxml.jackson.core.JsonPointer;
import io.dialogbert.dialogue.Splits;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.task.label.EntityRule;
import io.dialogbert.task.label.LabelRule;
import io.dialogbert.task.label.LabelSchema;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How labeled files are read.
 *
 * @param files paths or globs by split; a split without files gets its share of {@code train}
 * @param format format of all files
 * @param delimiter between the columns of CSV
 * @param header whether the first row of TSV and CSV names the columns
 * @param schema where the parts of an example are
 * @param validationRatio share of groups in [0, 1], for a validation split without files
 * @param testRatio the same for test
 * @param maxRejectRatio fraction of rows in [0, 1] that may be rejected before the job fails
 * @param conll how tokens and tags are written, if that is the format
 */
public record LabeledFilesConfig(
    Map<String, List<String>> files,
    LabeledFormat format,
    char delimiter,
    boolean header,
    LabelSchema schema,
    double validationRatio,
    double testRatio,
    double maxRejectRatio,
    Optional<ConllFormat> conll) {
  private static final String TAB = "\\t";
  private static final String POSITION = "#[0-9]{1,4}";
  private static final String POINTER_RULE = "must be a JSON pointer, such as /start";

  /** What a label is. */
  private enum Kind {
    CLASSES,
    SCORE,
    /** Pairs of texts that mean the same. */
    PARAPHRASES,
    /** Texts with labeled spans. */
    TAGS
  }

  /** Reads the settings of a section. */
  public static LabeledFilesConfig read(ConfigReader in) {
    Map<String, List<String>> files = new LinkedHashMap<>();
    files.put(Splits.TRAIN, in.paths(Splits.TRAIN));
    files.put(Splits.VALIDATION, in.optionalPaths(Splits.VALIDATION));
    files.put(Splits.TEST, in.optionalPaths(Splits.TEST));
    LabeledFormat format = in.choice("format", LabeledFormat.class);
    boolean isConll = format == LabeledFormat.CONLL;
    ConllFormat conll = ConllFormat.read(in.section("conll", isConll));
    LabelRule rule = rule(in, isConll);
    if (isConll && !(rule instanceof EntityRule)) {
      in.problem("format", "must not be conll if kind is not tags");
    }
    LabeledFilesConfig config =
        new LabeledFilesConfig(
            files,
            format,
            delimiter(in),
            in.flag("header"),
            isConll ? conll.schema(rule, rowsPerGroup(in)) : schema(in, rule),
            in.fraction("validation-ratio"),
            in.fraction("test-ratio"),
            in.fraction("max-reject-ratio"),
            isConll ? Optional.of(conll) : Optional.empty());
    config.check(in);
    return config;
  }

  /** A tab may be written as its escape, since it is hard to type in most shells. */
  private static char delimiter(ConfigReader in) {
    String delimiter =
        in.string(
            "csv-delimiter",
            "must be one character or \\t, and none of quotes and line breaks",
            value -> value.equals(TAB) || (value.length() == 1 && !"\"\r\n".contains(value)));
    return delimiter.equals(TAB) ? '\t' : delimiter.charAt(0);
  }

  private static int rowsPerGroup(ConfigReader in) {
    return in.intBetween("rows-per-group", 0, Integer.MAX_VALUE);
  }

  private static LabelSchema schema(ConfigReader in, LabelRule rule) {
    ConfigReader columns = in.section("columns");
    Optional<String> second =
        Optional.of(columns.string("second")).filter(column -> !column.isEmpty());
    boolean isUnlabeled = rule instanceof LabelRule.Unlabeled;
    if (isUnlabeled && second.isEmpty()) {
      in.problem("columns.second", "must be set if kind is paraphrases");
    }
    if (rule instanceof EntityRule && second.isPresent()) {
      in.problem("columns.second", "must be empty if kind is tags");
    }
    // Unset or not, the column of the labels says nothing where there are none.
    Optional<String> label =
        Optional.of(isUnlabeled ? columns.string("label") : required(columns, "label"))
            .filter(column -> !isUnlabeled);
    return new LabelSchema(
        required(columns, "first"),
        second,
        label,
        columns.strings("group"),
        rowsPerGroup(in),
        rule);
  }

  private static String required(ConfigReader in, String key) {
    return in.string(key, "must be set", column -> !column.isEmpty());
  }

  private static LabelRule rule(ConfigReader in, boolean isConll) {
    Kind kind = in.choice("kind", Kind.class);
    ConfigReader spans = in.section("spans", kind == Kind.TAGS && !isConll);
    JsonPointer start = pointer(spans, "start");
    JsonPointer end = pointer(spans, "end");
    JsonPointer label = pointer(spans, "label");
    String text = spans.string("text", POINTER_RULE, LabeledFilesConfig::isPointer);
    List<String> labels = in.strings("labels");
    double min = in.doubleBetween("min-score", -Double.MAX_VALUE, Double.MAX_VALUE);
    double max = in.doubleBetween("max-score", -Double.MAX_VALUE, Double.MAX_VALUE);
    LabelRule standIn = new LabelRule.ScoreRange(0, 1);
    try {
      if (kind == Kind.CLASSES) {
        return LabelRule.ClassNames.of(labels);
      }
      if (kind == Kind.TAGS) {
        LabelRule.ClassNames names = LabelRule.ClassNames.of(labels, 1);
        Optional<JsonPointer> ofText =
            Optional.of(text).filter(pointer -> !pointer.isEmpty()).map(JsonPointer::compile);
        return isConll
            ? EntityRule.ofFields(names)
            : new EntityRule(names, start, end, label, ofText);
      }
      if (!labels.isEmpty()) {
        in.problem("labels", "must be empty if kind is neither classes nor tags");
      }
      if (kind == Kind.PARAPHRASES) {
        return new LabelRule.Unlabeled();
      }
    } catch (IllegalArgumentException e) {
      in.problem("labels", e.getMessage());
      return standIn;
    }
    try {
      return new LabelRule.ScoreRange(min, max);
    } catch (IllegalArgumentException e) {
      in.problem("min-score", "must be below max-score");
      return standIn;
    }
  }

  private static JsonPointer pointer(ConfigReader in, String key) {
    String pointer = in.string(key, POINTER_RULE, value -> !value.isEmpty() && isPointer(value));
    return JsonPointer.compile(isPointer(pointer) ? pointer : "");
  }

  private static boolean isPointer(String value) {
    return value.isEmpty() || value.startsWith("/");
  }

  /** Records settings that contradict each other. */
  private void check(ConfigReader in) {
    for (String column : schema.columns()) {
      if (isPosition(column) ? !format.hasPositions() : format.hasPositions() && !header) {
        in.problem(
            "columns",
            isPosition(column)
                ? column + " must be a name: only columns of tsv and csv have places"
                : column + " must be a place, such as #0, since header is false");
      }
    }
    if (schema.rowsPerGroup() > 0 && !schema.group().isEmpty()) {
      in.problem("rows-per-group", "must be 0 if columns.group names the group");
    }
    if (validationRatio + testRatio >= 1) {
      in.problem("test-ratio", "must leave examples for training beside validation-ratio");
    }
    Set<String> named = new HashSet<>();
    files.forEach(
        (split, paths) ->
            paths.forEach(
                path -> {
                  if (!named.add(path)) {
                    in.problem(split, "must not name a path that is named already: " + path);
                  }
                }));
  }

  /** Whether a split must have examples: a ratio of 0 without files says that it need not. */
  boolean wants(String split) {
    double ratio =
        switch (split) {
          case Splits.VALIDATION -> validationRatio;
          case Splits.TEST -> testRatio;
          default -> 1;
        };
    return ratio > 0 || !files.get(split).isEmpty();
  }

  /** Whether a column is named by its place. */
  static boolean isPosition(String column) {
    return column.matches(POSITION);
  }

  /** Adds the files to what a job reads. */
  public Lineage addTo(Lineage lineage) {
    Lineage all = lineage;
    for (Map.Entry<String, List<String>> split : files.entrySet()) {
      all = all.files(split.getKey(), split.getValue());
    }
    return all;
  }
}
