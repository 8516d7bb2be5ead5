package io.dialogbert.pretrain;

import io.dialogbert.common.BadInputException;
import io.dialogbert.dialogue.Splits;
import io.dialogbert.example.MaskingConfig;
import io.dialogbert.example.PretrainExample;
import io.dialogbert.frame.InputDirectory;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.text.piece.Vocabulary;
import io.dialogbert.train.Checkpoint;
import io.dialogbert.train.ExampleReader;
import io.dialogbert.train.HeldOutScoring;
import io.dialogbert.train.PretrainingTask;
import io.dialogbert.train.TrainingConfig;
import io.dialogbert.train.TrainingLoop;
import io.dialogbert.train.engine.BertEngine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** Pretrains an encoder by parameter averaging. */
public final class PretrainJob implements Job<PretrainConfig> {
  public static void main(String[] args) {
    JobMain.run(new PretrainJob(), args);
  }

  @Override
  public String name() {
    return "pretrain";
  }

  @Override
  public boolean reportsProgress() {
    return true;
  }

  @Override
  public PretrainConfig configure(ConfigReader in) {
    return PretrainConfig.read(in);
  }

  @Override
  public Lineage lineage(PretrainConfig config) {
    Lineage lineage =
        Lineage.to(config.output())
            .datasetOrDays("examples", config.examples(), "build-examples")
            .dataset("tokenizer", config.tokenizer(), "train-tokenizer", "import-model");
    return config
        .startFrom()
        .map(path -> lineage.dataset("start", path, learners()))
        .orElse(lineage);
  }

  @Override
  public void run(JobContext job, PretrainConfig config) throws IOException {
    SerializedTokenizer tokenizer = Tokenizers.load(job.directories(), config.tokenizer());
    Tokenizers.requireIdsOf(job, "examples", tokenizer);
    Vocabulary vocabulary = tokenizer.tokenizer().vocabulary();
    EncoderConfig encoder = config.encoder().withVocabSize(vocabulary.size());
    cap(job.settings("examples"), config.masking()).ifPresent(job::warn);
    TrainingConfig training = config.training();
    ComputationGraph graph =
        Graphs.create(PretrainingTask.model(encoder), training.settings(), job.seed());
    if (config.startFrom().isPresent()) {
      start(job, config.startFrom().get(), tokenizer, graph);
    }
    PretrainingTask task =
        new PretrainingTask(
            new BertEngine(graph.getConfiguration().toJson(), training.precision()),
            tokenizer,
            config.masking().withVocabSize(vocabulary.sizeWithoutSpares()),
            job.seed());
    List<ExampleReader.Part> parts = parts(job, Splits.TRAIN);
    HeldOutScoring<PretrainExample, PackedBatch> heldOut =
        new HeldOutScoring<>(
            job.sparkContext(),
            task,
            parts(job, Splits.VALIDATION),
            job.seed(),
            training.evaluationExamples());

    job.count("rows_in", parts.stream().mapToLong(ExampleReader.Part::rows).sum());
    TrainingLoop<PackedBatch> loop =
        new TrainingLoop<>(
            job,
            task,
            parts,
            graph,
            tokenizer,
            training,
            (network, numTasks) -> heldOut.score(network, numTasks).means());
    loop.save(loop.train()).forEach((name, value) -> job.figure("validation_" + name, value));
  }

  /**
   * A warning if the longest examples get fewer predictions than their share. Empty if the examples
   * have static masks: the number was fixed when they were made.
   *
   * @param made settings that the examples were made with
   */
  static Optional<String> cap(Map<String, String> made, MaskingConfig masking) {
    String length = made.get("build-examples.max-sequence-length");
    if (length == null || !made.getOrDefault("build-examples.static-masks", "0").equals("0")) {
      return Optional.empty();
    }
    // [CLS], and the [SEP] after each part, are not text.
    int frame = "full-sentences".equals(made.get("build-examples.pairing")) ? 2 : 3;
    return masking.cap(Integer.parseInt(length) - frame);
  }

  /**
   * Copies the parameters of another run's checkpoint. It may have fewer positions: the further
   * ones keep their initial values.
   */
  private static void start(
      JobContext job, String directory, SerializedTokenizer tokenizer, ComputationGraph graph)
      throws IOException {
    Checkpoint start = Checkpoint.load(job.directories(), directory);
    if (!start.tokenizer().sha256().equals(tokenizer.sha256())) {
      throw new BadInputException(
          "start-from must be of the same tokenizer: " + directory + " has another");
    }
    EncoderConfig had = Graphs.encoderConfig(start.graph());
    EncoderConfig has = Graphs.encoderConfig(graph);
    int positions = has.maxPositionEmbeddings();
    boolean grows = positions > had.maxPositionEmbeddings();
    if (!has.hasSizesOf(grows ? had.withMaxPositionEmbeddings(positions) : had)) {
      throw new BadInputException(
          "start-from must be of the same sizes, or of fewer positions: "
              + directory
              + " has "
              + had
              + ", pretrain.encoder is "
              + has);
    }
    Graphs.copyParameters(start.graph(), graph);
    if (grows) {
      job.warn(
          "start-from has %d of %d positions; numbers %d to %d are untrained, and only examples of that length train them"
              .formatted(
                  had.maxPositionEmbeddings(),
                  positions,
                  had.maxPositionEmbeddings() + 1,
                  positions));
    }
  }

  /** Names of the jobs that write a pretrained network. */
  public static String[] learners() {
    return new String[] {"pretrain", "distill-encoder", "import-model"};
  }

  /** The files of a split of the examples. */
  public static List<ExampleReader.Part> parts(JobContext job, String split) {
    List<ExampleReader.Part> parts = new ArrayList<>();
    for (InputDirectory part : job.inputs("examples")) {
      parts.addAll(ExampleReader.parts(part.path(), part.manifest(), "data/split=" + split));
    }
    if (parts.isEmpty()) {
      throw new BadInputException(
          "no examples in split "
              + split
              + " of "
              + job.inputPath("examples")
              + "; a larger corpus or ratio is needed");
    }
    return parts;
  }
}
