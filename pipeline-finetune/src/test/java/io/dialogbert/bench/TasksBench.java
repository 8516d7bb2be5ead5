package io.dialogbert.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.report.TextTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What small encoders reach on the tasks of the Dialog-BERT talk, or on classes of single texts and
 * pairs: not pretrained, pretrained on written text, and pretrained on dialogues, next to what an
 * RNN and word overlap reach on the same rows. Everything is made by the project's own jobs with
 * the settings of {@code conf/tasks}, and kept under {@code work/tasks}; existing outputs are not
 * made again.
 */
final class TasksBench {
  private static final String CONF = "tasks.conf";
  private static final int NUM_SEEDS =
      Integer.parseInt(System.getenv().getOrDefault("DIALOGBERT_BENCH_SEEDS", "3"));

  /** As wide as the encoders: a vector of 256. */
  private static final int RNN_SIZE = 128;

  private static final double RNN_LEARNING_RATE = 2e-3;

  /** What learns a task: an RNN, or an encoder and what it has read before. */
  private enum Network {
    RNN("RNN"),
    NONE("not pretrained"),
    WRITTEN("written text"),
    DIALOGUE("dialogues");

    private final String says;

    Network(String says) {
      this.says = says;
    }
  }

  /** Tasks that are reported together; the arguments of the program have their names. */
  private enum Table {
    /** The talk's. */
    TASKS,
    /** Sentiment, intent, inference and yes/no questions. */
    TEXTS
  }

  /** Where a task's examples come from. */
  private enum Source {
    FILES,
    DIALOGUES
  }

  /** Tasks, each with its configuration in {@code conf/tasks}. */
  private enum Task {
    QUESTION_PAIR(Table.TASKS, Source.FILES),
    KORSTS(Table.TASKS, Source.FILES),
    JSTS(Table.TASKS, Source.FILES),
    PARAKQC(Table.TASKS, Source.FILES),
    REPLIES(Table.TASKS, Source.DIALOGUES),
    REACTIONS(Table.TASKS, Source.DIALOGUES),
    NSMC(Table.TEXTS, Source.FILES),
    SENTINEG(Table.TEXTS, Source.FILES),
    INTENT(Table.TEXTS, Source.FILES),
    STYLEKQC_ACT(Table.TEXTS, Source.FILES),
    STYLEKQC_TOPIC(Table.TEXTS, Source.FILES),
    SAE4K(Table.TEXTS, Source.FILES),
    KORNLI(Table.TEXTS, Source.FILES),
    BOOLQ(Table.TEXTS, Source.FILES);

    private final Table table;
    private final Source source;

    Task(Table table, Source source) {
      this.table = table;
      this.source = source;
    }

    static List<Task> of(Table table) {
      return Stream.of(values()).filter(task -> task.table == table).toList();
    }

    String id() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    String conf() {
      return "tasks/" + id() + ".conf";
    }
  }

  /**
   * A figure of a task's test split.
   *
   * @param must lower bound for the encoder pretrained on dialogues, in percent; null for none
   * @param shows whether pretraining on dialogues must lead by two points, with seeds apart
   */
  private record Row(Task task, String figure, String says, Double must, boolean shows) {}

  private static final List<Row> ROWS =
      List.of(
          new Row(Task.QUESTION_PAIR, "accuracy", "question_pair accuracy", 90.0, true),
          new Row(Task.KORSTS, "spearman", "KorSTS (dev) Spearman", 77.0, false),
          new Row(Task.JSTS, "pearson", "JSTS Pearson", 82.0, false),
          new Row(Task.JSTS, "spearman", "JSTS Spearman", 77.0, false),
          new Row(Task.PARAKQC, "auroc", "paraKQC hard pairs AUROC", 72.0, false),
          new Row(Task.REPLIES, "ko_r100_at_1", "reply R@1 of 100, ko", 26.0, true),
          new Row(Task.REPLIES, "ja_r100_at_1", "reply R@1 of 100, ja", 15.0, true),
          new Row(Task.REPLIES, "ko_ndcg_at_10", "reply NDCG@10, ko", null, false),
          new Row(Task.REPLIES, "ja_ndcg_at_10", "reply NDCG@10, ja", null, false),
          new Row(Task.REACTIONS, "ko_accuracy", "reaction top-1, ko", 33.0, true),
          new Row(Task.REACTIONS, "ja_accuracy", "reaction top-1, ja", null, true),
          new Row(Task.REACTIONS, "ko_top3_accuracy", "reaction top-3, ko", null, false),
          new Row(Task.REACTIONS, "ja_top3_accuracy", "reaction top-3, ja", null, false),
          new Row(Task.NSMC, "accuracy", "NSMC accuracy", 88.0, false),
          new Row(Task.SENTINEG, "accuracy", "SentiNeg accuracy", null, false),
          new Row(Task.INTENT, "accuracy", "3i4k accuracy", null, false),
          new Row(Task.INTENT, "weighted_f1", "3i4k weighted F1", 88.5, false),
          new Row(Task.STYLEKQC_ACT, "accuracy", "StyleKQC act accuracy", 96.5, false),
          new Row(Task.STYLEKQC_TOPIC, "accuracy", "StyleKQC topic accuracy", 95.0, false),
          new Row(Task.SAE4K, "accuracy", "SAE4K accuracy", 94.5, false),
          // Not learnable from a few thousand pairs.
          new Row(Task.KORNLI, "accuracy", "XNLI ko accuracy", null, false),
          new Row(Task.BOOLQ, "accuracy", "BoolQ accuracy", null, false));

  private final TableJobs jobs = new TableJobs("work/tasks");
  private final Path work = jobs.work();
  private final Path ofFloors = work.resolve("floors");
  private final ObjectNode floors = new ObjectMapper().createObjectNode();
  private final Table made;
  private final BenchReport report;

  private TasksBench(Table made) {
    this.made = made;
    report = new BenchReport(made.name().toLowerCase(Locale.ROOT));
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    System.exit(new TasksBench(Table.valueOf(args[0].toUpperCase(Locale.ROOT))).make());
  }

  private int make() throws IOException, InterruptedException {
    if (made == Table.TASKS) {
      // Writes pairs that a task is made of.
      floors("pairs", TableJobs.data(), ofFloors);
      prepare();
      floors("dialogues", ofFloors, taskData(Task.REPLIES), taskData(Task.REACTIONS));
    } else {
      prepare();
      List<Path> paths = new ArrayList<>(List.of(ofFloors));
      for (Task task : Task.of(made)) {
        paths.add(taskData(task));
      }
      floors("texts", paths.toArray(Path[]::new));
    }
    TextTable table =
        new TextTable(
            "figure, %",
            "majority", "overlap", "RNN", "not pretrained", "written text", "dialogues");
    for (Row row : ROWS.stream().filter(row -> row.task().table == made).toList()) {
      Map<Network, Manifest> runs = new EnumMap<>(Network.class);
      for (Network network : Network.values()) {
        runs.put(network, finetuned(row.task(), network));
      }
      double floor = floors.get(row.task().id()).get(row.figure()).asDouble();
      Double majority =
          runs.get(Network.DIALOGUE).figures().get("baseline_most_frequent_class_accuracy");
      boolean hasMajority = majority != null && row.figure().equals("accuracy");
      table.row(
          row.says(),
          hasMajority ? String.format(Locale.ROOT, "%.1f", 100 * majority) : "-",
          String.format(Locale.ROOT, "%.1f", floor),
          show(runs.get(Network.RNN), row),
          show(runs.get(Network.NONE), row),
          show(runs.get(Network.WRITTEN), row),
          show(runs.get(Network.DIALOGUE), row));
      for (Network network : Network.values()) {
        report.add(
            row.says() + ": " + network.says,
            percent(runs.get(network), row, "_mean"),
            "%",
            network == Network.DIALOGUE ? row.must() : null,
            null);
      }
      if (row.shows()) {
        report.add(
            row.says() + ": dialogues over not pretrained",
            percent(runs.get(Network.DIALOGUE), row, "_mean")
                - percent(runs.get(Network.NONE), row, "_mean"),
            "points",
            2.0,
            null);
        report.add(
            "  lowest of dialogues over highest of not pretrained",
            percent(runs.get(Network.DIALOGUE), row, "_lowest")
                - percent(runs.get(Network.NONE), row, "_highest"),
            "points",
            0.0,
            null);
      }
    }
    System.out.printf("%n%d seeds: mean (lowest to highest)%n%s", NUM_SEEDS, table.render());
    return report.print();
  }

  private static String show(Manifest run, Row row) {
    return String.format(
        Locale.ROOT,
        "%.1f (%.1f to %.1f)",
        percent(run, row, "_mean"),
        percent(run, row, "_lowest"),
        percent(run, row, "_highest"));
  }

  private static double percent(Manifest run, Row row, String statistic) {
    return 100 * run.figures().get("test_" + row.figure() + statistic);
  }

  /** A task's networks, one per seed. */
  private Manifest finetuned(Task task, Network network) throws IOException, InterruptedException {
    List<String> settings = new ArrayList<>();
    settings.add("finetune.num-seeds=" + NUM_SEEDS);
    settings.add("finetune.task-data=" + taskData(task));
    if (network == Network.RNN) {
      settings.add("finetune.rnn.hidden-size=" + RNN_SIZE);
      settings.add("finetune.rnn.tokenizer=" + work.resolve("tokenizer"));
      settings.add("finetune.training.learning-rate=" + RNN_LEARNING_RATE);
    } else {
      settings.add(
          "finetune.checkpoint=" + (task == Task.JSTS ? adapted(network) : pretrained(network)));
    }
    return jobs.run(
        task.conf(),
        "finetune",
        work.resolve("finetuned-" + task.id() + "-" + network.name().toLowerCase(Locale.ROOT)),
        settings.toArray(String[]::new));
  }

  private Path taskData(Task task) throws IOException, InterruptedException {
    Path output = work.resolve("data-" + task.id());
    List<String> settings = new ArrayList<>();
    if (task.source == Source.DIALOGUES) {
      Path reactions = work.resolve("reactions");
      jobs.run(
          CONF,
          "mine-reactions",
          reactions,
          "mine-reactions.dialogues=" + work.resolve("dialogues"));
      settings.add("build-task-data.dialogues=" + work.resolve("dialogues"));
      settings.add("build-task-data.reactions=" + reactions);
    }
    jobs.run(task.conf(), "build-task-data", output, settings.toArray(String[]::new));
    return output;
  }

  private Path pretrained(Network encoder) throws IOException, InterruptedException {
    Path output = work.resolve("pretrained-" + encoder.name().toLowerCase(Locale.ROOT));
    boolean isWritten = encoder == Network.WRITTEN;
    List<String> settings = new ArrayList<>();
    settings.add("pretrain.examples=" + work.resolve(isWritten ? "examples-written" : "examples"));
    if (encoder == Network.NONE) {
      // One step, which changes a parameter by a billionth at most.
      settings.addAll(
          List.of(
              "pretrain.training.num-steps=1",
              "pretrain.training.warmup-steps=1",
              "pretrain.training.learning-rate=1e-9",
              "pretrain.training.weight-decay=0"));
    }
    jobs.run(CONF, "pretrain", output, settings.toArray(String[]::new));
    return output;
  }

  /**
   * The encoder after a little more pretraining on the captions of the training split, since
   * dialogues have none (Gururangan et al. 2020, section 4: task-adaptive pretraining).
   */
  private Path adapted(Network encoder) throws IOException, InterruptedException {
    Path raw = work.resolve("raw/captions.jsonl.gz");
    Path messages = work.resolve("messages-captions");
    Path dialogues = work.resolve("dialogues-captions");
    Path examples = work.resolve("examples-captions");
    DomainCorpora.writeCaptions(TableJobs.data(), raw);
    jobs.run(CONF, "ingest-messages", messages, "ingest-messages.input=[\"" + raw + "\"]");
    jobs.run(CONF, "build-dialogues", dialogues, "build-dialogues.messages=" + messages);
    jobs.run(CONF, "build-examples", examples, "build-examples.dialogues=" + dialogues);
    Path output = work.resolve("adapted-" + encoder.name().toLowerCase(Locale.ROOT));
    jobs.run(
        CONF,
        "pretrain",
        output,
        "pretrain.examples=" + examples,
        "pretrain.start-from=" + pretrained(encoder),
        "pretrain.training.num-steps=1000",
        "pretrain.training.warmup-steps=100",
        "pretrain.training.learning-rate=5e-4");
    return output;
  }

  /** Reads what the floors' program found, after running it if its result is not there. */
  private void floors(String command, Path... paths) throws IOException, InterruptedException {
    Path result = ofFloors.resolve(command + ".json");
    if (!Files.exists(result)) {
      List<String> line =
          new ArrayList<>(
              List.of(
                  System.getProperty("bench.python"),
                  System.getProperty("bench.root")
                      + "/pipeline-finetune/src/test/python/task_floors.py",
                  command));
      Stream.of(paths).map(Path::toString).forEach(line::add);
      int status = new ProcessBuilder(line).inheritIO().start().waitFor();
      if (status != 0) {
        throw new IllegalStateException("task_floors.py gave exit code " + status);
      }
    }
    floors.setAll((ObjectNode) new ObjectMapper().readTree(result.toFile()));
  }

  /** Dialogues and written text, one vocabulary for both, and pretraining's examples of either. */
  private void prepare() throws IOException, InterruptedException {
    jobs.writeKey();
    Path messages = work.resolve("messages");
    Path dialogues = work.resolve("dialogues");
    jobs.run(CONF, "ingest-messages", messages);
    jobs.run(CONF, "build-dialogues", dialogues, "build-dialogues.messages=" + messages);
    DomainCorpora.write(TableJobs.data(), work.resolve("raw"));
    Path written = work.resolve("messages-written");
    Path documents = work.resolve("dialogues-written");
    jobs.run(
        CONF,
        "ingest-messages",
        written,
        "ingest-messages.input=[\"" + work.resolve("raw/written.jsonl.gz") + "\"]");
    jobs.run(CONF, "build-dialogues", documents, "build-dialogues.messages=" + written);
    jobs.run(
        CONF,
        "train-tokenizer",
        work.resolve("tokenizer"),
        "train-tokenizer.dialogues=" + dialogues);
    jobs.run(
        CONF, "build-examples", work.resolve("examples"), "build-examples.dialogues=" + dialogues);
    jobs.run(
        CONF,
        "build-examples",
        work.resolve("examples-written"),
        "build-examples.dialogues=" + documents);
  }
}
