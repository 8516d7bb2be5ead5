package io.dialogbert.distill;

import io.dialogbert.distill.teacher.Teachers;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.train.TrainingLoop;
import java.io.IOException;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** Trains a smaller student on labels and on what fine-tuned teachers say of the examples. */
public final class DistillJob implements Job<DistillConfig> {
  public static void main(String[] args) {
    JobMain.run(new DistillJob(), args);
  }

  @Override
  public String name() {
    return "distill";
  }

  /** Version 2 keeps the order of the examples, and has figures of any task. */
  @Override
  public int format() {
    return 2;
  }

  @Override
  public boolean reportsProgress() {
    return true;
  }

  @Override
  public DistillConfig configure(ConfigReader in) {
    return DistillConfig.read(in);
  }

  @Override
  public Lineage lineage(DistillConfig config) {
    return Teachers.lineage(
        Lineage.to(config.output())
            .dataset("teacher", config.teacher(), Tasks.learners())
            .dataset("task-data", config.taskData(), Tasks.dataMakers()),
        config.teachers());
  }

  @Override
  public void run(JobContext job, DistillConfig config) throws IOException {
    Distillation<?> distillation = Distillation.of(job, config);
    ComputationGraph student = distillation.student(config.student());
    distillation.teach();
    TrainingLoop<PackedBatch> loop = distillation.loop(student, config.training());
    loop.save(loop.train()).forEach((name, value) -> job.figure("validation_" + name, value));
    distillation.finish(student);
  }
}
