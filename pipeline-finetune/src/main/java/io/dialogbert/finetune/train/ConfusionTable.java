package io.dialogbert.finetune.train;

import io.dialogbert.frame.JobContext;
import io.dialogbert.metric.Classification;
import io.dialogbert.metric.Classification.Confusion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** How the largest classes are confused. Classes are named by their ids, never by their texts. */
final class ConfusionTable {
  private static final int MAX_CLASSES = 20;

  private static final int MAX_PRINTED = 5;

  /** Stands for all classes but the largest. */
  private static final int OTHER = -1;

  private static final StructType SCHEMA =
      new StructType()
          .add("label", DataTypes.IntegerType, false)
          .add("predicted", DataTypes.IntegerType, false)
          .add("examples", DataTypes.LongType, false);

  private record Cell(int label, int predicted, long examples, long ofLabel) {}

  private ConfusionTable() {}

  /** Writes the table {@code confusion}, and prints the most frequent confusions of two classes. */
  static void write(JobContext job, Classification classification) {
    List<Cell> cells = cells(classification.confusion(MAX_CLASSES));
    List<Row> rows =
        cells.stream()
            .map(cell -> RowFactory.create(cell.label(), cell.predicted(), cell.examples()))
            .toList();
    job.write(job.spark().createDataFrame(rows, SCHEMA).coalesce(1), "confusion");
    cells.stream()
        .filter(cell -> cell.label() != cell.predicted())
        .filter(cell -> cell.label() != OTHER && cell.predicted() != OTHER)
        .sorted(Comparator.comparingLong(Cell::examples).reversed())
        .limit(MAX_PRINTED)
        .forEach(
            cell ->
                job.addToSummary(
                    "  class %d taken for %d: %d of %d examples"
                        .formatted(
                            cell.label(), cell.predicted(), cell.examples(), cell.ofLabel())));
  }

  /** The cells that are not 0, by label and prediction; the largest class first, others last. */
  private static List<Cell> cells(Confusion confusion) {
    List<Cell> cells = new ArrayList<>();
    for (int row = 0; row < confusion.counts().length; row++) {
      long ofLabel = Arrays.stream(confusion.counts()[row]).sum();
      for (int column = 0; column < confusion.counts().length; column++) {
        long examples = confusion.counts()[row][column];
        if (examples > 0) {
          cells.add(
              new Cell(classAt(confusion, row), classAt(confusion, column), examples, ofLabel));
        }
      }
    }
    return cells;
  }

  private static int classAt(Confusion confusion, int place) {
    return place < confusion.classes().length ? confusion.classes()[place] : OTHER;
  }
}
