package io.dialogbert.job.example;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.xxhash64;

import io.dialogbert.common.BadInputException;
import io.dialogbert.example.ExampleView;
import io.dialogbert.example.MaskedInput;
import io.dialogbert.example.Masking;
import io.dialogbert.example.MaskingConfig;
import io.dialogbert.example.PretrainExample;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.job.table.ExampleRows;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.report.TextTable;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.text.Token;
import io.dialogbert.text.Tokenizer;
import io.dialogbert.text.piece.Vocabulary;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.spark.sql.Row;

/**
 * Shows examples in readable form, and encodes or decodes what the settings give. Writes nothing.
 */
public final class InspectExamplesJob implements Job<InspectExamplesConfig> {
  public static void main(String[] args) {
    JobMain.run(new InspectExamplesJob(), args);
  }

  @Override
  public String name() {
    return "inspect-examples";
  }

  @Override
  public InspectExamplesConfig configure(ConfigReader in) {
    return InspectExamplesConfig.read(in);
  }

  @Override
  public Lineage lineage(InspectExamplesConfig config) {
    return config
        .examples()
        .map(examples -> Lineage.printing().datasetOrDays("examples", examples, "build-examples"))
        .orElse(Lineage.printing());
  }

  @Override
  public void run(JobContext job, InspectExamplesConfig config) throws IOException {
    SerializedTokenizer serialized = Tokenizers.load(job.directories(), config.tokenizer());
    Tokenizer tokenizer = serialized.tokenizer();
    if (!config.encode().isEmpty()) {
      encode(job, config, tokenizer);
    }
    if (!config.decode().isEmpty()) {
      decode(job, config, tokenizer);
    }
    if (config.examples().isPresent()) {
      Tokenizers.requireIdsOf(job, "examples", serialized);
      show(job, config, tokenizer.vocabulary());
    }
  }

  private static void encode(JobContext job, InspectExamplesConfig config, Tokenizer tokenizer) {
    TextTable table = new TextTable("id", "piece", "start", "end");
    List<Token> tokens;
    try {
      tokens = tokenizer.tokenize(config.encode(), config.lang());
    } catch (IllegalArgumentException e) {
      throw new BadInputException(e.getMessage(), e);
    }
    for (Token token : tokens) {
      table.row(token.id(), token.piece(), token.start(), token.end());
    }
    job.addToSummary(table.render());
    job.addToSummary("ids     " + tokens.stream().map(Token::id).toList());
    int[] ids = tokens.stream().mapToInt(Token::id).toArray();
    job.addToSummary("decoded " + tokenizer.decode(ids));
  }

  private static void decode(JobContext job, InspectExamplesConfig config, Tokenizer tokenizer) {
    int size = tokenizer.vocabulary().size();
    int[] ids = new int[config.decode().size()];
    for (int i = 0; i < ids.length; i++) {
      try {
        ids[i] = Objects.checkIndex(Integer.parseInt(config.decode().get(i).strip()), size);
      } catch (NumberFormatException | IndexOutOfBoundsException e) {
        throw new BadInputException(
            "decode: ids must be whole numbers in [0, %d), but one is %s"
                .formatted(size, config.decode().get(i)),
            e);
      }
    }
    job.addToSummary(tokenizer.decode(ids));
  }

  private static void show(JobContext job, InspectExamplesConfig config, Vocabulary vocabulary) {
    // A sample by hash, the same for everyone who requests the same examples.
    List<Row> rows =
        job.read("examples", "data")
            .filter(col("split").equalTo(config.split()))
            .orderBy(xxhash64(lit(job.seed()), col("example_id")), col("example_id"))
            .limit(config.numExamples())
            .collectAsList();
    if (rows.isEmpty()) {
      throw new BadInputException(
          job.inputPath("examples") + " has no examples of split " + config.split());
    }
    Map<String, String> settings = job.settings("examples");
    Masking masking =
        new Masking(
            new MaskingConfig(
                Double.parseDouble(settings.get("build-examples.masked-lm-prob")),
                Integer.parseInt(settings.get("build-examples.max-predictions-per-seq")),
                Boolean.parseBoolean(settings.get("build-examples.whole-word-mask")),
                vocabulary.sizeWithoutSpares()),
            vocabulary::isWordStart);
    boolean dynamic = settings.get("build-examples.static-masks").equals("0");
    job.addToSummary(
        dynamic ? "masks: made anew in each epoch; as an example, one draw" : "masks: stored");
    ExampleView view = new ExampleView(vocabulary);
    for (Row row : rows) {
      PretrainExample example = ExampleRows.fromRow(row);
      MaskedInput masked =
          dynamic
              ? masking.mask(example.inputIds(), job.seed(), 0, example.exampleId())
              : new MaskedInput(
                  example.inputIds(), example.maskedLmPositions(), example.maskedLmIds());
      job.addToSummary("");
      view.lines(example, masked).forEach(job::addToSummary);
    }
  }
}
