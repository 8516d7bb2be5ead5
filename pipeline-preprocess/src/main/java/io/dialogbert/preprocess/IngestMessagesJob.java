package io.dialogbert.preprocess;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.date_format;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import io.dialogbert.common.BadInputException;
import io.dialogbert.common.ConfigReader;
import io.dialogbert.common.Job;
import io.dialogbert.common.JobContext;
import io.dialogbert.common.JobMain;
import io.dialogbert.common.Lineage;
import io.dialogbert.privacy.PseudonymKey;
import io.dialogbert.privacy.Pseudonymizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * Raw messages to clean ones: ids pseudonymised, text normalised, personal data masked, system
 * lines dropped.
 */
public final class IngestMessagesJob implements Job<IngestMessagesConfig> {
  /** What manifests call the fingerprint of the key. */
  static final String KEY_INPUT = "pseudonym-key";

  private static final int SHOWN_REJECTS = 5;

  public static void main(String[] args) {
    JobMain.run(new IngestMessagesJob(), args);
  }

  @Override
  public String name() {
    return "ingest-messages";
  }

  @Override
  public IngestMessagesConfig configure(ConfigReader in) {
    return IngestMessagesConfig.read(in);
  }

  @Override
  public Lineage lineage(IngestMessagesConfig config) {
    return Lineage.to(config.output())
        .files(config.input())
        .files("consent-list", config.consentList())
        .files("deletion-list", config.deletionList())
        .fingerprint(KEY_INPUT, fingerprint(key(config)));
  }

  /** Tells keys apart without showing them. */
  static String fingerprint(PseudonymKey key) {
    return new Pseudonymizer(key).pseudonym(Pseudonymizer.Kind.SENDER, "fingerprint of the key");
  }

  private static PseudonymKey key(IngestMessagesConfig config) {
    return key(config.pseudonymKeyFile(), config.pseudonymKeyVariable());
  }

  /** The key that a file holds, or else an environment variable. */
  static PseudonymKey key(Optional<String> file, String variable) {
    return file.map(name -> PseudonymKey.ofFile(Path.of(name)))
        .orElseGet(() -> PseudonymKey.ofEnvironment(variable, System.getenv()));
  }

  @Override
  public void run(JobContext job, IngestMessagesConfig config) throws IOException {
    Dataset<Row> read = readLines(job, config).persist(StorageLevel.DISK_ONLY());
    Column accepted = col("reason").isNull();
    Column isRow = accepted.or(col("reason").notEqual(LineIngester.UNREADABLE_FILE));
    Row totals = read.agg(count(when(isRow, 1)), count(col("sender_name"))).first();
    long rowsIn = totals.getLong(0);
    Dataset<Row> lines = protect(job, config, read, totals.getLong(1) > 0);
    long rowsOut = lines.filter(accepted).count();
    job.count("rows_in", rowsIn);
    job.count("rows_out", rowsOut);
    lines
        .filter(accepted.unary_$bang())
        .groupBy("outcome", "reason")
        .count()
        .collectAsList()
        .forEach(row -> job.count(row.getString(0) + "." + row.getString(1), row.getLong(2)));
    lines
        .select(explode(col("pii")))
        .groupBy("key")
        .agg(sum("value"))
        .collectAsList()
        .forEach(row -> job.count("pii." + row.getString(0), row.getLong(1)));

    Dataset<Row> rejects =
        lines
            .filter(col("outcome").equalTo(LineIngester.REJECTED))
            .select("file", "row", "reason", "rule", "hash");
    job.write(rejects.repartition(1).sortWithinPartitions("file", "row"), "rejects");
    check(job, config, rejects, rowsIn, rowsOut);
    job.write(layout(lines.filter(accepted), config, rowsOut), "data", "lang", "month");
  }

  /** Drops what there is no consent for, and masks the names of a conversation's participants. */
  private static Dataset<Row> protect(
      JobContext job, IngestMessagesConfig config, Dataset<Row> read, boolean hasNames)
      throws IOException {
    PseudonymKey key = key(config);
    Dataset<Row> lines =
        ConsentFilter.apply(
            read,
            // Nobody's consent would drop everything, which nobody means.
            users(job, config.consentList(), key, false),
            users(job, config.deletionList(), key, true),
            config.consentPolicy());
    if (hasNames) {
      // Of all participants: who has not consented is named in the others' messages, too.
      Dataset<Row> names = ParticipantNames.of(read);
      job.count("names_over_limit", ParticipantNames.countOverLimit(names));
      lines = ParticipantNames.mask(lines, names, config.maxRepeats());
    }
    return lines == read ? read : lines.persist(StorageLevel.DISK_ONLY());
  }

  private static Optional<Dataset<Row>> users(
      JobContext job, List<String> lists, PseudonymKey key, boolean mayBeEmpty) throws IOException {
    return lists.isEmpty()
        ? Optional.empty()
        : Optional.of(UserList.read(job.spark(), job.directories(), lists, key, mayBeEmpty));
  }

  private static Dataset<Row> readLines(JobContext job, IngestMessagesConfig config)
      throws IOException {
    List<String> files = new ArrayList<>();
    for (String glob : config.input()) {
      for (FileStatus file : job.directories().files(glob)) {
        files.add(file.getPath().toString());
      }
    }
    byte[] key = key(config).bytes();
    Set<String> languages = Set.copyOf(config.languages());
    int maxRepeats = config.maxRepeats();
    FlatMapFunction<String, Row> ingest =
        file -> new LineIngester(file, languages, maxRepeats, PseudonymKey.ofBytes(key));
    // One task per file: row numbers stay exact, and a torn file is one counted reject.
    return job.spark()
        .createDataset(files, Encoders.STRING())
        .repartition(files.size())
        .flatMap(ingest, Encoders.row(LineIngester.SCHEMA));
  }

  private static void check(
      JobContext job,
      IngestMessagesConfig config,
      Dataset<Row> rejects,
      long rowsIn,
      long rowsOut) {
    long rejected = rejects.count();
    boolean unreadable = job.count(LineIngester.REJECTED + "." + LineIngester.UNREADABLE_FILE) > 0;
    if (!unreadable && rejected <= config.maxRejectRatio() * rowsIn && rowsOut > 0) {
      return;
    }
    StringBuilder message = new StringBuilder();
    if (unreadable) {
      message.append("an input file cannot be read to its end");
    } else if (rejected > config.maxRejectRatio() * rowsIn) {
      message.append(
          String.format(
              Locale.ROOT,
              "%d of %d rows rejected, more than max-reject-ratio = %s allows",
              rejected,
              rowsIn,
              config.maxRejectRatio()));
    } else {
      message
          .append("no message is left of ")
          .append(rowsIn)
          .append(" rows of ")
          .append(String.join(", ", config.input()));
    }
    Column unreadableFirst = col("reason").notEqual(LineIngester.UNREADABLE_FILE);
    for (Row row :
        rejects.orderBy(unreadableFirst, col("file"), col("row")).takeAsList(SHOWN_REJECTS)) {
      message.append(
          String.format(
              Locale.ROOT,
              "%n  %s row %d: %s (%s)",
              row.getString(0),
              row.getLong(1),
              row.getString(2),
              row.getString(3)));
    }
    message.append("\nall rejects are in ").append(job.outputPath("rejects"));
    throw new BadInputException(message.toString());
  }

  /**
   * A layout that depends on the rows alone: files by language, month and hash of the conversation,
   * sorted within.
   */
  private static Dataset<Row> layout(
      Dataset<Row> accepted, IngestMessagesConfig config, long rows) {
    int buckets = Math.toIntExact(Math.min(10_000, 1 + rows / config.messagesPerFile()));
    return accepted
        .drop("file", "row", "outcome", "reason", "rule", "hash", "pii", "sender_name")
        .withColumn("month", date_format(col("sent_at"), "yyyy-MM"))
        .withColumn("bucket", pmod(xxhash64(col("conversation_id")), lit(buckets)))
        .repartition(buckets, col("bucket"))
        .sortWithinPartitions(
            "lang", "month", "conversation_id", "sent_at", "source_row", "message_id")
        .drop("bucket");
  }
}
