package io.dialogbert.train;

import io.dialogbert.common.BadInputException;
import io.dialogbert.frame.store.FileCheck;
import io.dialogbert.train.ExampleReader.Decoder;
import io.dialogbert.train.ExampleReader.Part;
import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.ParquetRuntimeException;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;

/**
 * The examples of a file in the order of its rows, without the whole file in memory.
 *
 * @param <E> what a row is decoded to
 */
public final class PartReader<E> implements Closeable {
  private final Configuration hadoop;
  private final Part part;
  private final Decoder<E> decoder;
  private final ParquetReader<Group> rows;
  private int next;

  /**
   * Opens a file.
   *
   * @throws BadInputException if it is missing or not as it was written
   */
  public PartReader(Configuration hadoop, Part part, Decoder<E> decoder) throws IOException {
    this.hadoop = hadoop;
    this.part = part;
    this.decoder = decoder;
    Path path = new Path(part.path());
    try {
      if (!part.sha256().isEmpty()) {
        // Checked on every read, because a run reads its files for days.
        Optional<String> damage = FileCheck.findDamage(hadoop, path, part.sha256());
        if (damage.isPresent()) {
          throw damaged(damage.get());
        }
      }
      this.rows =
          ParquetReader.builder(new GroupReadSupport(), path)
              .withConf(hadoop)
              .usePageChecksumVerification()
              .build();
    } catch (FileNotFoundException e) {
      throw damaged(part.path() + " is missing");
    }
  }

  /**
   * The next examples, fewer at the end of the file.
   *
   * @param count maximum number of examples
   * @throws BadInputException if a row is no example, or the file is not as it was written; names
   *     file and row
   */
  public List<E> read(int count) throws IOException {
    List<E> examples = new ArrayList<>();
    try {
      Group row = null;
      while (examples.size() < count && (row = rows.read()) != null) {
        examples.add(decode(row));
        next++;
      }
    } catch (FileNotFoundException e) {
      throw damaged(part.path() + " is missing");
    } catch (ParquetRuntimeException e) {
      throw damaged(FileCheck.describeDamage(hadoop, new Path(part.path())));
    }
    return examples;
  }

  private static BadInputException damaged(String damage) {
    return new BadInputException(
        "examples are damaged: "
            + damage
            + "; restore the file, or make its directory again with --overwrite");
  }

  private E decode(Group row) {
    try {
      return decoder.decode(row);
    } catch (RuntimeException e) {
      // Without the cause: its message contains the row.
      throw new BadInputException(
          "row "
              + next
              + " of "
              + part.path()
              + " is no example: a column is missing, null or of another type; make its directory"
              + " again with --overwrite");
    }
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }
}
