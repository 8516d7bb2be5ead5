package io.dialogbert.finetune.inference;

import io.dialogbert.dialogue.Splits;
import io.dialogbert.finetune.TaskRows;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.finetune.inference.ReplyPool.Reply;
import io.dialogbert.finetune.objective.SentenceVectorObjective;
import io.dialogbert.finetune.objective.Vectors;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.dl4j.InferenceModel;
import io.dialogbert.model.kernel.Threads;
import io.dialogbert.task.TaskExample;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.train.TaskGpu;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Finds negatives with a network's vectors, in Spark tasks, {@value #BATCH} examples at a time. */
final class NegativeMiner implements Serializable {
  private static final int BATCH = 64;

  private final TaskSpec spec;
  private final Broadcast<SharedModel> model;

  NegativeMiner(TaskSpec spec, Broadcast<SharedModel> model) {
    this.spec = spec;
    this.model = model;
  }

  /** The second texts of examples with their vectors, in order. */
  List<Reply> replies(Dataset<Row> examples) {
    return examples
        .toJavaRDD()
        .mapPartitions(
            rows -> {
              InferenceModel session = session();
              return batches(rows).flatMap(batch -> replies(session, batch)).iterator();
            })
        .collect();
  }

  private Stream<Reply> replies(InferenceModel session, List<Row> rows) {
    List<TaskExample> examples = rows.stream().map(TaskRows::fromRow).toList();
    float[][] vectors = vectors(session, examples.stream().map(TaskExample::second).toList());
    return IntStream.range(0, vectors.length)
        .mapToObj(
            i ->
                new Reply(
                    examples.get(i).key(),
                    examples.get(i).second(),
                    TaskRows.dialogueIds(rows.get(i)),
                    vectors[i]));
  }

  /**
   * The rows of examples, those of training with a negative if there is one. Any that they had is
   * replaced.
   *
   * @param pools by language
   * @param margin as {@link ReplyPool#hardest} has it
   */
  Iterator<Row> mine(Iterator<Row> rows, Map<String, ReplyPool> pools, double margin)
      throws IOException {
    InferenceModel session = session();
    Map<String, INDArray> matrices = new HashMap<>();
    return batches(rows)
        .flatMap(
            batch ->
                batch.stream()
                    .map(row -> row.<String>getAs("lang"))
                    .distinct()
                    .flatMap(
                        lang -> {
                          ReplyPool pool = pools.getOrDefault(lang, new ReplyPool(List.of()));
                          List<Row> ofLanguage =
                              batch.stream().filter(row -> lang.equals(row.getAs("lang"))).toList();
                          return pool.replies().isEmpty()
                              ? ofLanguage.stream().map(row -> with(row, Stream.empty()))
                              : mine(
                                  session,
                                  ofLanguage,
                                  pool,
                                  matrices.computeIfAbsent(lang, l -> pool.matrix()),
                                  margin);
                        }))
        .iterator();
  }

  private Stream<Row> mine(
      InferenceModel session, List<Row> rows, ReplyPool pool, INDArray matrix, double margin) {
    List<TaskExample> examples = rows.stream().map(TaskRows::fromRow).toList();
    float[][] contexts = vectors(session, examples.stream().map(TaskExample::first).toList());
    float[][] replies = vectors(session, examples.stream().map(TaskExample::second).toList());
    float[][] scores = ReplyPool.scores(contexts, matrix);
    return IntStream.range(0, scores.length)
        .mapToObj(
            i -> {
              Row row = rows.get(i);
              OptionalInt hardest =
                  row.<String>getAs("split").equals(Splits.TRAIN)
                      ? pool.hardest(
                          examples.get(i), scores[i], Vectors.dot(contexts[i], replies[i]), margin)
                      : OptionalInt.empty();
              return with(row, hardest.stream().mapToObj(pool.replies()::get));
            });
  }

  /** A row with at most one negative; its dialogues are named, too, so that it can be forgotten. */
  private static Row with(Row row, Stream<Reply> negative) {
    TaskExample example = TaskRows.fromRow(row).withoutNegative();
    String[] dialogueIds = TaskRows.dialogueIds(row);
    String split = row.getAs("split");
    return negative
        .findFirst()
        .map(
            reply ->
                TaskRows.toRow(
                    example.withNegative(reply.ids(), reply.key()),
                    Stream.of(dialogueIds, reply.dialogueIds())
                        .flatMap(Stream::of)
                        .distinct()
                        .toArray(String[]::new),
                    split))
        .orElseGet(() -> TaskRows.toRow(example, dialogueIds, split));
  }

  private InferenceModel session() throws IOException {
    TaskGpu.use();
    // Spark runs as many tasks as there are cores.
    Threads.use(1);
    return model.value().newSession();
  }

  private float[][] vectors(InferenceModel session, List<int[]> texts) {
    PackedBatch.Builder batch = PackedBatch.builder();
    texts.forEach(text -> Tasks.add(batch, spec.layout().of(text)));
    return Stream.of(session.predict(batch.build(), SentenceVectorObjective.HEAD))
        .map(Vectors::direction)
        .toArray(float[][]::new);
  }

  private static Stream<List<Row>> batches(Iterator<Row> rows) {
    return Stream.iterate(next(rows), batch -> !batch.isEmpty(), previous -> next(rows));
  }

  private static List<Row> next(Iterator<Row> rows) {
    List<Row> batch = new ArrayList<>();
    while (rows.hasNext() && batch.size() < BATCH) {
      batch.add(rows.next());
    }
    return batch;
  }
}
