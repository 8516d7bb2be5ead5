package io.dialogbert.distill.teacher;

import static org.apache.spark.sql.functions.col;

import io.dialogbert.common.BadInputException;
import io.dialogbert.frame.JobContext;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.train.ExampleReader.Part;
import io.dialogbert.train.PartReader;
import java.io.IOException;
import java.io.Serializable;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import scala.Tuple2;

/** Answers that were made elsewhere, found by the ids of their examples. */
final class OutsideAnswers {
  private static final String FILE = "answer_file";
  private static final String ROW = "answer_row";

  private final JobContext job;
  private final AnswerTable table;
  private final Dataset<Row> answers;
  private final int numOutputs;

  private OutsideAnswers(JobContext job, AnswerTable table, Dataset<Row> answers, int numOutputs) {
    this.job = job;
    this.table = table;
    this.answers = answers;
    this.numOutputs = numOutputs;
  }

  /**
   * The answers in the job's files.
   *
   * @throws BadInputException if they have not the columns of answers to such a task, or no row
   */
  static OutsideAnswers of(JobContext job, TaskSpec spec) {
    Dataset<Row> files =
        job.spark()
            .read()
            .parquet(
                job.files("file").stream()
                    .map(file -> file.getPath().toString())
                    .toArray(String[]::new));
    AnswerTable table =
        AnswerTable.of(List.of(files.columns()))
            .filter(found -> fits(found.kind(), spec.kind()))
            .orElseThrow(
                () ->
                    new BadInputException(
                        "files of answers must have the columns "
                            + columns(spec.kind())
                            + "; these have "
                            + List.of(files.columns())));
    Dataset<Row> answers =
        files.select(
            Stream.concat(
                    Stream.of(table.schema().fields())
                        .map(field -> column(field, files.schema().apply(field.name()).dataType())),
                    Stream.of(
                        col("_metadata.file_name").as(FILE), col("_metadata.row_index").as(ROW)))
                .toArray(Column[]::new));
    if (answers.isEmpty()) {
      throw new BadInputException("files of answers have no row");
    }
    int numOutputs =
        spec.kind().hasClasses()
            ? spec.classes().size()
            : table.numOutputs(answers.first(), name(answers.first()));
    return new OutsideAnswers(job, table, answers, numOutputs);
  }

  private static boolean fits(AnswerTable.Kind kind, TaskSpec.Kind task) {
    return switch (kind) {
      case LOGITS -> task.hasClasses();
      case SCORE -> task == TaskSpec.Kind.PAIR_SCORES;
      case VECTORS -> !task.hasClasses();
    };
  }

  private static String columns(TaskSpec.Kind task) {
    if (task.hasClasses()) {
      return "example_id and logits, with classes and rest_logsumexp if not all logits are there";
    }
    return "example_id, first_vector and second_vector"
        + (task == TaskSpec.Kind.PAIR_SCORES ? ", or example_id and score" : "");
  }

  /** Numbers of another width are cast, and so are ids. */
  private static Column column(StructField field, DataType has) {
    boolean wantsNumbers = field.dataType() instanceof ArrayType;
    DataType number = has instanceof ArrayType list ? list.elementType() : has;
    if (has instanceof ArrayType != wantsNumbers
        || (!field.name().equals(AnswerTable.ID) && !(number instanceof NumericType))) {
      throw new BadInputException(
          "column %s of answers must be %s, is %s"
              .formatted(field.name(), field.dataType().sql(), has.sql()));
    }
    DataType wanted =
        field.dataType() instanceof ArrayType list
            // Missing elements are found when the rows are checked.
            ? DataTypes.createArrayType(list.elementType(), true)
            : field.dataType();
    return col(field.name()).cast(wanted).as(field.name());
  }

  /** Number of classes, 1, or the width of a vector. */
  int numOutputs() {
    return numOutputs;
  }

  /** Number of answers. */
  long rows() {
    return answers.count();
  }

  /** A row of a file of examples. */
  private record Place(int file, long row) implements Serializable, Comparable<Place> {
    private static final Comparator<Place> ORDER =
        Comparator.comparingInt(Place::file).thenComparingLong(Place::row);

    @Override
    public int compareTo(Place other) {
      return ORDER.compare(this, other);
    }
  }

  /** Rows of one file of examples to one task. */
  private static final class ByFile extends Partitioner {
    private final int files;

    ByFile(int files) {
      this.files = files;
    }

    @Override
    public int numPartitions() {
      return files;
    }

    @Override
    public int getPartition(Object place) {
      return ((Place) place).file();
    }
  }

  /** An example with its place, and its answer if there is one. */
  private record Answered(String exampleId, Optional<Row> answer) implements Serializable {}

  /**
   * A row for each example, in their order, one task for each file.
   *
   * @throws BadInputException when it is computed, if an example has no answer or two, or an answer
   *     is not sound; names file and row
   */
  Dataset<Row> inOrderOf(List<Part> examples) {
    List<Part> files = List.copyOf(examples);
    JavaPairRDD<String, Place> places =
        job.sparkContext()
            .parallelize(IntStream.range(0, files.size()).boxed().toList(), files.size())
            .flatMapToPair(file -> places(files.get(file), file));
    AnswerTable columns = table;
    int outputs = numOutputs;
    JavaPairRDD<String, Row> byId =
        answers
            .toJavaRDD()
            .mapToPair(
                row -> {
                  columns.requireSound(row, name(row), outputs);
                  return new Tuple2<>(row.getAs(AnswerTable.ID), row);
                });
    JavaRDD<Row> ordered =
        places
            .leftOuterJoin(byId)
            .mapToPair(
                joined ->
                    new Tuple2<>(joined._2()._1(), new Answered(joined._1(), joined._2()._2())))
            .repartitionAndSortWithinPartitions(new ByFile(files.size()))
            .mapPartitions(rows -> new InOrder(rows, files, columns));
    return job.spark().createDataFrame(ordered, table.schema());
  }

  private static Iterator<Tuple2<String, Place>> places(Part part, int file) throws IOException {
    PartReader<String> reader = TaskFiles.open(part, row -> row.getString(AnswerTable.ID, 0));
    long[] next = {0};
    return new Batches<>(
        reader::read,
        ids -> ids.stream().map(id -> new Tuple2<>(id, new Place(file, next[0]++))).toList());
  }

  private static String name(Row answer) {
    return "row " + answer.<Long>getAs(ROW) + " of " + answer.<String>getAs(FILE);
  }

  /** The rows of the table, checked to be one for each example. */
  private static final class InOrder implements Iterator<Row> {
    private final Iterator<Tuple2<Place, Answered>> rows;
    private final List<Part> files;
    private final AnswerTable table;
    private Place last = new Place(0, -1);

    InOrder(Iterator<Tuple2<Place, Answered>> rows, List<Part> files, AnswerTable table) {
      this.rows = rows;
      this.files = files;
      this.table = table;
    }

    @Override
    public boolean hasNext() {
      return rows.hasNext();
    }

    @Override
    public Row next() {
      Tuple2<Place, Answered> row = rows.next();
      Answered answered = row._2();
      if (!answered.answer().isPresent()) {
        throw new BadInputException(
            "example "
                + answered.exampleId()
                + ", row "
                + row._1().row()
                + " of "
                + files.get(row._1().file()).path()
                + ", has no answer in the files");
      }
      Row answer = answered.answer().get();
      if (row._1().equals(last)) {
        throw new BadInputException(
            "example " + answered.exampleId() + " has two answers, one of them " + name(answer));
      }
      last = row._1();
      Object[] cells = new Object[table.schema().size()];
      for (int i = 0; i < cells.length; i++) {
        cells[i] = answer.get(i);
      }
      return RowFactory.create(cells);
    }
  }
}
