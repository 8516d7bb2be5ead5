package io.dialogbert.distill;

import io.dialogbert.common.BadInputException;
import io.dialogbert.dialogue.Splits;
import io.dialogbert.distill.student.Students;
import io.dialogbert.distill.teacher.TaughtStates;
import io.dialogbert.example.PretrainExample;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.Loss;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.head.SoftClassLoss;
import io.dialogbert.pretrain.PretrainJob;
import io.dialogbert.text.piece.Vocabulary;
import io.dialogbert.train.Checkpoint;
import io.dialogbert.train.ExampleReader;
import io.dialogbert.train.HeldOutScoring;
import io.dialogbert.train.PretrainingTask;
import io.dialogbert.train.TrainingLoop;
import io.dialogbert.train.TrainingTask;
import io.dialogbert.train.engine.BertEngine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.broadcast.Broadcast;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * Trains a smaller encoder for any task from a pretrained one: on masked tokens, on what the
 * teacher says of them, and on what its layers compute (Sanh et al. 2019, DistilBERT).
 */
public final class DistillEncoderJob implements Job<DistillEncoderConfig> {
  public static void main(String[] args) {
    JobMain.run(new DistillEncoderJob(), args);
  }

  @Override
  public String name() {
    return "distill-encoder";
  }

  @Override
  public boolean reportsProgress() {
    return true;
  }

  @Override
  public DistillEncoderConfig configure(ConfigReader in) {
    return DistillEncoderConfig.read(in);
  }

  @Override
  public Lineage lineage(DistillEncoderConfig config) {
    return Lineage.to(config.output())
        .dataset("teacher", config.teacher(), PretrainJob.learners())
        .datasetOrDays("examples", config.examples(), "build-examples");
  }

  @Override
  public void run(JobContext job, DistillEncoderConfig config) throws IOException {
    Checkpoint teacher = Checkpoint.load(job.directories(), config.teacher());
    Tokenizers.requireIdsOf(job, "examples", teacher.tokenizer());
    EncoderConfig encoder = Graphs.encoderConfig(teacher.graph());
    if (Graphs.model(teacher.graph()).findHead(Head.MASKED_LM).isEmpty()) {
      throw new BadInputException(job.inputPath("teacher") + " predicts no masked tokens");
    }
    List<StatesConfig.Lesson> lessons =
        config.states().lessons(config.student().encoder(encoder), encoder);
    ComputationGraph student =
        Students.create(
            teacher.graph(),
            config.student(),
            sizes -> model(sizes, config.loss(), lessons),
            config.training().settings(),
            job.seed());
    Vocabulary vocabulary = teacher.tokenizer().tokenizer().vocabulary();
    PretrainingTask task =
        new PretrainingTask(
            new BertEngine(student.getConfiguration().toJson(), config.training().precision()),
            teacher.tokenizer(),
            config.masking().withVocabSize(vocabulary.sizeWithoutSpares()),
            job.seed());
    List<Head> asked = new ArrayList<>(lessons.stream().map(StatesConfig.Lesson::teacher).toList());
    if (config.loss().asksTeachers()) {
      asked.add(Head.maskedLm(encoder));
    }
    Broadcast<TaughtStates> states =
        job.sparkContext().broadcast(new TaughtStates(config.teacher(), asked));
    TrainingLoop<PackedBatch> loop =
        loop(
            job,
            config,
            student,
            task,
            asked.isEmpty() ? task : new TaughtPretraining(task, states));
    loop.save(loop.train()).forEach((name, value) -> job.figure("validation_" + name, value));
    states.destroy();
    ComputationGraph saved =
        Students.without(
            student,
            model(Graphs.encoderConfig(student), config.loss(), List.of()),
            config.training().settings(),
            job.seed());
    new Checkpoint(saved, teacher.tokenizer(), job.count("examples_seen"))
        .saveNetwork(job.directories(), job.output());
    job.count("num_parameters", saved.numParams());
    job.count("teacher_parameters", teacher.graph().numParams());
  }

  /** The network of pretraining with the losses of distillation. */
  private static ModelConfig model(
      EncoderConfig encoder, DistillationLoss loss, List<StatesConfig.Lesson> lessons) {
    ModelConfig own = PretrainingTask.model(encoder);
    List<Loss> losses = new ArrayList<>();
    own.losses().forEach(one -> losses.add(one.withWeight(loss.hard())));
    if (loss.asksTeachers()) {
      losses.add(new SoftClassLoss("soft", Head.MASKED_LM, loss.soft(), loss.temperature()));
    }
    lessons.forEach(lesson -> losses.add(lesson.loss()));
    return new ModelConfig(
        encoder,
        Stream.concat(own.heads().stream(), lessons.stream().map(StatesConfig.Lesson::student))
            .toList(),
        losses);
  }

  private static TrainingLoop<PackedBatch> loop(
      JobContext job,
      DistillEncoderConfig config,
      ComputationGraph student,
      PretrainingTask task,
      TrainingTask<PretrainExample, PackedBatch> taught)
      throws IOException {
    List<ExampleReader.Part> parts = PretrainJob.parts(job, Splits.TRAIN);
    job.count("rows_in", parts.stream().mapToLong(ExampleReader.Part::rows).sum());
    HeldOutScoring<PretrainExample, PackedBatch> heldOut =
        new HeldOutScoring<>(
            job.sparkContext(),
            task,
            PretrainJob.parts(job, Splits.VALIDATION),
            job.seed(),
            config.training().evaluationExamples());
    return new TrainingLoop<>(
        job,
        taught,
        parts,
        student,
        task.tokenizer(),
        config.training(),
        (network, numTasks) -> heldOut.score(network, numTasks).means());
  }
}
