package io.dialogbert.job.ingest.read;

import io.dialogbert.job.table.Attempts;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.deploy.SparkHadoopUtil;

/**
 * Cuts input files into parts, and assigns these to tasks. The rows and their numbers do not depend
 * on how the files are cut.
 */
public final class InputParts {
  private static final int BUFFER_BYTES = 1 << 16;

  private InputParts() {}

  /**
   * Files as one part each.
   *
   * @param files in path order, at least one
   */
  public static List<InputPart> of(List<FileStatus> files) {
    List<String> paths = files.stream().map(file -> file.getPath().toString()).toList();
    int common = commonDirectory(paths.get(0), paths.get(paths.size() - 1));
    List<InputPart> parts = new ArrayList<>();
    for (int i = 0; i < paths.size(); i++) {
      String path = paths.get(i);
      parts.add(new InputPart(path, path.substring(common), 0, files.get(i).getLen(), 1));
    }
    return parts;
  }

  /** Length of the path of the common directory of all files between two in path order. */
  private static int commonDirectory(String first, String last) {
    int end = 0;
    for (int i = 0; i < Math.min(first.length(), last.length()); i++) {
      if (first.charAt(i) != last.charAt(i)) {
        return end;
      }
      end = first.charAt(i) == '/' ? i + 1 : end;
    }
    return first.lastIndexOf('/') + 1;
  }

  /**
   * Cuts large files if their format allows it, and counts the rows before each part.
   *
   * @param maxBytes maximum size of a part
   */
  public static List<InputPart> cut(
      JavaSparkContext spark, List<InputPart> files, InputFormat format, long maxBytes) {
    List<InputPart> parts = new ArrayList<>();
    for (InputPart file : files) {
      boolean cut =
          format.splits()
              && (format == InputFormat.PARQUET || !TextFiles.isCompressed(file.path()));
      long step = cut ? maxBytes : Math.max(1, file.bytes());
      long start = 0;
      do {
        long end = Math.min(file.end(), start + step);
        parts.add(new InputPart(file.path(), file.name(), start, end, 1));
        start = end;
      } while (start < file.end());
    }
    return numbered(spark, parts, format);
  }

  private static List<InputPart> numbered(
      JavaSparkContext spark, List<InputPart> parts, InputFormat format) {
    // No part follows the last one of a file, so it need not be counted.
    List<InputPart> before = new ArrayList<>();
    for (int i = 0; i + 1 < parts.size(); i++) {
      if (parts.get(i + 1).start() > 0) {
        before.add(parts.get(i));
      }
    }
    if (before.isEmpty()) {
      return parts;
    }
    int maxAttempts = Attempts.max(spark);
    List<Long> counts =
        spark
            .parallelize(before, before.size())
            .map(part -> count(part, format, SparkHadoopUtil.get().conf(), maxAttempts))
            .collect();
    List<InputPart> numbered = new ArrayList<>();
    long firstRow = 1;
    int counted = 0;
    for (InputPart part : parts) {
      firstRow = part.start() == 0 ? 1 : firstRow + counts.get(counted++);
      numbered.add(part.withFirstRow(firstRow));
    }
    return numbered;
  }

  /**
   * The number of rows that begin in a part. 0 if it cannot be read; the task that reads it reports
   * that.
   */
  static long count(InputPart part, InputFormat format, Configuration hadoop, int maxAttempts) {
    try {
      return format == InputFormat.PARQUET
          ? ParquetRows.count(part, hadoop)
          : countLines(part, hadoop);
    } catch (IOException e) {
      Attempts.failUnlessLast("rows of " + part.name() + " cannot be counted", maxAttempts);
      return 0;
    }
  }

  /**
   * A line begins at the start of the file, and after each line break that does not end the file.
   */
  private static long countLines(InputPart part, Configuration hadoop) throws IOException {
    long lines = part.start() == 0 ? 1 : 0;
    try (InputStream in = TextFiles.openPlain(part.path(), hadoop, Math.max(0, part.start() - 1))) {
      byte[] buffer = new byte[BUFFER_BYTES];
      long left = part.end() - 1 - Math.max(0, part.start() - 1);
      while (left > 0) {
        int n = in.read(buffer, 0, (int) Math.min(left, buffer.length));
        if (n < 0) {
          break;
        }
        for (int i = 0; i < n; i++) {
          lines += buffer[i] == '\n' ? 1 : 0;
        }
        left -= n;
      }
    }
    return lines;
  }

  /** Assigns parts to tasks, in order, so that each task has at most about {@code maxBytes}. */
  public static List<List<InputPart>> tasks(
      List<InputPart> parts, long maxBytes, long bytesToOpen) {
    List<List<InputPart>> tasks = new ArrayList<>();
    long bytes = 0;
    for (InputPart part : parts) {
      if (tasks.isEmpty() || bytes + part.bytes() > maxBytes) {
        tasks.add(new ArrayList<>());
        bytes = 0;
      }
      tasks.get(tasks.size() - 1).add(part);
      bytes += part.bytes() + bytesToOpen;
    }
    return tasks;
  }
}
