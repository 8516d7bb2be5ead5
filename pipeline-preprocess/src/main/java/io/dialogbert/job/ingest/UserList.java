package io.dialogbert.job.ingest;

import io.dialogbert.common.BadInputException;
import io.dialogbert.job.ingest.read.BadFileException;
import io.dialogbert.job.ingest.read.InputPart;
import io.dialogbert.job.ingest.read.LineFile;
import io.dialogbert.job.ingest.read.ReadFailure;
import io.dialogbert.job.ingest.read.RejectedRow;
import io.dialogbert.privacy.PseudonymKey;
import io.dialogbert.privacy.Pseudonymizer;
import io.dialogbert.privacy.Pseudonymizer.Kind;
import io.dialogbert.text.normalize.CanonicalId;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The users in a text file, as pseudonyms. One id per line; blank lines are skipped. */
public final class UserList implements Iterator<Row> {
  static final StructType SCHEMA = new StructType().add("sender_id", DataTypes.StringType, false);

  private final String file;
  private final LineFile lines;
  private final Pseudonymizer pseudonymizer;
  private final boolean mayBeEmpty;
  private String next;
  private boolean ended;
  private boolean empty = true;

  private UserList(InputPart file, PseudonymKey key, boolean mayBeEmpty) {
    this.file = file.path();
    try {
      this.lines = new LineFile(file, SparkHadoopUtil.get().conf());
    } catch (IOException e) {
      throw unreadable(e);
    } catch (BadFileException e) {
      throw new BadInputException("list of users: " + e.rule + ": " + file.path(), e);
    }
    this.pseudonymizer = new Pseudonymizer(key);
    this.mayBeEmpty = mayBeEmpty;
  }

  /**
   * Reads lists of any size on the executors. A file that is not a list fails the job when the rows
   * are computed.
   *
   * @param files whole files, compressed or not
   * @param mayBeEmpty whether a file without ids is valid
   * @return one row per id, {@code sender_id}; may contain duplicates
   */
  public static Dataset<Row> read(
      SparkSession spark, List<InputPart> files, PseudonymKey key, boolean mayBeEmpty) {
    byte[] bytes = key.bytes();
    JavaRDD<Row> users =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .parallelize(files, files.size())
            .flatMap(file -> new UserList(file, PseudonymKey.ofBytes(bytes), mayBeEmpty));
    return spark.createDataFrame(users, SCHEMA);
  }

  @Override
  public boolean hasNext() {
    try {
      while (next == null && !ended) {
        if (lines.next()) {
          take();
        } else {
          ended = true;
          lines.close();
        }
      }
    } catch (IOException e) {
      throw unreadable(e);
    }
    if (ended && empty && !mayBeEmpty) {
      throw new BadInputException("list of users must hold an id, is empty: " + file);
    }
    return next != null;
  }

  private BadInputException unreadable(IOException e) {
    return new BadInputException("list of users " + ReadFailure.rule(e) + " (" + file + ")", e);
  }

  private void take() {
    String line;
    try {
      line = lines.text();
    } catch (RejectedRow e) {
      throw new BadInputException(
          "list of users must be UTF-8, an id of at most 1 MiB a line: "
              + file
              + ", row "
              + lines.row(),
          e);
    }
    if (!CanonicalId.of(line).isEmpty()) {
      empty = false;
      next = pseudonymizer.pseudonym(Kind.SENDER, line);
    }
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Row user = RowFactory.create(next);
    next = null;
    return user;
  }
}
