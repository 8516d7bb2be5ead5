package io.dialogbert.pretrain;

import io.dialogbert.common.BadInputException;
import io.dialogbert.common.ConfigReader;
import io.dialogbert.common.Job;
import io.dialogbert.common.JobContext;
import io.dialogbert.common.JobMain;
import io.dialogbert.common.Lineage;
import io.dialogbert.dialogue.Splits;
import io.dialogbert.example.PretrainExample;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PretrainingModel;
import io.dialogbert.model.PretrainingScore;
import io.dialogbert.preprocess.Tokenizers;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.train.AveragingTrainer;
import io.dialogbert.train.Checkpoint;
import io.dialogbert.train.Dl4jTrainer;
import io.dialogbert.train.ExampleReader;
import io.dialogbert.train.MetricsLog;
import io.dialogbert.train.PretrainingTask;
import io.dialogbert.train.Progress;
import io.dialogbert.train.TrainerState;
import io.dialogbert.train.TrainingConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
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
  public PretrainConfig configure(ConfigReader in) {
    return PretrainConfig.read(in);
  }

  @Override
  public Lineage lineage(PretrainConfig config) {
    return Lineage.to(config.output())
        .dataset("examples", config.examples())
        .dataset("tokenizer", config.tokenizer());
  }

  @Override
  public void run(JobContext job, PretrainConfig config) throws IOException {
    SerializedTokenizer tokenizer = Tokenizers.load(job.directories(), config.tokenizer());
    Tokenizers.requireIdsOf(job.directories(), job.inputPath("examples"), tokenizer);
    int vocabSize = tokenizer.tokenizer().vocabulary().size();
    EncoderConfig encoder = config.encoder().withVocabSize(vocabSize);
    TrainingConfig training = config.training();
    ComputationGraph graph = PretrainingModel.create(encoder, training.settings(), job.seed());
    PretrainingTask task =
        new PretrainingTask(
            graph.getConfiguration().toJson(),
            tokenizer,
            config.masking().withVocabSize(vocabSize),
            job.seed());
    List<ExampleReader.Part> parts = parts(job, config.examples(), Splits.TRAIN);
    ExampleReader<PretrainExample> validation =
        new ExampleReader<>(
            job.spark().sparkContext().hadoopConfiguration(),
            parts(job, config.examples(), Splits.VALIDATION),
            task,
            job.seed());
    HeldOut heldOut = new HeldOut(task, validation, training.evaluationExamples());

    MetricsLog metrics = new MetricsLog();
    Progress progress = new Progress(metrics, training);
    PretrainingScore before = heldOut.score(graph);
    progress.evaluation(0, HeldOut.values(before));
    AveragingTrainer<PretrainExample> trainer =
        new AveragingTrainer<>(job.sparkContext(), task, parts, training, job.seed());
    TrainerState end =
        trainer.train(
            Dl4jTrainer.state(graph),
            (step, round) -> {
              progress.round(step, round);
              if (training.isEvaluationDue(step)) {
                Dl4jTrainer.load(graph, round.state());
                evaluate(heldOut, graph, progress, step);
              }
            });
    Dl4jTrainer.load(graph, end);
    PretrainingScore after = evaluate(heldOut, graph, progress, end.step());

    job.count("rows_in", parts.stream().mapToLong(ExampleReader.Part::rows).sum());
    job.count("examples_seen", progress.examples());
    job.count("num_parameters", graph.numParams());
    job.count("steps", end.step());
    job.figure("examples_per_second", progress.examplesPerSecond());
    HeldOut.values(before)
        .forEach((name, value) -> job.figure("validation_" + name + "_start", value));
    HeldOut.values(after).forEach((name, value) -> job.figure("validation_" + name, value));
    new Checkpoint(graph, tokenizer, progress.examples()).save(job);
    job.directories().writeString(job.outputPath("metrics.jsonl"), metrics.toJsonLines());
  }

  private static PretrainingScore evaluate(
      HeldOut heldOut, ComputationGraph graph, Progress progress, long step) {
    try {
      PretrainingScore score = heldOut.score(graph);
      progress.evaluation(step, HeldOut.values(score));
      return score;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The files of a split. */
  static List<ExampleReader.Part> parts(JobContext job, String examples, String split) {
    List<ExampleReader.Part> parts =
        ExampleReader.parts(examples, job.input("examples"), "data/split=" + split);
    if (parts.isEmpty()) {
      throw new BadInputException(
          "no examples in split "
              + split
              + " of "
              + examples
              + "; a larger corpus or ratio is needed");
    }
    return parts;
  }
}
