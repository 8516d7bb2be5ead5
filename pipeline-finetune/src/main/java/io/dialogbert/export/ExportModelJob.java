package io.dialogbert.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dialogbert.export.ExportModelConfig.Format;
import io.dialogbert.export.onnx.BertGraph;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.model.ParameterLayout;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.sample.SampleCorpus;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.train.Checkpoint;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.hadoop.fs.Path;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Writes a network for other libraries: Hugging Face's transformers and ONNX Runtime. */
public final class ExportModelJob implements Job<ExportModelConfig> {
  private static final ObjectMapper JSON = new ObjectMapper();

  public static void main(String[] args) {
    JobMain.run(new ExportModelJob(), args);
  }

  @Override
  public String name() {
    return "export-model";
  }

  @Override
  public boolean usesSpark() {
    return false;
  }

  @Override
  public ExportModelConfig configure(ConfigReader in) {
    return ExportModelConfig.read(in);
  }

  @Override
  public Lineage lineage(ExportModelConfig config) {
    Lineage lineage =
        Tokenizers.withDictionaries(
                Lineage.to(config.output())
                    .dataset("checkpoint", config.checkpoint(), Tasks.encoders()))
            .fingerprint("tokenizer-class", TokenizerExport.fingerprint());
    return config.python().isPresent()
        ? lineage.fingerprint("sample-rules", SampleCorpus.fingerprint())
        : lineage;
  }

  @Override
  public void run(JobContext job, ExportModelConfig config)
      throws IOException, InterruptedException {
    Checkpoint checkpoint = Checkpoint.load(job.directories(), config.checkpoint());
    ComputationGraph graph = checkpoint.graph();
    ModelConfig model = Graphs.model(graph);
    Architecture architecture = Architecture.of(model, config.checkpoint());
    Optional<TaskSpec> spec = spec(job, config.checkpoint());
    TokenizerExport tokenizer = new TokenizerExport(checkpoint.tokenizer(), model.encoder(), spec);
    if (config.formats().contains(Format.HUGGINGFACE)) {
      int heads = HuggingFaceWeights.numAttentionHeads(model.encoder(), config.checkpoint());
      write(job, "config.json", HuggingFaceConfig.of(model, architecture, heads, spec));
      try (OutputStream out = create(job, "model.safetensors")) {
        Safetensors.write(
            new HuggingFaceWeights(model, architecture, parameters(graph)).tensors(), out);
      }
      if (architecture == Architecture.ENCODER) {
        for (Map.Entry<String, JsonNode> file :
            SentenceTransformers.files(model.encoder(), spec).entrySet()) {
          write(job, file.getKey(), file.getValue());
        }
      }
    }
    if (config.formats().contains(Format.ONNX)) {
      Function<String, float[]> parameters = parameters(graph);
      try (OutputStream out = create(job, "onnx/model.onnx")) {
        BertGraph.write(
            model,
            HuggingFaceWeights.tokenTypes(parameters, model.encoder().hiddenSize()),
            parameters,
            out);
      }
    }
    for (Map.Entry<String, byte[]> file : tokenizer.files().entrySet()) {
      write(job, file.getKey(), file.getValue());
    }
    Optional<TokenizerExport.Agreement> agreement = Optional.empty();
    if (config.python().isPresent()) {
      TokenizerExport.Agreement found =
          tokenizer.compare(java.nio.file.Path.of(config.python().get()));
      job.count("tokenizer.texts", found.texts());
      job.count("tokenizer.equal", found.equal());
      job.addToSummary(
          "  the Python tokenizer gives the same ids for %,d of %,d made-up messages"
              .formatted(found.equal(), found.texts()));
      agreement = Optional.of(found);
    }
    if (tokenizer.usesBundledKorean()) {
      job.warn(
          "the tokenizer was trained with the bundled Korean dictionary, which is older than"
              + " PyPI's: about one text in a hundred is cut otherwise in Python; train with"
              + " train-tokenizer.mecab-dictionary.ko to publish a model");
    }
    write(
        job,
        ModelCard.FILE_NAME,
        new ModelCard(
                architecture,
                model.encoder(),
                spec,
                job.input("checkpoint"),
                config.dataLicenses(),
                tokenizer.method(),
                agreement,
                config.formats().contains(Format.ONNX))
            .markdown()
            .getBytes(StandardCharsets.UTF_8));
    job.count("parameters", graph.numParams());
  }

  private static Optional<TaskSpec> spec(JobContext job, String checkpoint) throws IOException {
    Path file = new Path(checkpoint, TaskSpec.FILE_NAME);
    return job.directories().fileSystem(file).exists(file)
        ? Optional.of(Tasks.load(job, checkpoint))
        : Optional.empty();
  }

  /** Elements of a graph's parameters by name. */
  private static Function<String, float[]> parameters(ComputationGraph graph) {
    ParameterLayout layout = Graphs.layout(graph);
    INDArray flat = graph.params().reshape(graph.numParams());
    return name -> layout.view(flat, name).ravel().toFloatVector();
  }

  private static OutputStream create(JobContext job, String name) throws IOException {
    Path path = job.outputPath(name);
    return job.directories().fileSystem(path).create(path, true);
  }

  private static void write(JobContext job, String name, JsonNode json) throws IOException {
    write(
        job,
        name,
        (JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n")
            .getBytes(StandardCharsets.UTF_8));
  }

  private static void write(JobContext job, String name, byte[] bytes) throws IOException {
    try (OutputStream out = create(job, name)) {
      out.write(bytes);
    }
  }
}
