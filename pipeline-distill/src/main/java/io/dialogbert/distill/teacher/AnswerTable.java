package io.dialogbert.distill.teacher;

import io.dialogbert.common.BadInputException;
import io.dialogbert.frame.JobContext;
import io.dialogbert.job.table.RowMapping;
import io.dialogbert.train.ExampleReader;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.parquet.example.data.Group;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The table of a teacher's answers: a row for each training example. Letters: C classes, K of them,
 * H width of a vector.
 *
 * @param kind what the answers are
 * @param isCut whether only the greatest logits of an example are there
 */
record AnswerTable(Kind kind, boolean isCut) implements Serializable {
  static final String ID = "example_id";
  static final String CLASSES = "classes";
  private static final String LOGITS = "logits";
  private static final String REST = "rest_logsumexp";
  private static final String SCORE = "score";
  private static final String FIRST = "first_vector";
  private static final String SECOND = "second_vector";

  private static final DataType FLOATS = DataTypes.createArrayType(DataTypes.FloatType, false);
  private static final DataType INTS = DataTypes.createArrayType(DataTypes.IntegerType, false);

  private record Cut(String exampleId, TopLogits top) {}

  private static final RowMapping<Cut> CUT =
      new RowMapping.Builder<Cut>(new AnswerTable(Kind.LOGITS, true).schema())
          .set(ID, Cut::exampleId)
          .set(CLASSES, cut -> cut.top().classes())
          .set(LOGITS, cut -> cut.top().logits())
          .set(REST, cut -> cut.top().rest())
          .build();

  /** Kinds of answers. */
  enum Kind {
    /** A number for each class, the greater the more probable. */
    LOGITS("logits"),
    /** A similarity, where the range of the task is 0 to 1. */
    SCORE("a score"),
    /** A sentence vector for each text of a pair. */
    VECTORS("vectors");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    @Override
    public String toString() {
      return words;
    }
  }

  /** An answer to an example. */
  record Answer(String exampleId, float[] outputs) {}

  /**
   * The table that has some columns.
   *
   * @return empty if it is no table of answers
   */
  static Optional<AnswerTable> of(List<String> columns) {
    return Stream.of(
            new AnswerTable(Kind.LOGITS, true),
            new AnswerTable(Kind.LOGITS, false),
            new AnswerTable(Kind.SCORE, false),
            new AnswerTable(Kind.VECTORS, false))
        .filter(table -> columns.containsAll(List.of(table.schema().fieldNames())))
        .findFirst();
  }

  /**
   * The table of an input directory.
   *
   * @throws BadInputException if it has none
   */
  static AnswerTable of(JobContext job, String input) {
    return of(List.of(job.read(input, "data").columns()))
        .orElseThrow(
            () -> new BadInputException(job.inputPath(input) + " has no table of answers"));
  }

  StructType schema() {
    StructType id = new StructType().add(ID, DataTypes.StringType, false);
    return switch (kind) {
      case LOGITS ->
          isCut
              ? id.add(CLASSES, INTS, false)
                  .add(LOGITS, FLOATS, false)
                  .add(REST, DataTypes.FloatType, false)
              : id.add(LOGITS, FLOATS, false);
      case SCORE -> id.add(SCORE, DataTypes.FloatType, false);
      case VECTORS -> id.add(FIRST, FLOATS, false).add(SECOND, FLOATS, false);
    };
  }

  /**
   * The row of an answer.
   *
   * @param outputs logits [C], a score [1], or two vectors [2H]
   * @param k K; ignored where nothing is cut
   */
  Row row(String exampleId, float[] outputs, int k) {
    return switch (kind) {
      case LOGITS -> {
        if (!isCut) {
          yield RowFactory.create(exampleId, outputs);
        }
        yield CUT.row(new Cut(exampleId, TopLogits.of(outputs, k)));
      }
      case SCORE -> RowFactory.create(exampleId, outputs[0]);
      case VECTORS -> {
        int width = outputs.length / 2;
        yield RowFactory.create(
            exampleId,
            Arrays.copyOf(outputs, width),
            Arrays.copyOfRange(outputs, width, outputs.length));
      }
    };
  }

  /**
   * The answer of a row.
   *
   * @param numOutputs C, 1, or H
   */
  Answer decode(Group row, int numOutputs) {
    return new Answer(
        row.getString(ID, 0),
        switch (kind) {
          case LOGITS ->
              isCut
                  ? new TopLogits(
                          ExampleReader.ints(row, CLASSES),
                          ExampleReader.floats(row, LOGITS),
                          row.getFloat(REST, 0))
                      .all(numOutputs)
                  : ExampleReader.floats(row, LOGITS);
          case SCORE -> new float[] {row.getFloat(SCORE, 0)};
          case VECTORS -> join(ExampleReader.floats(row, FIRST), ExampleReader.floats(row, SECOND));
        });
  }

  /** Two vectors, one after the other. */
  static float[] join(float[] first, float[] second) {
    float[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  /**
   * Number of outputs that a row has: C or K, 1, or H.
   *
   * @param place of the row, for the message
   * @throws BadInputException if it lacks a value
   */
  int numOutputs(Row row, String place) {
    requireValues(row, place);
    return switch (kind) {
      case LOGITS -> row.getList(row.fieldIndex(LOGITS)).size();
      case SCORE -> 1;
      case VECTORS -> row.getList(row.fieldIndex(FIRST)).size();
    };
  }

  /**
   * Checks a row that was made elsewhere.
   *
   * @param place of the row, for the message
   * @param numOutputs C, 1, or H
   * @throws BadInputException if its values are not of the right number, no numbers, or no classes
   */
  void requireSound(Row row, String place, int numOutputs) {
    requireValues(row, place);
    switch (kind) {
      case LOGITS -> {
        if (isCut) {
          requireClasses(row, place, numOutputs);
        } else {
          requireFloats(row, place, LOGITS, numOutputs);
        }
      }
      case SCORE -> requireNumber(row.getAs(SCORE), place, SCORE);
      case VECTORS -> {
        requireFloats(row, place, FIRST, numOutputs);
        requireFloats(row, place, SECOND, numOutputs);
      }
    }
  }

  private void requireValues(Row row, String place) {
    for (String column : schema().fieldNames()) {
      if (row.isNullAt(row.fieldIndex(column))) {
        throw new BadInputException(place + " has no " + column);
      }
    }
  }

  private static void requireClasses(Row row, String place, int numClasses) {
    List<Integer> classes = row.getList(row.fieldIndex(CLASSES));
    requireFloats(row, place, LOGITS, classes.size());
    for (Integer c : classes) {
      if (c == null || c < 0 || c >= numClasses) {
        throw new BadInputException(
            place + " has class " + c + ", which is outside 0.." + (numClasses - 1));
      }
    }
    if (classes.stream().distinct().count() < classes.size()) {
      throw new BadInputException(place + " has a class twice");
    }
    if (classes.size() < numClasses) {
      requireNumber(row.getAs(REST), place, REST);
    }
  }

  private static void requireFloats(Row row, String place, String column, int length) {
    List<Float> values = row.getList(row.fieldIndex(column));
    if (values.size() != length) {
      throw new BadInputException(
          "%s has %d numbers in %s, must have %d".formatted(place, values.size(), column, length));
    }
    values.forEach(value -> requireNumber(value, place, column));
  }

  private static void requireNumber(Float value, String place, String column) {
    if (value == null || !Float.isFinite(value)) {
      throw new BadInputException(place + " has " + value + " in " + column + ", must be a number");
    }
  }
}
