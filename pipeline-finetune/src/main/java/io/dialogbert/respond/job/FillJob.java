package io.dialogbert.respond.job;

import io.dialogbert.common.BadInputException;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.dl4j.InferenceModel;
import io.dialogbert.model.head.Head;
import io.dialogbert.pretrain.PretrainJob;
import io.dialogbert.respond.Cloze;
import io.dialogbert.respond.Context;
import io.dialogbert.respond.FilledMask;
import io.dialogbert.text.Tokenizer;
import io.dialogbert.train.Checkpoint;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * Fills the masks of lines by the masked-LM head alone, as a cloze test of what an encoder has
 * read. Writes nothing.
 */
public final class FillJob implements Job<FillConfig> {
  private final InputStream in;

  public FillJob() {
    this(System.in);
  }

  /**
   * A job.
   *
   * @param in where lines are read from if no other is set
   */
  FillJob(InputStream in) {
    this.in = in;
  }

  public static void main(String[] args) {
    JobMain.run(new FillJob(), args);
  }

  @Override
  public String name() {
    return "fill";
  }

  @Override
  public boolean usesSpark() {
    return false;
  }

  @Override
  public FillConfig configure(ConfigReader in) {
    return FillConfig.read(in);
  }

  @Override
  public Lineage lineage(FillConfig config) {
    return config
        .lines()
        .addTo(
            Lineage.printing().dataset("checkpoint", config.checkpoint(), PretrainJob.learners()));
  }

  @Override
  public void run(JobContext job, FillConfig config) throws IOException {
    Checkpoint checkpoint = Checkpoint.load(job.directories(), config.checkpoint());
    ComputationGraph graph = checkpoint.graph();
    if (Graphs.model(graph).heads().stream().noneMatch(h -> h.name().equals(Head.MASKED_LM))) {
      throw new BadInputException(
          config.checkpoint()
              + " has no masked-LM head; give what pretrain or distill-encoder wrote");
    }
    Tokenizer tokenizer = checkpoint.tokenizer().tokenizer();
    int maxLength = Graphs.encoderConfig(graph).maxPositionEmbeddings();
    InferenceModel model = InferenceModel.of(graph, config.precision());
    config
        .lines()
        .answerAll(
            job,
            in,
            context -> {
              Cloze cloze = Cloze.of(context, tokenizer, maxLength);
              return answer(config, context, fill(model, cloze, tokenizer, config.numTokens()));
            });
  }

  private static List<FilledMask> fill(
      InferenceModel model, Cloze cloze, Tokenizer tokenizer, int numTokens) {
    PackedBatch.Builder batch = PackedBatch.builder();
    Tasks.add(batch, cloze.sequence());
    List<FilledMask> masks = new ArrayList<>();
    for (float[] logits : model.predict(batch.build(), Head.MASKED_LM, cloze.places())) {
      masks.add(FilledMask.of(logits, tokenizer.vocabulary(), numTokens));
    }
    return masks;
  }

  private static String answer(FillConfig config, Context context, List<FilledMask> masks) {
    return config.lines().format() == LineSettings.Format.JSON
        ? FilledText.json(context, masks).toString()
        : FilledText.of(masks);
  }
}
