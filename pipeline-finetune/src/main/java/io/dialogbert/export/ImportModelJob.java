package io.dialogbert.export;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dialogbert.common.BadInputException;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.dl4j.TrainingSettings;
import io.dialogbert.text.piece.SpecialTokens;
import io.dialogbert.train.Checkpoint;
import io.dialogbert.train.PretrainingTask;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.schedule.FixedSchedule;

/**
 * Makes a published BERT a checkpoint, to go on from: by pretraining on dialogues, fine-tuning or
 * distillation.
 */
public final class ImportModelJob implements Job<ImportModelConfig> {
  private static final String WEIGHTS = "model.safetensors";
  private static final String VOCABULARY = "vocab.txt";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What a checkpoint must have for stock DL4J; training from it brings its own. */
  private static final TrainingSettings UNUSED =
      new TrainingSettings(
          new FixedSchedule(1e-4), 0.01, 0.9, 0.999, 1e-6, 1, TrainingSettings.Optimizer.ADAMW);

  public static void main(String[] args) {
    JobMain.run(new ImportModelJob(), args);
  }

  @Override
  public String name() {
    return "import-model";
  }

  @Override
  public boolean usesSpark() {
    return false;
  }

  @Override
  public ImportModelConfig configure(ConfigReader in) {
    return ImportModelConfig.read(in);
  }

  @Override
  public Lineage lineage(ImportModelConfig config) {
    return Lineage.to(config.output()).files("model", List.of(config.model()));
  }

  @Override
  public void run(JobContext job, ImportModelConfig config) throws IOException {
    Path directory = new Path(config.model());
    requireWeights(job, directory);
    Path configuration = new Path(directory, "config.json");
    EncoderConfig source =
        ImportedConfig.of(json(job, configuration, ""), configuration.toString());
    Path file = new Path(directory, VOCABULARY);
    ImportedVocabulary vocabulary =
        ImportedVocabulary.of(lines(job, file, source.vocabSize()), file.toString());
    JsonNode cutting = json(job, new Path(directory, "tokenizer_config.json"), "{}");
    if (!cutting.path("tokenize_chinese_chars").asBoolean(true)) {
      throw new BadInputException(
          directory
              + "/tokenizer_config.json: tokenize_chinese_chars must be true; text would be cut"
              + " otherwise");
    }
    boolean lowerCase = cutting.path("do_lower_case").asBoolean(true);
    if (cutting.path("strip_accents").asBoolean(lowerCase)) {
      job.warn("the tokenizer strips accents, which this one keeps: such words are cut otherwise");
    }
    EncoderConfig encoder = source.withVocabSize(vocabulary.pieces().size());
    ComputationGraph graph = Graphs.create(PretrainingTask.model(encoder), UNUSED, job.seed());
    ImportedWeights weights = weights(job, directory, graph, vocabulary);
    Set<String> untrained = weights.untrained();
    if (!untrained.isEmpty()) {
      job.warn(
          "%s lacks %d parameters, which start at random: %s"
              .formatted(WEIGHTS, untrained.size(), String.join(", ", untrained)));
    }
    new Checkpoint(graph, vocabulary.tokenizer(lowerCase), 0).save(job.directories(), job.output());
    job.count("parameters", graph.numParams());
    job.count("pieces", vocabulary.pieces().size());
    job.count("pieces_new", vocabulary.numNew());
    job.count("tensors_left", weights.numUnused());
    job.count("parameters_untrained", untrained.size());
  }

  private static void requireWeights(JobContext job, Path directory) throws IOException {
    if (exists(job, directory, WEIGHTS)) {
      return;
    }
    if (exists(job, directory, WEIGHTS + ".index.json")) {
      throw new BadInputException(
          directory
              + " has its weights in several files; save it in one:"
              + " model.save_pretrained(DIRECTORY, max_shard_size=\"100GB\")");
    }
    if (exists(job, directory, "pytorch_model.bin")) {
      throw new BadInputException(
          directory
              + " has pickled weights (pytorch_model.bin), which are programs; save it with"
              + " transformers 5, which writes "
              + WEIGHTS);
    }
    throw new BadInputException(directory + " has no " + WEIGHTS);
  }

  private static boolean exists(JobContext job, Path directory, String name) throws IOException {
    Path path = new Path(directory, name);
    return job.directories().fileSystem(path).exists(path);
  }

  /**
   * Reads a file of JSON.
   *
   * @param absent what it is read as if it is not there; empty if it must be
   */
  private static JsonNode json(JobContext job, Path path, String absent) throws IOException {
    boolean exists = job.directories().fileSystem(path).exists(path);
    if (!exists && absent.isEmpty()) {
      throw new BadInputException(path + " must be there");
    }
    try {
      return JSON.readTree(exists ? job.directories().readString(path) : absent);
    } catch (JsonProcessingException e) {
      throw new BadInputException(path + " must be JSON", e);
    }
  }

  private static List<String> lines(JobContext job, Path file, int vocabSize) throws IOException {
    if (!job.directories().fileSystem(file).exists(file)) {
      throw new BadInputException(
          file + " must be there; only BERT's own tokenizer is imported, WordPiece");
    }
    List<String> lines = job.directories().readString(file).lines().toList();
    if (lines.size() != vocabSize) {
      throw new BadInputException(
          "%s must have a line for each of vocab_size = %d tokens, has %d"
              .formatted(file, vocabSize, lines.size()));
    }
    return lines;
  }

  private static ImportedWeights weights(
      JobContext job, Path directory, ComputationGraph graph, ImportedVocabulary vocabulary)
      throws IOException {
    Path file = new Path(directory, WEIGHTS);
    ImportedWeights weights =
        new ImportedWeights(
            Graphs.layout(graph),
            graph.params().reshape(graph.numParams()),
            vocabulary.rows(),
            SpecialTokens.SEPT,
            SpecialTokens.SEP,
            file.toString());
    long length = job.directories().fileSystem(file).getFileStatus(file).getLen();
    try (InputStream in = new BufferedInputStream(job.directories().open(file), 1 << 20)) {
      Safetensors.read(in, length, file.toString(), weights::wants, weights::take);
    }
    return weights;
  }
}
