package io.dialogbert.job.stats;

import io.dialogbert.common.BadInputException;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.text.SerializedTokenizer;
import java.io.IOException;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Describes the corpus: one small table for each question an analyst asks. A text is shown only if
 * enough people wrote it.
 */
public final class CorpusStatsJob implements Job<CorpusStatsConfig> {
  public static void main(String[] args) {
    JobMain.run(new CorpusStatsJob(), args);
  }

  @Override
  public String name() {
    return "corpus-stats";
  }

  @Override
  public CorpusStatsConfig configure(ConfigReader in) {
    return CorpusStatsConfig.read(in);
  }

  @Override
  public Lineage lineage(CorpusStatsConfig config) {
    return Tokenizers.lineage(
        Lineage.to(config.output())
            .datasetOrDays("messages", config.messages(), "ingest-messages")
            .datasetOrDays("dialogues", config.dialogues(), "build-dialogues"),
        config.tokenizer());
  }

  @Override
  public void run(JobContext job, CorpusStatsConfig config) throws IOException {
    requireOneCorpus(job);
    SerializedTokenizer tokenizer = Tokenizers.load(job.directories(), config.tokenizer());
    Dataset<Row> messages = job.read("messages", "data");
    Dataset<Row> dialogues = job.read("dialogues", "data");
    job.count("rows_in", job.rows("messages", "data"));
    // First, since a tokenizer that does not cover the corpus ends the job.
    TokenTables.write(job, config, dialogues, tokenizer);
    SizeTables.writeDays(job, messages, dialogues);
    SizeTables.writeDialogueSizes(job, dialogues);
    TextTables.writeMessages(job, config, messages, tokenizer);
    TextTables.writeReplies(job, config, dialogues);
    ManifestTables.write(job);
  }

  private static void requireOneCorpus(JobContext job) {
    Set<String> messages =
        job.inputs("messages").stream()
            .map(part -> part.manifest().fingerprint())
            .collect(Collectors.toSet());
    Set<String> madeOf =
        job.inputs("dialogues").stream()
            .flatMap(part -> part.manifest().inputs().stream())
            .map(Manifest.Input::fingerprint)
            .collect(Collectors.toSet());
    // By day, none of either may be without the other.
    boolean isWhole =
        madeOf.containsAll(messages)
            && job.inputs("dialogues").stream()
                .map(part -> part.manifest().inputs())
                .allMatch(
                    made -> made.stream().anyMatch(by -> messages.contains(by.fingerprint())));
    if (!isWhole) {
      throw new BadInputException(
          job.inputPath("dialogues")
              + " must be made of "
              + job.inputPath("messages")
              + ", and is made of other messages; run build-dialogues again");
    }
  }
}
