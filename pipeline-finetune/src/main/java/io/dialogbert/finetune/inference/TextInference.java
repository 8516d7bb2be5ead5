package io.dialogbert.finetune.inference;

import static org.apache.spark.sql.functions.not;

import io.dialogbert.common.BadInputException;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.finetune.inference.InferenceConfig.Columns;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.Lineage;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.dl4j.InferenceModel;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.kernel.Precision;
import io.dialogbert.model.kernel.Threads;
import io.dialogbert.task.TaskExample;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.train.Checkpoint;
import io.dialogbert.train.TaskGpu;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * A fine-tuned model over rows of text, in Spark tasks. An executor reads the model once; a task
 * holds {@value #WINDOW} rows, which it sorts by length and computes in batches of {@value #BATCH}.
 * The rows of a task keep their order. A row whose text is null or empty gets null as its result,
 * and so does one whose language is not known.
 */
final class TextInference implements Serializable {
  static final int BATCH = 64;
  static final int WINDOW = 2048;

  private final Broadcast<SharedModel> model;
  private final SerializedTokenizer tokenizer;
  private final TaskSpec spec;
  private final String head;
  private final List<Integer> prefixes;
  private final Columns columns;
  private final String lang;

  /**
   * A checkpoint's model.
   *
   * @param checkpoint output directory of finetune or distill
   * @param precision of the matrix products
   * @param lang language of rows without a column of it
   * @throws BadInputException if the checkpoint is not of a task
   */
  TextInference(
      JobContext job, String checkpoint, Precision precision, Columns columns, String lang)
      throws IOException {
    this.spec = Tasks.load(job, checkpoint);
    this.tokenizer = Checkpoint.loadTokenizer(job.directories(), checkpoint);
    ModelConfig network = Graphs.model(Checkpoint.loadNetworkJson(job.directories(), checkpoint));
    this.head = network.heads().get(0).name();
    this.prefixes = network.losses().get(0).prefixes();
    this.columns = columns;
    this.lang = lang;
    this.model = job.sparkContext().broadcast(new SharedModel(checkpoint, precision));
  }

  static Lineage lineage(InferenceConfig config) {
    return Lineage.to(config.output())
        .dataset("checkpoint", config.checkpoint(), Tasks.learners())
        .files("input", config.input());
  }

  TaskSpec spec() {
    return spec;
  }

  String head() {
    return head;
  }

  /** Widths of the prefixes of vectors that learned, besides the whole. */
  List<Integer> prefixes() {
    return prefixes;
  }

  /** Computes a pair's or a text's outputs, one row for each example. */
  @FunctionalInterface
  interface Outputs extends Serializable {
    float[][] of(InferenceModel model, List<TaskExample> examples);
  }

  /** Turns an example's output into the values of the columns after the id. */
  @FunctionalInterface
  interface Values extends Serializable {
    Object[] of(TaskExample example, float[] outputs);
  }

  /**
   * The id and the results of all rows.
   *
   * @param results the columns after the id
   * @throws BadInputException if the rows lack a column, or one of text is no text
   */
  Dataset<Row> compute(Dataset<Row> rows, StructType results, Outputs outputs, Values values) {
    requireColumns(rows.schema());
    StructType schema = new StructType(new StructField[] {rows.schema().apply(columns.id())});
    for (StructField field : results.fields()) {
      schema = schema.add(field);
    }
    int numResults = results.size();
    MapPartitionsFunction<Row, Row> task =
        partition -> new Results(partition, outputs, values, numResults);
    return rows.mapPartitions(task, Encoders.row(schema));
  }

  /**
   * Writes the table {@code data}: an id, then results. Each input file is a part of it, so that a
   * run that is killed loses only the files that it was at.
   *
   * @param results of the rows of a file
   */
  static void write(JobContext job, Columns columns, UnaryOperator<Dataset<Row>> results)
      throws IOException {
    List<String> files =
        job.files("input").stream().map(file -> file.getPath().toString()).toList();
    Dataset<Row> rows = job.spark().read().parquet(files.toArray(String[]::new));
    job.writeParts(
        "data",
        files.size(),
        part -> results.apply(job.spark().read().schema(rows.schema()).parquet(files.get(part))));
    Dataset<Row> written = job.spark().read().parquet(job.outputPath("data").toString());
    job.count("rows_out", written.count());
    long withoutResult = written.filter(written.col(written.columns()[1]).isNull()).count();
    long ofUnknownLanguage = columns.lang().isEmpty() ? 0 : ofUnknownLanguage(rows, columns.lang());
    job.count("rejected.unknown-language", ofUnknownLanguage);
    job.count("rows_without_text", withoutResult - ofUnknownLanguage);
    if (ofUnknownLanguage > 0) {
      job.warn(
          ofUnknownLanguage
              + " rows have no result: "
              + columns.lang()
              + " must be one of "
              + InferenceConfig.LANGUAGES);
    }
  }

  private static long ofUnknownLanguage(Dataset<Row> rows, String column) {
    Column language = rows.col(column);
    return rows.filter(
            language.isNull().or(not(language.isin(InferenceConfig.LANGUAGES.toArray()))))
        .count();
  }

  private void requireColumns(StructType schema) {
    List<String> missing = new ArrayList<>();
    Stream.of(columns.id(), columns.first(), columns.second(), columns.lang())
        .filter(column -> !column.isEmpty() && !List.of(schema.fieldNames()).contains(column))
        .forEach(missing::add);
    if (!missing.isEmpty()) {
      throw new BadInputException(
          "the input must have the columns " + missing + "; it has " + schema.fieldNames().length);
    }
    Stream.of(columns.first(), columns.second(), columns.lang())
        .filter(
            column ->
                !column.isEmpty() && !schema.apply(column).dataType().equals(DataTypes.StringType))
        .forEach(
            column -> {
              throw new BadInputException(
                  "column "
                      + column
                      + " must be text, is "
                      + schema.apply(column).dataType().sql());
            });
  }

  private final class Results implements Iterator<Row> {
    private final Iterator<Row> rows;
    private final Outputs outputs;
    private final Values values;
    private final int numResults;
    private final RowExamples reader = new RowExamples(spec, columns, lang, tokenizer.tokenizer());
    private final InferenceModel own;
    private final Queue<Row> ready = new ArrayDeque<>();

    Results(Iterator<Row> rows, Outputs outputs, Values values, int numResults) throws IOException {
      this.rows = rows;
      this.outputs = outputs;
      this.values = values;
      this.numResults = numResults;
      TaskGpu.use();
      // Spark runs as many tasks as there are cores.
      Threads.use(1);
      this.own = model.value().newSession();
    }

    @Override
    public boolean hasNext() {
      return !ready.isEmpty() || rows.hasNext();
    }

    @Override
    public Row next() {
      if (ready.isEmpty()) {
        computeWindow();
      }
      return ready.remove();
    }

    private void computeWindow() {
      List<Object> ids = new ArrayList<>();
      List<TaskExample> examples = new ArrayList<>();
      while (rows.hasNext() && ids.size() < WINDOW) {
        Row row = rows.next();
        ids.add(row.getAs(columns.id()));
        examples.add(reader.example(row));
      }
      int[] byLength =
          IntStream.range(0, ids.size())
              .filter(i -> examples.get(i) != null)
              .boxed()
              .sorted(Comparator.comparingInt(i -> length(examples.get(i))))
              .mapToInt(i -> i)
              .toArray();
      float[][] results = new float[ids.size()][];
      for (int from = 0; from < byLength.length; from += BATCH) {
        int[] batch =
            IntStream.range(from, Math.min(from + BATCH, byLength.length))
                .map(i -> byLength[i])
                .toArray();
        float[][] computed = outputs.of(own, IntStream.of(batch).mapToObj(examples::get).toList());
        for (int i = 0; i < batch.length; i++) {
          results[batch[i]] = computed[i];
        }
      }
      for (int i = 0; i < results.length; i++) {
        Object[] cells = new Object[1 + numResults];
        cells[0] = ids.get(i);
        if (results[i] != null) {
          System.arraycopy(values.of(examples.get(i), results[i]), 0, cells, 1, numResults);
        }
        ready.add(RowFactory.create(cells));
      }
    }

    private static int length(TaskExample example) {
      return example.first().length + example.second().length;
    }
  }
}
