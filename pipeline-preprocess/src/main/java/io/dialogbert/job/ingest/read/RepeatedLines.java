package io.dialogbert.job.ingest.read;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Lines that occur word for word in several messages with different first lines. They are probably
 * the messenger's own, such as a warning with unknown wording that was taken for part of the
 * previous message. Copied messages have the same first line and do not count.
 *
 * <p>Only the smallest hashes are kept, so that the order of the lines does not matter and a line
 * is found in all files or in none.
 */
public final class RepeatedLines implements Serializable {
  /** A shorter line may be a common answer. */
  private static final int MIN_CHARACTERS = 20;

  private static final int MIN_FIRST_LINES = 3;
  private static final int MAX_LINES = 5_000;

  /** Where a line first occurs, and hashes of the first lines of the messages that contain it. */
  private record Seen(String file, long row, TreeSet<Long> firstLines) implements Serializable {
    Seen with(Seen other) {
      TreeSet<Long> all = new TreeSet<>(firstLines);
      all.addAll(other.firstLines);
      while (all.size() > MIN_FIRST_LINES) {
        all.pollLast();
      }
      boolean isFirst =
          Comparator.comparing(Seen::file).thenComparing(Seen::row).compare(this, other) <= 0;
      return new Seen(isFirst ? file : other.file, isFirst ? row : other.row, all);
    }
  }

  private final TreeMap<Long, Seen> seen = new TreeMap<>();

  /** Records a continuation line of the message that begins with {@code firstLine}. */
  public void add(String line, String firstLine, long row) {
    if (line.length() >= MIN_CHARACTERS) {
      add(hash(line.strip()), new Seen("", row, new TreeSet<>(Set.of(hash(firstLine)))));
    }
  }

  private void add(long line, Seen where) {
    seen.merge(line, where, Seen::with);
    if (seen.size() > MAX_LINES) {
      seen.pollLastEntry();
    }
  }

  /** Adds the lines of one file. */
  void addAll(RepeatedLines other, String file) {
    other.seen.forEach((line, where) -> add(line, new Seen(file, where.row, where.firstLines)));
  }

  /** Adds lines that already name their files. */
  void addAll(RepeatedLines other) {
    other.seen.forEach(this::add);
  }

  /** Where each repeated line first occurs: file and row, in order. */
  List<String> places() {
    return seen.values().stream()
        .filter(line -> line.firstLines.size() >= MIN_FIRST_LINES)
        .sorted(Comparator.comparing(Seen::file).thenComparing(Seen::row))
        .map(line -> line.file + " row " + line.row)
        .toList();
  }

  private static long hash(String line) {
    return ByteBuffer.wrap(DigestUtils.sha256(line.getBytes(StandardCharsets.UTF_8))).getLong();
  }
}
