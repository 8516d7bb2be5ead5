package io.dialogbert.job.dialogue;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import com.typesafe.config.ConfigFactory;
import io.dialogbert.common.Days;
import io.dialogbert.dialogue.DropReason;
import io.dialogbert.frame.InputDirectory;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.OtherDays;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.table.MessageRows;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * A day that is added to the dialogues that are there. It takes over the sessions that the newest
 * day before it left open, unless another day has taken them, and leaves open what may go on after
 * it, unless a later day is there already.
 */
final class DialogueDay {
  /** The table of the messages of sessions that may go on. */
  static final String OPEN = "open";

  /** The table of the texts that may become broadcasts. */
  static final String SENT = "sent";

  private static final String MESSAGES = "messages";

  private static final StructType IDS =
      new StructType()
          .add("conversation_id", DataTypes.StringType)
          .add("message_id", DataTypes.StringType)
          .add("sent_at", DataTypes.TimestampType);

  private static final String[] ID = {"conversation_id", "message_id"};

  private final JobContext job;
  private final BuildDialoguesConfig config;
  private final LocalDate day;
  private final OtherDays others;
  private final SortedMap<LocalDate, InputDirectory> before;
  private final ZoneId zone;
  private long numRepeated;

  DialogueDay(JobContext job, BuildDialoguesConfig config) throws IOException {
    this.job = job;
    this.config = config;
    this.day = config.day().orElseThrow();
    this.others = OtherDays.of(job.directories(), config.output());
    this.before = others.madeBefore();
    this.zone = ZoneId.of(setting(job.input(MESSAGES), "day-zone"));
    others.requireAlike(job.plan(), Set.of("build-dialogues.dialogues-per-file"), Set.of());
  }

  /** Adds what a day is made of besides its messages: the days that were made before it. */
  static Lineage lineage(Lineage lineage, BuildDialoguesConfig config, Directories directories)
      throws IOException {
    LocalDate day = config.day().orElseThrow();
    SortedMap<LocalDate, InputDirectory> before =
        OtherDays.of(directories, config.output()).madeBefore();
    Lineage all = lineage;
    for (Map.Entry<LocalDate, InputDirectory> other : before.entrySet()) {
      all = all.manifest(OtherDays.inputName(other.getKey()), other.getValue().path());
    }
    Optional<InputDirectory> open = leftOpen(before, day);
    if (open.isPresent()) {
      all = all.manifest(OPEN, open.get().path());
    }
    Optional<Manifest> messages = directories.manifest(config.messages());
    for (LocalDate other : before.keySet()) {
      String path = messagesOf(config, other);
      Optional<Manifest> theirs = directories.manifest(path);
      if (messages.isPresent() && theirs.isPresent()) {
        boolean isLater = other.isAfter(day);
        LocalDate reach =
            isLater
                ? other.minusDays(lateness(theirs.get()))
                : day.minusDays(lateness(messages.get()));
        if (!reach.isAfter(isLater ? day : other)) {
          all = all.manifest(messagesName(other), path);
        }
      }
    }
    return all;
  }

  /** The newest day before this one, unless a day has taken over what it left open. */
  private static Optional<InputDirectory> leftOpen(
      SortedMap<LocalDate, InputDirectory> before, LocalDate day) {
    SortedMap<LocalDate, InputDirectory> older = before.headMap(day);
    if (older.isEmpty()) {
      return Optional.empty();
    }
    LocalDate newest = older.lastKey();
    boolean taken =
        before.values().stream()
            .flatMap(other -> other.manifest().inputs().stream())
            .anyMatch(
                input ->
                    input.name().equals(OPEN)
                        && Days.of(input.path()).filter(newest::equals).isPresent());
    return taken ? Optional.empty() : Optional.of(older.get(newest));
  }

  private static String messagesOf(BuildDialoguesConfig config, LocalDate other) {
    return Days.directory(new Path(config.messages()).getParent().toString(), other);
  }

  private static String messagesName(LocalDate other) {
    return MESSAGES + " " + OtherDays.inputName(other);
  }

  /** How many days a day's messages may be late, rounded up. */
  private static long lateness(Manifest messages) {
    // Durations are written as HOCON has them.
    Duration time =
        ConfigFactory.parseMap(Map.of("time", setting(messages, "max-lateness")))
            .getDuration("time");
    return time.plusDays(1).minusNanos(1).toDays();
  }

  private static String setting(Manifest messages, String name) {
    return messages.settings().get("ingest-messages." + name);
  }

  /** The end of the day, or the end of time if a later day is there, which takes nothing over. */
  Instant end() {
    return before.tailMap(day).isEmpty() ? Days.end(day, zone) : Instant.MAX;
  }

  /** The messages of the day that no other day has, and those of the sessions it takes over. */
  Dataset<Row> messages(Dataset<Row> own) throws IOException {
    if (!job.hasInput(OPEN)) {
      return own;
    }
    requireIntact(OPEN, OPEN);
    return own.union(job.read(List.of(OPEN), OPEN, MessageRows.SCHEMA));
  }

  /** The messages of the day, without those that another day has, too. */
  Dataset<Row> ownMessages() {
    Dataset<Row> all = job.read(List.of(MESSAGES), "data", MessageRows.SCHEMA);
    List<String> earlier = messagesOf(before.headMap(day));
    List<String> later = messagesOf(before.tailMap(day));
    // Only late messages can be of two days.
    Dataset<Row> late = all.filter(col("sent_at").lt(lit(day.atStartOfDay(zone).toInstant())));
    Dataset<Row> lateElsewhere =
        job.read(later, "data", IDS).filter(col("sent_at").lt(lit(Days.end(day, zone))));
    Dataset<Row> repeated =
        late.select("conversation_id", "message_id")
            .join(job.read(earlier, "data", IDS), ID, "left_semi")
            .union(lateElsewhere.select("conversation_id", "message_id"))
            .distinct()
            .persist(StorageLevel.DISK_ONLY());
    numRepeated = all.join(repeated, ID, "left_semi").count();
    return numRepeated == 0 ? all : all.join(repeated, ID, "left_anti");
  }

  private List<String> messagesOf(SortedMap<LocalDate, InputDirectory> days) {
    return days.keySet().stream().map(DialogueDay::messagesName).filter(job::hasInput).toList();
  }

  /**
   * Writes what later days need, and counts what the day took over.
   *
   * @param own the day's own messages
   * @param sessions as {@link SessionRows}
   * @param dialogues what the day adds
   */
  void write(Dataset<Row> own, Dataset<Row> sessions, Dataset<Row> dialogues) {
    long numOpen = job.count("messages_left_open");
    job.count("rows_in", job.count("rows_in") + numRepeated);
    job.count("messages_taken_over", job.hasInput(OPEN) ? job.rows(OPEN, OPEN) : 0);
    if (numRepeated > 0) {
      String repeated = "dropped." + DropReason.REPEATED_ID.label();
      job.count(repeated, job.count(repeated) + numRepeated);
    }
    write(SessionRows.open(sessions), OPEN, numOpen, MessageRows.SCHEMA.fieldNames());
    write(
        BroadcastMessages.sent(own, config.minBroadcastLength()),
        SENT,
        job.rows(MESSAGES, "data"),
        BroadcastMessages.SENT.fieldNames());
    Dataset<Row> texts =
        dialogues.select(col("dialogue_id"), col("lang"), EarlierDialogues.text().as("text"));
    write(
        EarlierDialogues.hashes(texts, config.duplicates()),
        EarlierDialogues.TABLE,
        job.count("rows_out"),
        "dialogue_id");
  }

  /** In a layout that depends only on the rows. The first column deals them out to files. */
  private void write(Dataset<Row> rows, String table, long numRows, String... order) {
    Column[] columns = Stream.of(order).map(name -> col(name)).toArray(Column[]::new);
    job.write(
        rows.repartition(BuildDialoguesJob.numFiles(numRows, config), columns[0])
            .sortWithinPartitions(columns),
        table);
  }

  private List<String> earlier(String table) throws IOException {
    List<String> names = new ArrayList<>();
    for (LocalDate other : before.keySet()) {
      String name = OtherDays.inputName(other);
      if (job.rows(name, table) > 0) {
        requireIntact(name, table);
        names.add(name);
      }
    }
    return names;
  }

  private void requireIntact(String name, String table) throws IOException {
    job.requireIntact(
        name,
        job.inputPath(name),
        job.input(name).files().stream()
            .filter(file -> file.path().startsWith(table + "/"))
            .toList());
  }

  /** The texts that earlier days keep because they may become broadcasts. */
  Optional<Dataset<Row>> sent() throws IOException {
    List<String> days = earlier(SENT);
    return days.isEmpty()
        ? Optional.empty()
        : Optional.of(job.read(days, SENT, BroadcastMessages.SENT));
  }

  /** The dialogues of the days that were made before; empty if these have none. */
  Optional<EarlierDialogues> dialogues() throws IOException {
    List<String> days = earlier(EarlierDialogues.TABLE);
    return days.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new EarlierDialogues(job, days, date -> OtherDays.inputName(LocalDate.parse(date))));
  }
}
