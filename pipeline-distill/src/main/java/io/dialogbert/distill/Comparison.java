package io.dialogbert.distill;

import io.dialogbert.distill.teacher.Question;
import io.dialogbert.finetune.objective.Objective;
import io.dialogbert.finetune.train.TaskTraining;
import io.dialogbert.frame.JobContext;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.dl4j.InferenceModel;
import io.dialogbert.model.kernel.Precision;
import io.dialogbert.model.kernel.Threads;
import io.dialogbert.task.TaskExample;
import io.dialogbert.train.CheckpointNetwork;
import io.dialogbert.train.ExampleReader;
import io.dialogbert.train.engine.BertEngine;
import java.io.IOException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * Teacher and student on the test split: the task's figures, time, and how well they agree.
 *
 * @param <O> what is observed of an example
 */
final class Comparison<O extends Serializable> {
  private static final int LATENCY_WARMUP = 20;
  private static final int LATENCY_RUNS = 100;

  private final JobContext job;
  private final Objective<O> objective;
  private final Question question;
  private final List<ExampleReader.Part> test;

  Comparison(
      JobContext job, Objective<O> objective, Question question, List<ExampleReader.Part> test) {
    this.job = job;
    this.objective = objective;
    this.question = question;
    this.test = List.copyOf(test);
  }

  /** Puts the figures of both into the manifest and the summary. */
  void report(String teacher, ComputationGraph teachers, String student, ComputationGraph students)
      throws IOException {
    List<O> ofTeacher = measure("teacher", teacher, teachers);
    List<O> ofStudent = measure("student", student, students);
    double agreement = objective.agreement(ofTeacher, ofStudent);
    job.figure("test_agreement", agreement);
    job.addToSummary(
        String.format(
            Locale.ROOT,
            "  they agree on the test split: %s %.1f %%",
            objective.classification(ofStudent).isPresent() ? "same class" : "rank correlation",
            100 * agreement));
  }

  private List<O> measure(String who, String checkpoint, ComputationGraph graph)
      throws IOException {
    CheckpointNetwork<PackedBatch> network = TaskTraining.network(job, checkpoint, Precision.AUTO);
    List<O> observed =
        new TaskTraining<>(job, objective)
            .observe(network, (BertEngine) network.engine(), test, Integer.MAX_VALUE);
    Map<String, Double> figures = objective.figures(observed);
    figures.forEach((name, value) -> job.figure(who + "_test_" + name, value));
    double milliseconds = latency(graph);
    job.count(who + "_parameters", graph.numParams());
    job.figure(who + "_latency_ms", milliseconds);
    String figure = objective.selection().figure();
    job.addToSummary(
        String.format(
            Locale.ROOT,
            "  %s: %,d parameters, %s %.1f %%, %.2f ms an example",
            who,
            graph.numParams(),
            figure,
            100 * figures.get(figure),
            milliseconds));
    return observed;
  }

  /** Median milliseconds for one example: a text or pair as one sequence, or two texts. */
  double latency(ComputationGraph graph) throws IOException {
    InferenceModel model = InferenceModel.of(graph, Precision.AUTO);
    ExampleReader<TaskExample> examples = TaskTraining.reader(job, test);
    Threads.use(Runtime.getRuntime().availableProcessors());
    double[] millis = new double[LATENCY_RUNS];
    for (int i = -LATENCY_WARMUP; i < LATENCY_RUNS; i++) {
      List<TaskExample> one = examples.read(Math.floorMod(i, examples.size()), 1);
      long start = System.nanoTime();
      question.ask(model, one);
      if (i >= 0) {
        millis[i] = (System.nanoTime() - start) * 1e-6;
      }
    }
    Arrays.sort(millis);
    return millis[LATENCY_RUNS / 2];
  }
}
