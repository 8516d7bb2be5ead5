package io.dialogbert.job.ingest;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.date_format;

import io.dialogbert.common.BadInputException;
import io.dialogbert.dialogue.DropReason;
import io.dialogbert.dialogue.SystemLines;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.job.ingest.read.IngestCounts;
import io.dialogbert.job.ingest.read.InputPart;
import io.dialogbert.job.ingest.read.InputParts;
import io.dialogbert.job.ingest.read.InputSettings;
import io.dialogbert.job.table.Attempts;
import io.dialogbert.job.table.PartitionAccumulator;
import io.dialogbert.privacy.PiiMasker;
import io.dialogbert.privacy.PseudonymKey;
import io.dialogbert.privacy.Pseudonymizer;
import io.dialogbert.privacy.Pseudonymizer.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * Turns raw messages into clean ones: ids pseudonymized, text normalized, personal data masked,
 * system lines dropped.
 */
public final class IngestMessagesJob implements Job<IngestMessagesConfig> {
  /** The name of the key's fingerprint in manifests. */
  public static final String KEY_INPUT = "pseudonym-key";

  /** The names of the message files and the user lists in manifests. */
  private static final String MESSAGES = "file";

  private static final String CONSENT_LIST = "consent-list";
  private static final String DELETION_LIST = "deletion-list";

  private static final int SHOWN_REJECTS = 5;

  /** Enough to see what is wrong; a single task sorts them. */
  private static final int MAX_REJECTS_OF_FAILURE = 10_000;

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
        .showFilesAs(config.format().isExport() ? pseudonymousNames(key(config)) : Path::toString)
        .files(CONSENT_LIST, config.consentList())
        .files(DELETION_LIST, config.deletionList())
        .fingerprint(KEY_INPUT, fingerprint(key(config)))
        .fingerprint("masking-rules", PiiMasker.fingerprint())
        .fingerprint("system-lines", SystemLines.fingerprint());
  }

  /** A day may have no file. */
  @Override
  public Lineage lineage(IngestMessagesConfig config, Directories directories) throws IOException {
    Lineage lineage = lineage(config);
    if (config.day().isEmpty()) {
      return lineage;
    }
    List<String> there = new ArrayList<>(config.input());
    there.removeAll(withoutFiles(config, directories));
    return lineage.files(MESSAGES, there);
  }

  private List<String> withoutFiles(IngestMessagesConfig config, Directories directories)
      throws IOException {
    Function<Path, String> shownName = lineage(config).shownName();
    List<String> without = new ArrayList<>();
    for (String input : config.input()) {
      if (!directories.hasFiles(input, shownName)) {
        without.add(input);
      }
    }
    return without;
  }

  private static Function<Path, String> pseudonymousNames(PseudonymKey key) {
    Pseudonymizer pseudonymizer = new Pseudonymizer(key);
    return file -> Directories.pseudonymousName(file, path -> pseudonymizer.mark(Kind.FILE, path));
  }

  /** Distinguishes keys without revealing them. */
  public static String fingerprint(PseudonymKey key) {
    return new Pseudonymizer(key).pseudonym(Kind.SENDER, "fingerprint of the key");
  }

  private static PseudonymKey key(IngestMessagesConfig config) {
    return key(config.pseudonymKeyFile(), config.pseudonymKeyVariable());
  }

  /** The key from a file or, if none is named, from an environment variable. */
  public static PseudonymKey key(Optional<String> file, String variable) {
    return file.map(name -> PseudonymKey.ofFile(java.nio.file.Path.of(name)))
        .orElseGet(() -> PseudonymKey.ofEnvironment(variable, System.getenv()));
  }

  @Override
  public void run(JobContext job, IngestMessagesConfig config) throws IOException {
    if (config.day().isPresent()) {
      DayFiles.requireAlike(job, config.output(), MESSAGES);
      if (job.files(MESSAGES).isEmpty()) {
        writeEmptyDay(job, config);
        return;
      }
      // A misspelled glob looks the same as a source that sent nothing.
      withoutFiles(config, job.directories())
          .forEach(input -> job.addToSummary("no input file matches " + input));
    }
    PartitionAccumulator<IngestCounts> tasks = new PartitionAccumulator<>();
    job.spark().sparkContext().register(tasks);
    // Compressing cached columns costs more time here than it saves disk.
    job.spark().conf().set("spark.sql.inMemoryColumnarStorage.compressed", "false");
    Dataset<Row> rows = readRows(job, config, tasks).persist(StorageLevel.DISK_ONLY());
    Dataset<Row> rejects =
        rows.filter(col("reason").isNotNull()).select("file", "row", "reason", "rule", "hash");
    // Reads all rows.
    rows.count();
    IngestCounts counts = IngestCounts.sum(tasks.value().values());
    check(job, config, rejects, counts);
    if (config.day().isPresent()) {
      writeFiles(job, config, counts);
    }
    job.write(
        rejects
            .repartition(numFiles(counts.rejected(), config), col("file"), col("row"))
            .sortWithinPartitions("file", "row", "reason"),
        "rejects");
    Dataset<Row> messages = withConsent(job, config, rows, counts);
    if (config.day().isEmpty()) {
      requireMessages(config, counts);
    }
    counts.byKey().forEach(job::count);
    addLinesToSummary(job, counts);
    PartitionAccumulator<IngestCounts> named = new PartitionAccumulator<>();
    if (counts.hasNames()) {
      job.spark().sparkContext().register(named);
      // Names of all participants and of all messages: those who have not consented may be named in
      // others' messages too.
      Dataset<Row> names = ParticipantNames.of(rows);
      job.count("names_over_limit", ParticipantNames.countOverLimit(names));
      messages = ParticipantNames.mask(messages, names, named);
    }
    job.write(layout(messages, config, counts.rowsOut()), "data", "lang", "month");
    IngestCounts.sum(named.value().values()).byKey().forEach(counts::add);
    counts.byKey().forEach(job::count);
  }

  private static void writeEmptyDay(JobContext job, IngestMessagesConfig config) {
    job.count(IngestCounts.ROWS_IN, 0);
    job.count(IngestCounts.ROWS_OUT, 0);
    job.count(DayFiles.TABLE, 0);
    job.addToSummary(
        "no input file matches " + String.join(", ", config.input()) + ": the day is empty");
  }

  private static void writeFiles(JobContext job, IngestMessagesConfig config, IngestCounts counts)
      throws IOException {
    Function<Path, String> hidingName = pseudonymousNames(key(config));
    List<InputPart> shown = new ArrayList<>();
    for (InputPart file : InputParts.of(job.files(MESSAGES))) {
      String name =
          config.format().isExport() ? hidingName.apply(new Path(file.path())) : file.name();
      shown.add(new InputPart(file.path(), name, file.start(), file.end(), file.firstRow()));
    }
    DayFiles.write(job, config.output(), shown, counts.filesWithRows(), key(config));
  }

  /** The messages that the user lists leave. Excluded messages are counted. */
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
                // An empty consent list would drop everything, which nobody intends.
                users(job, CONSENT_LIST, key, false),
                users(job, DELETION_LIST, key, true),
                config.consentPolicy())
            .persist(StorageLevel.DISK_ONLY());
    if (!config.deletionList().isEmpty()
        && refused
            .filter(col(ConsentFilter.REASON).equalTo(DropReason.DELETION_REQUESTED.label()))
            .isEmpty()) {
      job.addToSummary(
          "nobody on the deletion list takes part; a line must be one id as the sender's column"
              + " has it, without quotes or other columns");
    }
    String[] columns = config.consentPolicy().key();
    for (Row dropped :
        messages
            .select("conversation_id", "sender_id")
            .join(refused, columns)
            .groupBy(ConsentFilter.REASON)
            .count()
            .collectAsList()) {
      long number = dropped.getAs("count");
      counts.add(IngestCounts.DROPPED + dropped.getAs(ConsentFilter.REASON), number);
      counts.add(IngestCounts.ROWS_OUT, -number);
    }
    return messages.join(refused, columns, "left_anti");
  }

  private static Optional<Dataset<Row>> users(
      JobContext job, String lists, PseudonymKey key, boolean mayBeEmpty) {
    return Optional.of(job.files(lists))
        .filter(files -> !files.isEmpty())
        .map(files -> UserList.read(job.spark(), InputParts.of(files), key, mayBeEmpty));
  }

  /** The rows of all inputs. Once they are read, {@code counts} holds their outcomes. */
  private static Dataset<Row> readRows(
      JobContext job, IngestMessagesConfig config, PartitionAccumulator<IngestCounts> counts)
      throws IOException {
    List<InputPart> files = InputParts.of(job.files(MESSAGES));
    InputSettings settings = config.inputSettings();
    // Distributes files as Spark's own readers do: all cores get work, and no task too much.
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
    DayTimes times = config.times();
    int maxAttempts = Attempts.max(job.sparkContext());
    JavaRDD<Row> rows =
        job.sparkContext()
            .parallelize(tasks, tasks.size())
            .mapPartitionsWithIndex(
                (partition, parts) ->
                    new RowIngester(
                        parts.next().iterator(),
                        settings,
                        times,
                        maxRepeats,
                        PseudonymKey.ofBytes(key),
                        SparkHadoopUtil.get().conf(),
                        maxAttempts,
                        partition,
                        counts),
                true);
    return job.spark().createDataFrame(rows, RowIngester.SCHEMA);
  }

  /** Reports the outcome of export lines, and which of them the messenger may have written. */
  private static void addLinesToSummary(JobContext job, IngestCounts counts) {
    if (!counts.byKey().containsKey(IngestCounts.LINES_IN)) {
      return;
    }
    job.addToSummary(
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
      job.addToSummary(
          String.format(
              Locale.ROOT,
              "%d lines occur word for word in several messages with different first lines,"
                  + " and may be the messenger's own, such as %s",
              repeated.size(),
              String.join(", ", repeated.subList(0, Math.min(SHOWN_REJECTS, repeated.size())))));
    }
  }

  /** Fails before the rejects are shuffled; there may be as many rejects as rows. */
  private static void check(
      JobContext job, IngestMessagesConfig config, Dataset<Row> rejects, IngestCounts counts)
      throws IOException {
    List<String> withoutSender = counts.filesWithoutSender();
    StringBuilder message = new StringBuilder();
    if (counts.hasBadFile()) {
      message.append("an input file cannot be read to its end");
    } else if (counts.rejected() > config.maxRejectRatio() * counts.rowsIn()) {
      message.append(
          String.format(
              Locale.ROOT,
              "%d of %d rows rejected, more than max-reject-ratio = %s allows",
              counts.rejected(),
              counts.rowsIn(),
              config.maxRejectRatio()));
    } else if (!withoutSender.isEmpty()) {
      throw new BadInputException(
          String.format(
              Locale.ROOT,
              "no row has the field of columns.sender-id in %d of the files, such as %s; name the"
                  + " field that tells who sent a row, or leave out files in which only the"
                  + " messenger wrote",
              withoutSender.size(),
              withoutSender.get(0)));
    } else {
      return;
    }
    Dataset<Row> first =
        rejects
            // Rejects of whole files come first; they have no row to hash.
            .orderBy(col("hash").isNotNull(), col("file"), col("row"), col("reason"))
            .limit(MAX_REJECTS_OF_FAILURE);
    job.write(first, "rejects");
    for (Row row : first.takeAsList(SHOWN_REJECTS)) {
      message.append(
          String.format(
              Locale.ROOT,
              "%n  %s row %d: %s (%s)",
              row.<String>getAs("file"),
              row.<Long>getAs("row"),
              row.<String>getAs("reason"),
              row.<String>getAs("rule")));
    }
    message.append(
        String.format(
            Locale.ROOT,
            "%n%s are in %s until the job is run again",
            counts.rejected() > MAX_REJECTS_OF_FAILURE
                ? "the first " + MAX_REJECTS_OF_FAILURE + " of " + counts.rejected() + " rejects"
                : "all rejects",
            job.outputPath("rejects")));
    throw new BadInputException(message.toString());
  }

  private static void requireMessages(IngestMessagesConfig config, IngestCounts counts) {
    if (counts.rowsOut() == 0) {
      throw new BadInputException(
          String.format(
              Locale.ROOT,
              "no message is left of %d rows of %s%s",
              counts.rowsIn(),
              String.join(", ", config.input()),
              counts.lostRowsByReason()));
    }
  }

  private static int numFiles(long rows, IngestMessagesConfig config) {
    return Math.toIntExact(Math.min(10_000, 1 + rows / config.messagesPerFile()));
  }

  /**
   * A layout that depends only on the rows: files by language, month and hash of the conversation,
   * each sorted.
   */
  private static Dataset<Row> layout(
      Dataset<Row> accepted, IngestMessagesConfig config, long rows) {
    Dataset<Row> dealt =
        accepted
            .drop("file", "row", "reason", "rule", "hash", "sender_name", RowIngester.STATED_NAMES)
            .withColumn("month", date_format(col("sent_at"), "yyyy-MM"))
            .repartition(numFiles(rows, config), col("conversation_id"));
    return (config.generatesMessageIds() ? GeneratedIds.makeUnique(dealt) : dealt)
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
