package io.dialogbert.distill.teacher;

import io.dialogbert.train.ExampleReader.Decoder;
import io.dialogbert.train.ExampleReader.Part;
import io.dialogbert.train.PartReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.spark.TaskContext;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.util.TaskCompletionListener;

/** Files that a Spark task reads. */
final class TaskFiles {
  private TaskFiles() {}

  /** Opens a file, which is closed when the task ends. */
  static <E> PartReader<E> open(Part part, Decoder<E> decoder) throws IOException {
    PartReader<E> reader = new PartReader<>(SparkHadoopUtil.get().conf(), part, decoder);
    TaskCompletionListener close =
        task -> {
          try {
            reader.close();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        };
    TaskContext.get().addTaskCompletionListener(close);
    return reader;
  }
}
