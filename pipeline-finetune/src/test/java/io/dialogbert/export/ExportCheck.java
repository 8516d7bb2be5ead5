package io.dialogbert.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.finetune.train.FinetuneJob;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.StubJob;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.dl4j.InferenceModel;
import io.dialogbert.model.dl4j.TrainingSettings;
import io.dialogbert.model.head.ClassLoss;
import io.dialogbert.model.head.ClassSet;
import io.dialogbert.model.head.CosentLoss;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.Loss;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.head.ScoreLoss;
import io.dialogbert.model.head.SpanLoss;
import io.dialogbert.model.head.Weight;
import io.dialogbert.model.kernel.Precision;
import io.dialogbert.sample.SampleConfig;
import io.dialogbert.sample.SampleCorpus;
import io.dialogbert.task.Layout;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.task.Turns;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.text.Tokenizer;
import io.dialogbert.text.TokenizerMethod;
import io.dialogbert.text.TokenizerSettings;
import io.dialogbert.text.morpheme.MecabDictionary;
import io.dialogbert.text.normalize.Normalizer;
import io.dialogbert.text.piece.SpareTokens;
import io.dialogbert.text.segment.TrainingSegmenter;
import io.dialogbert.text.train.TrainerConfig;
import io.dialogbert.train.Checkpoint;
import io.dialogbert.train.PretrainingTask;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.schedule.FixedSchedule;

/**
 * Networks of random parameters, one for each class of transformers and each method of cutting
 * text, exported, with what this program says of made-up messages: bin/export-test compares it with
 * what stock libraries say.
 */
final class ExportCheck {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> SYMBOLS = List.of("[PHONE]", "[URL]");
  private static final int NUM_TRAINED = 2000;
  private static final int NUM_EXAMPLES = 24;
  private static final int VOCAB_SIZE = 1600;
  private static final int POSITIONS = 48;

  private static final List<String> ENGLISH =
      List.of(
          "What would you like for dinner?",
          "Let's meet at half past six, in front of the station.",
          "I don't think so...",
          "The train was late again; nobody told us why.",
          "Could you send me the file (the one from yesterday)?",
          "It costs $12.50, or about 10% less on Mondays!",
          "An unfathomably long word: antidisestablishmentarianism.",
          "See https://example.org/a_b?c=d#e",
          "she said \"yes\" & left @ noon",
          "HELLO world",
          "東京 is a city of Japan.",
          "ok");

  /** A made-up message. */
  private record Line(String lang, String text) {}

  /** A network to be exported. */
  private record Case(
      String name,
      TokenizerMethod method,
      Optional<TaskSpec> spec,
      boolean isPair,
      int numHeads,
      List<Head> heads,
      List<Loss> losses) {}

  private final Path directory;
  private final Map<String, MecabDictionary> dictionaries;
  private final List<Line> lines = new ArrayList<>();

  private ExportCheck(Path directory, Map<String, MecabDictionary> dictionaries, int numLines)
      throws IOException {
    this.directory = directory;
    this.dictionaries = dictionaries;
    Iterator<String> all =
        new SampleCorpus(new SampleConfig(Math.max(numLines, NUM_TRAINED), 7, 0.2, 1, 0)).lines(0);
    while (all.hasNext()) {
      JsonNode message = JSON.readTree(all.next());
      lines.add(new Line(message.path("lang").asText(), message.path("text").asText()));
    }
    lines.add(new Line("ko", "ㅋㅋㅋㅋㅋ [PHONE]로 연락줘!!! ＡＢＣ 10000원 ㅠ_ㅠ [SEP] [MASK]"));
    lines.add(new Line("ko", "  각\u200b👨\u200d👩\u200d👧 é\u0301 ﾊﾛｰ ￡ ﾡ 뷁\n다음 줄  "));
    lines.add(new Line("ja", "今日は〜いい天気ですね。。。がﾞ ①②"));
    lines.add(new Line("ko", ""));
  }

  /**
   * Writes a directory for each network, and beside it what is expected of it; and what this
   * program makes of English lines with a published BERT of sentence vectors.
   *
   * @param args the directory; the number of lines to cut; a Korean MeCab dictionary; the directory
   *     of that BERT
   */
  public static void main(String[] args) throws IOException {
    ExportCheck check =
        new ExportCheck(
            Path.of(args[0]), Map.of("ko", MecabDictionary.in(args[2])), Integer.parseInt(args[1]));
    check.importModel(args[3]);
    for (Case each : cases()) {
      check.make(each);
    }
  }

  /** Sentence vectors of an imported BERT. */
  private void importModel(String model) throws IOException {
    Path imported = directory.resolve("imported-checkpoint");
    JobRun run =
        JobRun.of(
            new ImportModelJob(), "import-model.model=" + model, "import-model.output=" + imported);
    if (run.exitCode() != JobMain.DONE) {
      throw new IllegalStateException(run.printed());
    }
    Checkpoint checkpoint =
        Checkpoint.load(new Directories(new Configuration()), imported.toString());
    Tokenizer tokenizer = checkpoint.tokenizer().tokenizer();
    Layout layout = new Layout(64, 1, false);
    PackedBatch.Builder batch = PackedBatch.builder();
    ObjectNode expected = JSON.createObjectNode().put("model", model);
    ArrayNode texts = expected.putArray("texts");
    for (String line : ENGLISH) {
      int[] ids = tokenizer.encode(line, "ko");
      ArrayNode pieces = texts.addObject().put("text", line).putArray("pieces");
      IntStream.of(ids).forEach(id -> pieces.add(tokenizer.vocabulary().piece(id)));
      Tasks.add(batch, layout.of(ids));
    }
    float[][] vectors =
        InferenceModel.of(checkpoint.graph(), List.of(Head.meanVector("vector")), Precision.FLOAT32)
            .predict(batch.build(), "vector");
    write(directory.resolve("imported.floats"), vectors);
    Files.writeString(directory.resolve("imported.expected"), expected.toString());
  }

  private static Head head(String name, Head.Pooling pooling, int outputs, boolean dropout) {
    return new Head(
        name, pooling, Head.Projection.LINEAR, ClassSet.unnamed(name, outputs), dropout);
  }

  private static List<Case> cases() {
    EncoderConfig any = encoder(VOCAB_SIZE, 4);
    ModelConfig pretraining = PretrainingTask.model(any);
    Layout contexts = new Layout(24, 3, true);
    List<TaskSpec.ClassName> classes =
        List.of(
            new TaskSpec.ClassName("ko", "응"),
            new TaskSpec.ClassName("ja", "うん"),
            new TaskSpec.ClassName("ja", "응"));
    return List.of(
        new Case(
            "pretraining",
            TokenizerMethod.MORPHEME_SUBWORD,
            Optional.empty(),
            true,
            4,
            pretraining.heads(),
            pretraining.losses()),
        new Case(
            "masked-lm",
            TokenizerMethod.MORPHEME,
            Optional.empty(),
            false,
            4,
            pretraining.heads().subList(0, 1),
            pretraining.losses().subList(0, 1)),
        new Case(
            "classes",
            TokenizerMethod.SUBWORD,
            Optional.of(
                new TaskSpec(
                    "reactions", TaskSpec.Kind.REACTIONS, contexts, classes, TaskSpec.Range.NONE)),
            false,
            4,
            List.of(Head.classifier(Head.CLASSIFIER, ClassSet.unnamed("reactions", 3))),
            List.of(new ClassLoss("", Head.CLASSIFIER, Weight.ONE))),
        new Case(
            "scores",
            TokenizerMethod.WORDPIECE,
            Optional.of(
                new TaskSpec(
                    "similarity",
                    TaskSpec.Kind.PAIR_SCORES,
                    new Layout(20, 1, false),
                    List.of(),
                    new TaskSpec.Range(0, 5))),
            true,
            4,
            List.of(Head.score("score")),
            List.of(new ScoreLoss("", "score", Weight.ONE))),
        new Case(
            "pairs",
            TokenizerMethod.MORPHEME_TAG,
            Optional.of(
                new TaskSpec(
                    "paraphrases",
                    TaskSpec.Kind.PAIR_CLASSES,
                    new Layout(32, 1, false, true),
                    classes,
                    TaskSpec.Range.NONE)),
            true,
            3,
            List.of(Head.classifier(Head.CLASSIFIER, ClassSet.unnamed("paraphrases", 3))),
            List.of(new ClassLoss("", Head.CLASSIFIER, Weight.ONE))),
        new Case(
            "vectors",
            TokenizerMethod.MORPHEME_SUBWORD,
            Optional.of(
                new TaskSpec(
                    "replies", TaskSpec.Kind.REPLIES, contexts, List.of(), TaskSpec.Range.NONE)),
            false,
            4,
            List.of(Head.meanVector("vector")),
            List.of(new CosentLoss("", "vector", Weight.ONE, 20))),
        new Case(
            "tags",
            TokenizerMethod.CHARACTER,
            Optional.empty(),
            false,
            4,
            List.of(head("tags", Head.Pooling.TOKENS, 5, true)),
            List.of(new ClassLoss("", "tags", Weight.ONE))),
        new Case(
            "spans",
            TokenizerMethod.SPACE,
            Optional.empty(),
            true,
            4,
            List.of(Head.span("span")),
            List.of(new SpanLoss("", "span", Weight.ONE))));
  }

  private static EncoderConfig encoder(int vocabSize, int numHeads) {
    return new EncoderConfig(
        32, 2, numHeads, 8, 48, vocabSize, POSITIONS, 2, 2, 0.1, 0.1, 0.02, 1e-12);
  }

  private void make(Case each) throws IOException {
    SerializedTokenizer tokenizer = tokenizer(each.method());
    EncoderConfig encoder = encoder(tokenizer.tokenizer().vocabulary().size(), each.numHeads());
    List<Head> heads =
        each.heads().stream()
            .map(head -> head.name().equals(Head.MASKED_LM) ? Head.maskedLm(encoder) : head)
            .toList();
    ComputationGraph graph =
        Graphs.create(
            new ModelConfig(encoder, heads, each.losses()),
            new TrainingSettings(
                new FixedSchedule(0.01),
                0.01,
                0.9,
                0.999,
                1e-6,
                1,
                TrainingSettings.Optimizer.ADAMW),
            1);
    randomize(graph);
    Path checkpoint = directory.resolve(each.name() + "-checkpoint");
    new StubJob<>(
            new FinetuneJob(),
            job -> {
              new Checkpoint(graph, tokenizer, 0).save(job.directories(), job.output());
              if (each.spec().isPresent()) {
                Tasks.save(job, each.spec().get());
              }
            })
        .make("checkpoint=unread", "task-data=unread", "output=" + checkpoint);
    Path exported = directory.resolve(each.name());
    JobRun run =
        JobRun.of(
            new ExportModelJob(),
            "export-model.checkpoint=" + checkpoint,
            "export-model.output=" + exported,
            "export-model.formats=[huggingface, onnx]",
            "export-model.data-licenses=[\"none: made up\"]");
    if (run.exitCode() != JobMain.DONE) {
      throw new IllegalStateException(run.printed());
    }
    expect(each, tokenizer, InferenceModel.of(graph, Precision.FLOAT32), heads);
  }

  /** Parameters of a size that makes all parts of the network matter. */
  private static void randomize(ComputationGraph graph) {
    Random random = new Random(3);
    float[] values = new float[(int) graph.numParams()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (0.2 * random.nextGaussian());
    }
    graph.params().assign(Nd4j.createFromArray(values).reshape(graph.params().shape()));
  }

  private SerializedTokenizer tokenizer(TokenizerMethod method) {
    TokenizerSettings settings =
        new TokenizerSettings(
            method, new Normalizer(3, method == TokenizerMethod.WORDPIECE), SYMBOLS, dictionaries);
    TrainingSegmenter segmenter = settings.trainingSegmenter();
    Map<String, Long> counts = new HashMap<>();
    for (Line line : lines.subList(0, NUM_TRAINED)) {
      segmenter
          .segments(line.text(), line.lang())
          .forEach(word -> counts.merge(word, 1L, Long::sum));
    }
    boolean bytes = method == TokenizerMethod.SUBWORD;
    TrainerConfig config =
        new TrainerConfig(
            VOCAB_SIZE, 16, 16, 0.97, bytes, SYMBOLS, new TrainerConfig.Unigram(20_000, 0.75, 2));
    return SerializedTokenizer.of(
        SpareTokens.appendTo(method.trainer(config).train(counts)), settings);
  }

  private void expect(
      Case each, SerializedTokenizer tokenizer, InferenceModel model, List<Head> heads)
      throws IOException {
    ObjectNode expected = JSON.createObjectNode();
    ArrayNode texts = expected.putArray("texts");
    for (Line line : lines) {
      ObjectNode text = texts.addObject().put("lang", line.lang()).put("text", line.text());
      ids(text.putArray("ids"), tokenizer.tokenizer().encode(line.text(), line.lang()));
    }
    Layout layout =
        each.spec().map(TaskSpec::layout).orElse(new Layout(POSITIONS, POSITIONS, true));
    PackedBatch.Builder batch = PackedBatch.builder();
    ArrayNode examples = expected.putArray("examples");
    for (int i = 0; examples.size() < NUM_EXAMPLES; i += 4) {
      List<Line> turns = lines.subList(i, i + 1 + i / 4 % 4);
      Line pair = lines.get(i + 5);
      ObjectNode example = examples.addObject();
      String lang = turns.get(0).lang();
      example.put("lang", lang);
      example
          .putArray("turns")
          .addAll(turns.stream().map(t -> JSON.getNodeFactory().textNode(t.text())).toList());
      int[] first =
          Turns.join(
              turns.stream().map(turn -> tokenizer.tokenizer().encode(turn.text(), lang)).toList());
      int[] second = tokenizer.tokenizer().encode(pair.text(), lang);
      if (first.length == 0 || second.length == 0) {
        examples.remove(examples.size() - 1);
        continue;
      }
      if (each.isPair()) {
        example.put("pair", pair.text());
      }
      Layout.Sequence sequence = each.isPair() ? layout.of(first, second) : layout.of(first);
      ids(example.putArray("input_ids"), sequence.inputIds());
      ids(example.putArray("segment_ids"), sequence.segmentIds());
      ids(example.putArray("turn_ids"), sequence.turnIds());
      Tasks.add(batch, sequence);
    }
    PackedBatch packed = batch.build();
    ObjectNode outputs = expected.putObject("outputs");
    for (Head head : heads) {
      float[][] rows = model.predict(packed, head.name());
      outputs.putArray(head.name()).add(rows.length).add(rows[0].length);
      write(directory.resolve(each.name() + "-" + head.name() + ".floats"), rows);
    }
    JSON.writeValue(directory.resolve(each.name() + ".json").toFile(), expected);
  }

  private static void write(Path file, float[][] rows) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(rows.length * rows[0].length * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    for (float[] row : rows) {
      for (float value : row) {
        bytes.putFloat(value);
      }
    }
    Files.write(file, bytes.array());
  }

  private static void ids(ArrayNode array, int[] ids) {
    for (int id : ids) {
      array.add(id);
    }
  }
}
