package io.dialogbert.finetune.inference;

import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.model.kernel.Precision;
import java.io.Serializable;
import java.util.List;

/**
 * Settings of {@link PredictJob} and {@link EmbedJob}.
 *
 * @param checkpoint output directory of finetune or distill
 * @param input Parquet files, or globs of them
 * @param columns where the parts of a row are
 * @param lang language of rows without a column of it
 * @param precision of the matrix products
 * @param numClasses number of most probable classes to write
 * @param priorExponent how much frequent classes are ranked down, in [0, 1]
 * @param width number of first elements of a vector to write; 0 for all
 */
public record InferenceConfig(
    String checkpoint,
    List<String> input,
    String output,
    Columns columns,
    String lang,
    Precision precision,
    int numClasses,
    double priorExponent,
    int width) {
  static final List<String> LANGUAGES = List.of("ko", "ja");

  /**
   * Names of columns.
   *
   * @param id copied to the output; of any type
   * @param first the text, or the first of a pair
   * @param second the second of a pair; empty for single texts
   * @param lang the language, ko or ja; empty if there is none
   */
  public record Columns(String id, String first, String second, String lang)
      implements Serializable {}

  static InferenceConfig read(ConfigReader in, boolean predicts) {
    ConfigReader columns = in.section("columns");
    return new InferenceConfig(
        in.path("checkpoint"),
        in.paths("input"),
        in.path("output"),
        new Columns(
            required(columns, "id"),
            required(columns, "first"),
            predicts ? columns.string("second") : "",
            columns.string("lang")),
        in.string("lang", "must be ko or ja", LANGUAGES::contains),
        in.choice("precision", Precision.class),
        predicts ? in.intBetween("num-classes", 1, 1000) : 1,
        predicts ? in.fraction("prior-exponent") : 0,
        predicts ? 0 : in.intBetween("width", 0, 1 << 14));
  }

  private static String required(ConfigReader in, String key) {
    return in.string(key, "must be set", column -> !column.isEmpty());
  }
}
