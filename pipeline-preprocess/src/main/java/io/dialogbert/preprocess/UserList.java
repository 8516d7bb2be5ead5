package io.dialogbert.preprocess;

import io.dialogbert.common.BadInputException;
import io.dialogbert.common.Directories;
import io.dialogbert.privacy.PseudonymKey;
import io.dialogbert.privacy.Pseudonymizer;
import io.dialogbert.privacy.Pseudonymizer.Kind;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The users of a text file as pseudonyms: an id a line, blank lines aside. An id counts as it
 * stands and without the spaces around it.
 */
final class UserList implements Iterator<Row> {
  static final StructType SCHEMA = new StructType().add("sender_id", DataTypes.StringType, false);

  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private final String file;
  private final LineFile lines;
  private final Pseudonymizer pseudonymizer;
  private final boolean mayBeEmpty;
  private final Queue<String> ready = new ArrayDeque<>();
  private boolean ended;
  private boolean empty = true;

  private UserList(String file, PseudonymKey key, boolean mayBeEmpty) throws IOException {
    this.file = file;
    this.lines = new LineFile(new Path(file), SparkHadoopUtil.get().conf());
    this.pseudonymizer = new Pseudonymizer(key);
    this.mayBeEmpty = mayBeEmpty;
  }

  /**
   * Reads lists of any size on the executors; a file that is no list fails the job when the rows
   * are computed.
   *
   * @param globs files, directories or globs, compressed or not
   * @param mayBeEmpty whether a file without an id is a list
   * @return one row for each id, {@code sender_id}; a user may be there more than once
   */
  static Dataset<Row> read(
      SparkSession spark,
      Directories directories,
      List<String> globs,
      PseudonymKey key,
      boolean mayBeEmpty)
      throws IOException {
    List<String> files = new ArrayList<>();
    for (String glob : globs) {
      for (FileStatus file : directories.files(glob)) {
        files.add(file.getPath().toString());
      }
    }
    byte[] bytes = key.bytes();
    FlatMapFunction<String, Row> read =
        file -> new UserList(file, PseudonymKey.ofBytes(bytes), mayBeEmpty);
    return spark
        .createDataset(files, Encoders.STRING())
        .repartition(files.size())
        .flatMap(read, Encoders.row(SCHEMA));
  }

  @Override
  public boolean hasNext() {
    try {
      while (ready.isEmpty() && !ended) {
        if (lines.next()) {
          take();
        } else {
          ended = true;
          lines.close();
        }
      }
    } catch (IOException e) {
      throw new BadInputException(
          "list of users cannot be read to its end: "
              + file
              + " ("
              + e.getClass().getSimpleName()
              + ")",
          e);
    }
    if (ended && empty && !mayBeEmpty) {
      throw new BadInputException("list of users must hold an id, is empty: " + file);
    }
    return !ready.isEmpty();
  }

  private void take() {
    Optional<String> text = lines.tooLong() ? Optional.empty() : lines.text();
    if (text.isEmpty()) {
      throw new BadInputException(
          "list of users must be UTF-8, an id of at most 1 MiB a line: "
              + file
              + ", row "
              + lines.row());
    }
    String line = text.get();
    if (lines.row() == 1 && line.startsWith(BYTE_ORDER_MARK)) {
      line = line.substring(BYTE_ORDER_MARK.length());
    }
    if (line.isBlank()) {
      return;
    }
    empty = false;
    ready.add(line);
    if (!line.strip().equals(line)) {
      ready.add(line.strip());
    }
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return RowFactory.create(pseudonymizer.pseudonym(Kind.SENDER, ready.remove()));
  }
}
