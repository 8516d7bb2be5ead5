package io.dialogbert.distill.search;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.distill.DistillJob;
import io.dialogbert.distill.Distillation;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.train.TrainingConfig;
import io.dialogbert.train.TrainingLoop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * Searches for the fastest student that loses few points to its teacher, by successive halving. The
 * pick is what {@code distill} makes of its shape.
 */
public final class FindStudentJob implements Job<FindStudentConfig> {
  public static void main(String[] args) {
    JobMain.run(new FindStudentJob(), args);
  }

  @Override
  public String name() {
    return "find-student";
  }

  @Override
  public boolean reportsProgress() {
    return true;
  }

  @Override
  public FindStudentConfig configure(ConfigReader in) {
    return FindStudentConfig.read(in);
  }

  @Override
  public Lineage lineage(FindStudentConfig config) {
    return new DistillJob().lineage(config.distill());
  }

  /** A candidate's network and its training. */
  private record Student(ComputationGraph graph, TrainingLoop<PackedBatch> loop) {}

  @Override
  public void run(JobContext job, FindStudentConfig config) throws IOException {
    Distillation<?> distillation = Distillation.of(job, config.distill());
    TrainingConfig training = config.distill().training();
    String states = training.checkpoints().directory();
    job.alsoWrites("training.checkpoints", states);
    List<Shape> shapes = fitting(job, config, Graphs.encoderConfig(distillation.teacher()));
    SearchLog log =
        SearchLog.open(job.directories(), states, job.plan(), job.resume(), job.overwrite());
    List<Candidate> alive = config.budget().within(measured(distillation, shapes, log));
    double teacher = distillation.validateTeacher().get(distillation.figure());
    double enough = teacher - config.maxLostPoints() / 100;
    distillation.teach();

    Map<String, Student> students = new HashMap<>();
    Map<String, TrainingLoop.Trained<PackedBatch>> trained = new HashMap<>();
    Halving halving = new Halving(training.numSteps(), config.halvings());
    List<Candidate> all = new ArrayList<>(alive);
    for (int stage = 0; stage <= config.halvings(); stage++) {
      boolean last = stage == config.halvings();
      List<Candidate> scored = new ArrayList<>();
      for (Candidate one : alive) {
        if (!last && one.scores().size() > stage) {
          scored.add(one);
          continue;
        }
        if (!students.containsKey(one.shape())) {
          students.put(one.shape(), student(distillation, training, one.shape()));
        }
        Student student = students.get(one.shape());
        double score;
        if (last) {
          TrainingLoop.Trained<PackedBatch> end = student.loop().train();
          trained.put(one.shape(), end);
          score = end.saved().values().get(distillation.figure());
        } else {
          score = student.loop().advance(halving.steps(stage)).get(distillation.figure());
        }
        scored.add(log.score(one.with(one.scores().subList(0, stage)), score));
      }
      for (Candidate one : scored) {
        all.replaceAll(other -> other.shape().equals(one.shape()) ? one : other);
      }
      alive = last ? scored : Halving.better(scored);
      students.keySet().retainAll(alive.stream().map(Candidate::shape).toList());
    }

    Candidate pick = Halving.pick(alive, enough);
    if (pick.score() < enough) {
      job.warn(
          String.format(
              Locale.ROOT,
              "no student reaches %.4f, the teacher's %.4f less max-lost-points = %s; the best is"
                  + " saved",
              enough,
              teacher,
              config.maxLostPoints()));
    }
    Student student = students.get(pick.shape());
    student
        .loop()
        .save(trained.get(pick.shape()))
        .forEach((name, value) -> job.figure("validation_" + name, value));
    distillation.finish(student.graph());
    job.figure("teacher_validation", teacher);
    job.count("candidates", all.size());
    new SearchTable(all, pick.shape()).write(job, distillation.figure());
  }

  private static Student student(
      Distillation<?> distillation, TrainingConfig training, String shape) throws IOException {
    Shape sizes = Shape.parse(shape).orElseThrow();
    ComputationGraph graph =
        distillation.student(sizes.student(Graphs.encoderConfig(distillation.teacher())));
    return new Student(graph, distillation.loop(graph, training.withStatesIn(sizes.directory())));
  }

  /** The shapes that are not larger than the teacher. */
  private static List<Shape> fitting(
      JobContext job, FindStudentConfig config, EncoderConfig teacher) {
    List<Shape> fitting =
        config.candidates().stream().filter(shape -> shape.fits(teacher)).toList();
    if (fitting.isEmpty()) {
      throw new BadConfigException(
          "each of find-student.candidates = "
              + config.candidates()
              + " is larger than the teacher, "
              + teacher.numHiddenLayers()
              + "/"
              + teacher.hiddenSize()
              + "/"
              + teacher.numAttentionHeads()
              + "/"
              + teacher.intermediateSize()
              + ", in one size, or has wider heads");
    }
    if (fitting.size() < config.candidates().size()) {
      List<Shape> left = new ArrayList<>(config.candidates());
      left.removeAll(fitting);
      job.warn("left out as larger than the teacher: " + left);
    }
    return fitting;
  }

  /** The candidates before training. Their size and speed do not depend on the values. */
  private static List<Candidate> measured(
      Distillation<?> distillation, List<Shape> shapes, SearchLog log) throws IOException {
    List<Candidate> measured = new ArrayList<>();
    for (Shape shape : shapes) {
      if (log.find(shape).isEmpty()) {
        ComputationGraph graph = distillation.student(shape.untaught());
        log.put(
            new Candidate(
                shape.toString(), graph.numParams(), distillation.latency(graph), List.of()));
      }
      measured.add(log.find(shape).orElseThrow());
    }
    return measured;
  }
}
