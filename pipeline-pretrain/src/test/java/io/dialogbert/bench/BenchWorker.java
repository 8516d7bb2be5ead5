package io.dialogbert.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dialogbert.model.ModelFixtures;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.Target;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.dl4j.InferenceModel;
import io.dialogbert.model.dl4j.TrainingSettings;
import io.dialogbert.model.head.ClassLoss;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.head.SoftClassLoss;
import io.dialogbert.model.head.Weight;
import io.dialogbert.model.kernel.Precision;
import io.dialogbert.model.kernel.Threads;
import io.dialogbert.train.PretrainingTask;
import io.dialogbert.train.WarmupSchedule;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** This project's side of a comparison; speaks the protocol of {@link Contender}. */
final class BenchWorker {
  private BenchWorker() {}

  public static void main(String[] args) throws IOException {
    PrintStream out = System.out;
    // Keeps the output of libraries out of the answers.
    System.setOut(System.err);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    BenchCase benchCase = BenchCase.read(in.readLine());
    Threads.use(benchCase.threads());
    TrainingSettings settings =
        new TrainingSettings(
            new WarmupSchedule(1e-4, 100, 1_000_000, 1),
            0.01,
            0.9,
            0.999,
            1e-8,
            1.0,
            TrainingSettings.Optimizer.ADAMW);
    boolean classifies = !benchCase.shared().isEmpty();
    ComputationGraph graph =
        Graphs.create(
            classifies ? classifier(benchCase) : PretrainingTask.model(benchCase.encoder()),
            settings,
            1);
    Graphs.setPrecision(graph, benchCase.precision());
    List<PackedBatch> batches = batches(benchCase);
    InferenceModel model = InferenceModel.of(graph, benchCase.precision());
    InferenceModel teacher = teacher(benchCase, settings);
    List<Target.SoftClasses> logits = batches.stream().map(BenchWorker::madeUp).toList();
    Consumer<Integer> repetition =
        switch (benchCase.kind()) {
          case "training", "finetuning" -> i -> Graphs.fit(graph, batches.get(i));
          case "inference" -> i -> model.embed(batches.get(i));
          case "cached" ->
              i -> Graphs.fit(graph, batches.get(i).with(Head.CLASSIFIER, logits.get(i)));
          case "online" -> i -> Graphs.fit(graph, asked(teacher, batches.get(i)));
          case "prediction" -> i -> model.predict(batches.get(i), Head.CLASSIFIER);
          default -> throw new IllegalArgumentException("unknown kind " + benchCase.kind());
        };
    double firstLogits = 0;
    if (classifies) {
      SharedNetwork.write(Path.of(benchCase.shared()), graph, batches);
      firstLogits =
          Stream.of(
                  InferenceModel.of(graph, Precision.FLOAT32)
                      .predict(batches.get(0), Head.CLASSIFIER))
              .flatMapToDouble(row -> IntStream.range(0, row.length).mapToDouble(c -> row[c]))
              .average()
              .orElseThrow();
    }
    out.println("ready " + graph.numParams() + " " + firstLogits);
    int done = 0;
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      List<Double> seconds = new ArrayList<>();
      for (int i = Integer.parseInt(line); i > 0; i--) {
        long start = System.nanoTime();
        repetition.accept(done++ % batches.size());
        seconds.add((System.nanoTime() - start) / 1e9);
      }
      out.println(new ObjectMapper().writeValueAsString(seconds));
    }
  }

  /** A classifier that learns labels, and with a teacher its logits as well. */
  private static ModelConfig classifier(BenchCase benchCase) {
    ModelConfig model = ModelFixtures.classifier(benchCase.encoder(), BenchCase.NUM_CLASSES);
    Weight half = Weight.constant(0.5);
    return benchCase.teacher() == null
        ? model
        : new ModelConfig(
            model.encoder(),
            model.heads(),
            List.of(
                new ClassLoss("hard", Head.CLASSIFIER, half),
                new SoftClassLoss("soft", Head.CLASSIFIER, half, BenchCase.TEMPERATURE)));
  }

  private static InferenceModel teacher(BenchCase benchCase, TrainingSettings settings) {
    if (!benchCase.kind().equals("online")) {
      return null;
    }
    ModelConfig model = ModelFixtures.classifier(benchCase.teacher(), BenchCase.NUM_CLASSES);
    return InferenceModel.of(Graphs.create(model, settings, 2), benchCase.precision());
  }

  private static PackedBatch asked(InferenceModel teacher, PackedBatch batch) {
    return batch.with(
        Head.CLASSIFIER, new Target.SoftClasses(teacher.predict(batch, Head.CLASSIFIER)));
  }

  private static Target.SoftClasses madeUp(PackedBatch batch) {
    SplittableRandom random = new SplittableRandom(3);
    float[][] logits = new float[batch.numSequences()][BenchCase.NUM_CLASSES];
    for (float[] row : logits) {
      for (int i = 0; i < row.length; i++) {
        row[i] = (float) random.nextDouble();
      }
    }
    return new Target.SoftClasses(logits);
  }

  private static List<PackedBatch> batches(BenchCase benchCase) {
    SplittableRandom random = new SplittableRandom(1);
    List<PackedBatch> batches = new ArrayList<>();
    boolean classifies = !benchCase.shared().isEmpty();
    for (List<Integer> lengths : benchCase.batches()) {
      ModelFixtures.Sequences builder = new ModelFixtures.Sequences();
      for (int length : lengths) {
        int numMasked = BenchCase.numMasked(length);
        int[] positions = random.ints(0, length).distinct().limit(numMasked).sorted().toArray();
        int vocabSize = benchCase.encoder().vocabSize();
        builder.add(
            random.ints(length, 6, vocabSize).toArray(),
            new int[length],
            new int[length],
            positions,
            random.ints(numMasked, 6, vocabSize).toArray(),
            random.nextInt(classifies ? BenchCase.NUM_CLASSES : 2));
      }
      PackedBatch batch = builder.build();
      batches.add(classifies ? ModelFixtures.classified(batch) : batch);
    }
    return batches;
  }
}
