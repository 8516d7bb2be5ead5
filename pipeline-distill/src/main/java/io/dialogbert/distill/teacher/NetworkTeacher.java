package io.dialogbert.distill.teacher;

import io.dialogbert.finetune.inference.SharedModel;
import io.dialogbert.model.dl4j.InferenceModel;
import io.dialogbert.model.kernel.Precision;
import java.io.IOException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/** A network that is asked anew. An executor reads it once. */
final class NetworkTeacher implements Teacher {
  private final Question question;
  private final Broadcast<SharedModel> model;

  NetworkTeacher(JavaSparkContext spark, String checkpoint, Question question) {
    this.question = question;
    this.model = spark.broadcast(new SharedModel(checkpoint, Precision.AUTO));
  }

  @Override
  public Answers open(int file) throws IOException {
    InferenceModel own = model.value().newSession();
    return examples -> question.ask(own, examples);
  }

  @Override
  public void dismiss() {
    model.destroy();
  }
}
