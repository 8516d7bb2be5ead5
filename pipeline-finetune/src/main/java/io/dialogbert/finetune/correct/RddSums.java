package io.dialogbert.finetune.correct;

import io.dialogbert.task.correct.ExactSums;
import io.dialogbert.task.correct.LabelEvidence;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;

/** Sums over rows in Spark tasks. */
record RddSums(JavaRDD<LabelEvidence> rows) implements ExactSums {
  @Override
  public long[] of(int length, Adder adder) {
    return rows.mapPartitions(
            ofTask -> {
              long[] sums = new long[length];
              ofTask.forEachRemaining(row -> adder.add(row, sums));
              return List.of(sums).iterator();
            })
        .treeReduce(ExactSums::plus);
  }
}
