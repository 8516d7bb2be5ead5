package io.dialogbert.finetune.label;

import io.dialogbert.common.BadInputException;
import io.dialogbert.dialogue.Splits;
import io.dialogbert.job.ingest.read.BadFileException;
import io.dialogbert.job.ingest.read.InputPart;
import io.dialogbert.job.ingest.read.InputParts;
import io.dialogbert.job.ingest.read.LineFile;
import io.dialogbert.job.ingest.read.ReadFailure;
import io.dialogbert.job.ingest.read.RejectedRow;
import io.dialogbert.job.ingest.read.TextFiles;
import io.dialogbert.task.label.BadExampleException;
import io.dialogbert.task.label.LabelSchema;
import io.dialogbert.task.label.LabeledText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;

/** Reads the examples of labeled files, one file after the other, in this JVM. */
public final class LabeledFiles {
  /** What a driver can hold: about 1 KiB for each pair of sentences, with what groups need. */
  static final int MAX_ROWS = 5_000_000;

  private final LabeledFilesConfig config;
  private final Configuration hadoop;
  private final int maxRows;
  private final Map<String, List<LabeledText>> examples = new LinkedHashMap<>();
  private final List<Reject> rejects = new ArrayList<>();
  private long rowsIn;
  private boolean badFile;

  /**
   * What a file held that is no example.
   *
   * @param row from 1; for a whole file, the row at which reading ended
   * @param reason a stable name
   * @param rule what the row or the file breaks, without its values
   */
  public record Reject(String split, String file, long row, String reason, String rule) {}

  /**
   * What was read.
   *
   * @param examples by split, in the order of files and rows; splits without files are absent
   * @param rejects in the order of files and rows
   * @param rowsIn number of rows without headers and blank lines
   * @param badFile whether a file could not be read, or not to its end
   */
  public record Result(
      Map<String, List<LabeledText>> examples, List<Reject> rejects, long rowsIn, boolean badFile) {

    /** Numbers of rejects by reason. */
    public SortedMap<String, Long> rejectsByReason() {
      SortedMap<String, Long> counts = new TreeMap<>();
      rejects.forEach(reject -> counts.merge(reject.reason(), 1L, Long::sum));
      return counts;
    }
  }

  private LabeledFiles(LabeledFilesConfig config, Configuration hadoop, int maxRows) {
    this.config = config;
    this.hadoop = hadoop;
    this.maxRows = maxRows;
  }

  /**
   * Reads all files.
   *
   * @param files by split; a split without files may be absent
   * @throws BadInputException if a file is in two splits, or there are more than {@link #MAX_ROWS}
   *     rows
   */
  public static Result read(
      Map<String, List<FileStatus>> files, LabeledFilesConfig config, Configuration hadoop) {
    return read(files, config, hadoop, MAX_ROWS);
  }

  static Result read(
      Map<String, List<FileStatus>> files,
      LabeledFilesConfig config,
      Configuration hadoop,
      int maxRows) {
    LabeledFiles reading = new LabeledFiles(config, hadoop, maxRows);
    Map<String, InputPart> parts = parts(files);
    for (String split : Splits.ALL) {
      for (FileStatus file : files.getOrDefault(split, List.of())) {
        reading.read(split, parts.get(file.getPath().toString()));
      }
    }
    return new Result(reading.examples, reading.rejects, reading.rowsIn, reading.badFile);
  }

  /** The files by path, with names below the directory that holds all. */
  private static Map<String, InputPart> parts(Map<String, List<FileStatus>> files) {
    List<FileStatus> all =
        files.values().stream()
            .flatMap(List::stream)
            .sorted(Comparator.comparing(file -> file.getPath().toString()))
            .toList();
    Set<String> paths = new HashSet<>();
    for (FileStatus file : all) {
      if (!paths.add(file.getPath().toString())) {
        throw new BadInputException(
            "a file must be in one split, but " + file.getPath().getName() + " is in two");
      }
    }
    Map<String, InputPart> parts = new HashMap<>();
    InputParts.of(all).forEach(part -> parts.put(part.path(), part));
    return parts;
  }

  private void read(String split, InputPart part) {
    List<LabeledText> read = examples.computeIfAbsent(split, s -> new ArrayList<>());
    LabelSchema schema = config.schema();
    long position = 1;
    try (LabeledRows rows = open(part)) {
      position = rows.nextRow();
      for (long number = 0; rows.next(); number++) {
        if (++rowsIn > maxRows) {
          throw new BadInputException(
              "labeled files are read in memory and must have at most "
                  + maxRows
                  + " rows together; "
                  + part.name()
                  + " exceeds this in row "
                  + rows.row());
        }
        try {
          read.add(schema.read(part.name(), rows.row(), number, rows.values()));
        } catch (RejectedRow e) {
          rejects.add(new Reject(split, part.name(), rows.row(), e.reason, e.rule));
        } catch (BadExampleException e) {
          rejects.add(new Reject(split, part.name(), rows.row(), e.reason, e.rule));
        }
        position = rows.nextRow();
      }
    } catch (BadFileException e) {
      badFile = true;
      rejects.add(new Reject(split, part.name(), position, e.reason, e.rule));
    } catch (IOException e) {
      badFile = true;
      rejects.add(
          new Reject(
              split, part.name(), position, BadFileException.UNREADABLE, ReadFailure.rule(e)));
    }
  }

  private LabeledRows open(InputPart part) throws IOException, BadFileException {
    List<String> columns = config.schema().columns();
    if (config.format() == LabeledFormat.PARQUET) {
      return new ParquetValues(part, hadoop, columns);
    }
    JsonFields fields = new JsonFields(config.schema());
    if (config.format() == LabeledFormat.JSON_ARRAY) {
      return new JsonArray(TextFiles.open(part.path(), hadoop, 0), fields);
    }
    LineFile lines = new LineFile(part, hadoop);
    try {
      return switch (config.format()) {
        case TSV -> DelimitedRows.tsv(lines, config.header(), columns);
        case CSV ->
            DelimitedRows.csv(lines, config.delimiter(), config.header(), columns, this::isExample);
        case JSON -> new JsonLines(lines, fields);
        case CONLL -> new ConllRows(lines, config.conll().orElseThrow());
        case JSON_ARRAY, PARQUET ->
            throw new IllegalStateException(config.format() + " has no lines");
      };
    } catch (IOException | BadFileException e) {
      lines.close();
      throw e;
    }
  }

  private boolean isExample(Map<String, String> values) {
    try {
      config.schema().read("", 1, 0, values);
      return true;
    } catch (BadExampleException e) {
      return false;
    }
  }
}
