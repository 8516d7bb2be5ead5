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
import io.dialogbert.preprocess.Tokenizers;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.train.ExampleReader;
import io.dialogbert.train.PretrainingTask;
import io.dialogbert.train.TrainingConfig;
import io.dialogbert.train.TrainingLoop;
import java.io.IOException;
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

    job.count("rows_in", parts.stream().mapToLong(ExampleReader.Part::rows).sum());
    new TrainingLoop<>(
            job,
            task,
            parts,
            graph,
            tokenizer,
            training,
            network -> HeldOut.values(heldOut.score(network)))
        .train()
        .forEach((name, value) -> job.figure("validation_" + name, value));
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
