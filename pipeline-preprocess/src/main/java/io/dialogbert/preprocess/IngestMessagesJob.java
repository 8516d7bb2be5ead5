package io.dialogbert.preprocess;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.date_format;

import io.dialogbert.common.BadInputException;
import io.dialogbert.common.ConfigReader;
import io.dialogbert.common.Job;
import io.dialogbert.common.JobContext;
import io.dialogbert.common.JobMain;
import io.dialogbert.common.Lineage;
import io.dialogbert.dialogue.SystemLines;
import io.dialogbert.privacy.PiiMasker;
import io.dialogbert.privacy.PseudonymKey;
import io.dialogbert.privacy.Pseudonymizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * Raw messages to clean ones: ids pseudonymised, text normalised, personal data masked, system
 * lines dropped.
 */
public final class IngestMessagesJob implements Job<IngestMessagesConfig> {
  /** What manifests call the fingerprint of the key. */
  static final String KEY_INPUT = "pseudonym-key";

  /** What manifests call the files of messages and the lists of users. */
  private static final String MESSAGES = "file";

  private static final String CONSENT_LIST = "consent-list";
  private static final String DELETION_LIST = "deletion-list";

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
        .files(MESSAGES, config.input())
        .hideFileNames(config.format().isExport())
        .files(CONSENT_LIST, config.consentList())
        .files(DELETION_LIST, config.deletionList())
        .fingerprint(KEY_INPUT, fingerprint(key(config)))
        .fingerprint("masking-rules", PiiMasker.fingerprint())
        .fingerprint("system-lines", SystemLines.fingerprint());
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
    PartitionAccumulator<IngestCounts> tasks = new PartitionAccumulator<>();
    job.spark().sparkContext().register(tasks);
    // Compressing cached columns costs more time here than it saves disk.
    job.spark().conf().set("spark.sql.inMemoryColumnarStorage.compressed", "false");
    Dataset<Row> rows = readRows(job, config, tasks).persist(StorageLevel.DISK_ONLY());
    Dataset<Row> rejects =
        rows.filter(col("reason").isNotNull()).select("file", "row", "reason", "rule", "hash");
    job.write(rejects.repartition(1).sortWithinPartitions("file", "row"), "rejects");
    IngestCounts counts = IngestCounts.sum(tasks.value().values());
    Dataset<Row> messages = withConsent(job, config, rows, counts);
    counts.byKey().forEach(job::count);
    tellLines(job, counts);
    check(job, config, rejects, counts);
    PartitionAccumulator<IngestCounts> named = new PartitionAccumulator<>();
    if (counts.hasNames()) {
      job.spark().sparkContext().register(named);
      // Of all participants: who has not consented is named in the others' messages, too.
      Dataset<Row> names = ParticipantNames.of(rows);
      job.count("names_over_limit", ParticipantNames.countOverLimit(names));
      messages = ParticipantNames.mask(messages, names, named);
    }
    job.write(layout(messages, config, counts.rowsOut()), "data", "lang", "month");
    IngestCounts.sum(named.value().values()).byKey().forEach(counts::add);
    counts.byKey().forEach(job::count);
  }

  /** The messages that the lists of users leave; those that they take away are counted. */
  private static Dataset<Row> withConsent(
      JobContext job, IngestMessagesConfig config, Dataset<Row> rows, IngestCounts counts)
      throws IOException {
    Dataset<Row> messages = rows.filter(col("text").isNotNull());
    if (config.consentList().isEmpty() && config.deletionList().isEmpty()) {
      return messages;
    }
    PseudonymKey key = key(config);
    Dataset<Row> refused =
        ConsentFilter.refused(
                rows,
                // Nobody's consent would drop everything, which nobody means.
                users(job, CONSENT_LIST, key, false),
                users(job, DELETION_LIST, key, true),
                config.consentPolicy())
            .persist(StorageLevel.DISK_ONLY());
    String[] columns = config.consentPolicy().key();
    for (Row dropped :
        messages
            .select("conversation_id", "sender_id")
            .join(refused, columns)
            .groupBy(ConsentFilter.REASON)
            .count()
            .collectAsList()) {
      counts.add(IngestCounts.DROPPED + dropped.getString(0), dropped.getLong(1));
      counts.add(IngestCounts.ROWS_OUT, -dropped.getLong(1));
    }
    return messages.join(refused, columns, "left_anti");
  }

  private static Optional<Dataset<Row>> users(
      JobContext job, String lists, PseudonymKey key, boolean mayBeEmpty) {
    return Optional.of(job.files(lists))
        .filter(files -> !files.isEmpty())
        .map(files -> UserList.read(job.spark(), InputParts.of(files), key, mayBeEmpty));
  }

  /** The rows of all inputs, and in {@code counts}, once they are read, what became of them. */
  private static Dataset<Row> readRows(
      JobContext job, IngestMessagesConfig config, PartitionAccumulator<IngestCounts> counts)
      throws IOException {
    List<InputPart> files = InputParts.of(job.files(MESSAGES));
    InputSettings settings = config.inputSettings();
    // As Spark's own readers deal out files: all cores get work, and no task too much.
    long maxBytes = job.spark().sessionState().conf().filesMaxPartitionBytes();
    long bytesToOpen = job.spark().sessionState().conf().filesOpenCostInBytes();
    long allBytes = files.stream().mapToLong(file -> file.bytes() + bytesToOpen).sum();
    long bytesPerCore = allBytes / job.sparkContext().defaultParallelism();
    long bytes = Math.max(1, Math.min(maxBytes, Math.max(bytesToOpen, bytesPerCore)));
    List<List<InputPart>> tasks =
        InputParts.tasks(
            InputParts.cut(job.sparkContext(), files, settings.format(), bytes),
            bytes,
            bytesToOpen);
    byte[] key = key(config).bytes();
    int maxRepeats = config.maxRepeats();
    int maxAttempts = Attempts.max(job.sparkContext());
    JavaRDD<Row> rows =
        job.sparkContext()
            .parallelize(tasks, tasks.size())
            .mapPartitionsWithIndex(
                (partition, parts) ->
                    new RowIngester(
                        parts.next().iterator(),
                        settings,
                        maxRepeats,
                        PseudonymKey.ofBytes(key),
                        SparkHadoopUtil.get().conf(),
                        maxAttempts,
                        partition,
                        counts),
                true);
    return job.spark().createDataFrame(rows, RowIngester.SCHEMA);
  }

  /** What became of the lines of exports, and which of them may be the messenger's own. */
  private static void tellLines(JobContext job, IngestCounts counts) {
    if (!counts.byKey().containsKey(IngestCounts.LINES_IN)) {
      return;
    }
    job.say(
        "lines of exports: "
            + counts.byKey().tailMap(IngestCounts.LINES).entrySet().stream()
                .takeWhile(count -> count.getKey().startsWith(IngestCounts.LINES))
                .map(
                    count ->
                        count.getKey().substring(IngestCounts.LINES.length())
                            + " "
                            + count.getValue())
                .collect(Collectors.joining(", ")));
    List<String> repeated = counts.repeatedLines();
    job.count(IngestCounts.REPEATED_LINES, repeated.size());
    if (!repeated.isEmpty()) {
      job.say(
          String.format(
              Locale.ROOT,
              "%d lines stand word for word in messages that begin otherwise, and may be the"
                  + " messenger's own, such as %s",
              repeated.size(),
              String.join(", ", repeated.subList(0, Math.min(SHOWN_REJECTS, repeated.size())))));
    }
  }

  private static void check(
      JobContext job, IngestMessagesConfig config, Dataset<Row> rejects, IngestCounts counts) {
    long rowsIn = counts.rowsIn();
    long rejected = counts.rejected();
    boolean tooMany = rejected > config.maxRejectRatio() * rowsIn;
    if (!counts.hasBadFile() && !tooMany && counts.rowsOut() > 0) {
      return;
    }
    StringBuilder message = new StringBuilder();
    if (counts.hasBadFile()) {
      message.append("an input file cannot be read to its end");
    } else if (tooMany) {
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
    // Those of whole files, which have no row to hash.
    Column badFilesFirst = col("hash").isNotNull();
    for (Row row :
        rejects.orderBy(badFilesFirst, col("file"), col("row")).takeAsList(SHOWN_REJECTS)) {
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
        .drop("file", "row", "reason", "rule", "hash", "sender_name")
        .withColumn("month", date_format(col("sent_at"), "yyyy-MM"))
        .repartition(buckets, col("conversation_id"))
        .sortWithinPartitions(
            "lang",
            "month",
            "conversation_id",
            "sent_at",
            "source_row",
            "message_id",
            "source",
            "sender_id",
            "text");
  }
}
