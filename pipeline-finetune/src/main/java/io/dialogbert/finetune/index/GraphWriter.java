package io.dialogbert.finetune.index;

import static org.apache.spark.sql.functions.col;

import io.dialogbert.frame.JobContext;
import io.dialogbert.respond.search.ExactSearch;
import io.dialogbert.respond.search.HnswSearch;
import io.dialogbert.respond.search.Recall;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;

/** Makes the graph of a table's vectors of one language, in the driver, and measures its recall. */
record GraphWriter(JobContext job, String table, String lang) {
  private static final int NUM_QUERIES = 200;
  private static final int CUTOFF = 10;

  /** Left behind by Lucene; no part of the graph. */
  private static final String LOCK = "write.lock";

  /**
   * Writes the graph into the output. Holds all vectors in memory, twice.
   *
   * @param size their number
   */
  void write(int size) throws IOException {
    java.nio.file.Path local = Files.createTempDirectory("dialogbert-graph");
    try {
      ExactSearch exact = build(local, size);
      measure(local, exact);
      Path target = job.outputPath(IndexTables.graph(table, lang));
      FileSystem fileSystem = job.directories().fileSystem(target);
      fileSystem.mkdirs(target);
      File[] files = local.toFile().listFiles();
      for (File file : files) {
        if (!file.getName().equals(LOCK)) {
          fileSystem.copyFromLocalFile(
              new Path(file.toURI()), new Path(target, IndexTables.graphFile(file.getName())));
        }
      }
    } finally {
      FileUtils.deleteDirectory(local.toFile());
    }
  }

  private ExactSearch build(java.nio.file.Path local, int size) throws IOException {
    Iterator<Row> rows =
        job.spark()
            .read()
            .parquet(job.outputPath(table).toString())
            .filter(col(IndexTables.LANG).equalTo(lang))
            .orderBy(IndexTables.ROW)
            .select(IndexTables.VECTOR)
            .toLocalIterator();
    ExactSearch.Builder exact = null;
    int row = 0;
    try (HnswSearch.Builder graph = new HnswSearch.Builder(local)) {
      while (rows.hasNext()) {
        float[] vector = vector(rows.next());
        if (exact == null) {
          exact = new ExactSearch.Builder(vector.length, size);
        }
        exact.set(row++, vector);
        graph.add(vector);
      }
      graph.finish();
    }
    return exact.build();
  }

  private static float[] vector(Row row) {
    List<Float> values = row.getList(0);
    float[] vector = new float[values.size()];
    for (int d = 0; d < vector.length; d++) {
      vector[d] = values.get(d);
    }
    return vector;
  }

  /** Queries are halfway between two vectors, since real ones are seldom in the index. */
  private void measure(java.nio.file.Path local, ExactSearch exact) throws IOException {
    List<float[]> queries = new ArrayList<>();
    for (int q = 0; q < NUM_QUERIES; q++) {
      int row = (int) ((long) q * exact.size() / NUM_QUERIES);
      queries.add(
          between(exact.vector(row), exact.vector((row + exact.size() / 2) % exact.size())));
    }
    try (HnswSearch graph = HnswSearch.open(local)) {
      job.figure(
          table + "_recall_at_" + CUTOFF + "." + lang, Recall.at(CUTOFF, queries, exact, graph));
    }
  }

  private static float[] between(float[] a, float[] b) {
    float[] middle = new float[a.length];
    for (int d = 0; d < middle.length; d++) {
      middle[d] = (a[d] + b[d]) / 2;
    }
    return middle;
  }
}
