package io.dialogbert.train;

import io.dialogbert.common.Days;
import io.dialogbert.common.Seeds;
import io.dialogbert.frame.store.Manifest;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.Serializable;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;

/**
 * Examples in a random order that depends only on the seed: position p is the same example for
 * every reader. Each epoch reshuffles the files, and the rows within each file. Files hold random
 * samples (build-examples ensures this), so batches are well mixed. Files of days are put in an
 * order that each file finds by itself: another day comes in between, and changes neither the order
 * of the others nor that of their rows. A file is read as a whole, in the background while the
 * previous one is in use.
 *
 * @param <E> what a row is decoded to
 */
public final class ExampleReader<E> {
  /**
   * A file of examples.
   *
   * @param sha256 the hash that the file must have; empty if unknown
   */
  public record Part(String path, long rows, String sha256) implements Serializable {
    /** A file that a directory's manifest lists. */
    public static Part of(Path directory, Manifest.OutputFile file) {
      return new Part(new Path(directory, file.path()).toString(), file.rows(), file.sha256());
    }
  }

  /** Turns a Parquet row into an example. */
  @FunctionalInterface
  public interface Decoder<E> extends Serializable {
    E decode(Group row);
  }

  // The file in use, the previous one for slower workers, and the next one.
  private static final int CACHED_FILES = 3;
  private static final Executor BACKGROUND =
      Executors.newCachedThreadPool(
          work -> {
            Thread daemon = new Thread(work, "dialogbert-examples");
            daemon.setDaemon(true);
            return daemon;
          });
  // Enough for the training and held-out examples of eight tasks.
  private static final int SHARED_READERS = 16;
  private static final Map<List<Object>, ExampleReader<?>> SHARED =
      new LinkedHashMap<>(SHARED_READERS * 2, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<List<Object>, ExampleReader<?>> eldest) {
          return size() > SHARED_READERS;
        }
      };

  private final Configuration hadoop;
  private final List<Part> parts;
  private final Decoder<E> decoder;
  private final long seed;
  private final long size;
  private final Map<String, FutureTask<List<E>>> cache =
      new LinkedHashMap<>(CACHED_FILES * 2, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, FutureTask<List<E>>> eldest) {
          return size() > CACHED_FILES;
        }
      };

  private long orderedEpoch = -1;
  private int[] fileOrder = {};
  // First row of each file in that order; 0 for the first file.
  private long[] fileStarts = {};

  /** Reads {@code parts}; at least one must have a row. */
  public ExampleReader(Configuration hadoop, List<Part> parts, Decoder<E> decoder, long seed) {
    this.hadoop = hadoop;
    this.parts = parts.stream().filter(part -> part.rows() > 0).toList();
    this.decoder = decoder;
    this.seed = seed;
    this.size = this.parts.stream().mapToLong(Part::rows).sum();
    if (size == 0) {
      throw new IllegalArgumentException("no examples in " + parts.size() + " files");
    }
  }

  /**
   * A reader that all tasks of a run share in this JVM. So a file is read once, even if several
   * tasks read it. Other runs have their own readers, even for the same files: they may decode rows
   * differently, and the files may have been rewritten in between.
   *
   * @param owner an id such as a UUID, drawn by the run's driver and the same in all of its tasks;
   *     stands for one decoder
   */
  @SuppressWarnings("unchecked") // an owner has one decoder
  public static <E> ExampleReader<E> shared(
      Configuration hadoop, List<Part> parts, Decoder<E> decoder, String owner, long seed) {
    synchronized (SHARED) {
      return (ExampleReader<E>)
          SHARED.computeIfAbsent(
              List.of(owner, seed, parts),
              key -> new ExampleReader<>(hadoop, parts, decoder, seed));
    }
  }

  /** The files of a table below a partition directory such as {@code data/split=train}. */
  public static List<Part> parts(String directory, Manifest manifest, String table) {
    return manifest.files().stream()
        .filter(file -> file.path().startsWith(table + "/") && file.rows() > 0)
        .map(file -> Part.of(new Path(directory), file))
        .toList();
  }

  /** Number of examples in an epoch. */
  public long size() {
    return size;
  }

  /** The epoch of a position, from 0. */
  public long epoch(long position) {
    return position / size;
  }

  /**
   * Reads examples at consecutive positions; past the end of an epoch, the next one begins.
   *
   * @param position from 0, counted over all epochs
   */
  public synchronized List<E> read(long position, int count) throws IOException {
    List<E> examples = new ArrayList<>(count);
    while (examples.size() < count) {
      examples.add(at(position + examples.size()));
    }
    return examples;
  }

  private E at(long position) throws IOException {
    long epoch = epoch(position);
    long rest = position % size;
    if (epoch != orderedEpoch) {
      fileOrder = fileOrder(epoch);
      fileStarts = new long[fileOrder.length];
      for (int place = 1; place < fileOrder.length; place++) {
        fileStarts[place] = fileStarts[place - 1] + parts.get(fileOrder[place - 1]).rows();
      }
      orderedEpoch = epoch;
    }
    int found = Arrays.binarySearch(fileStarts, rest);
    // For a value between two starts, binarySearch returns the insertion point.
    int place = found >= 0 ? found : -found - 2;
    return shuffled(place, epoch).get((int) (rest - fileStarts[place]));
  }

  /** The file's rows in the epoch's order. Also starts reading the next file in the background. */
  private List<E> shuffled(int place, long epoch) throws IOException {
    FutureTask<List<E>> file = cache.get(key(place, epoch));
    if (file == null) {
      file = task(place, epoch);
    }
    // A task runs once: here, unless the background thread has begun it.
    file.run();
    if (place + 1 < fileOrder.length && !cache.containsKey(key(place + 1, epoch))) {
      BACKGROUND.execute(task(place + 1, epoch));
    }
    try {
      return file.get();
    } catch (ExecutionException e) {
      cache.clear();
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while reading examples");
    }
  }

  private String key(int place, long epoch) {
    return epoch + " " + parts.get(fileOrder[place]).path();
  }

  private FutureTask<List<E>> task(int place, long epoch) {
    Part part = parts.get(fileOrder[place]);
    FutureTask<List<E>> task = new FutureTask<>(() -> shuffled(part, epoch));
    cache.put(key(place, epoch), task);
    return task;
  }

  private List<E> shuffled(Part part, long epoch) throws IOException {
    List<E> stored;
    try (PartReader<E> reader = new PartReader<>(hadoop, part, decoder)) {
      stored = reader.read(Integer.MAX_VALUE);
    }
    List<E> rows = new ArrayList<>(stored.size());
    for (int row : order(stored.size(), name(part), epoch)) {
      rows.add(stored.get(row));
    }
    return rows;
  }

  private int[] fileOrder(long epoch) {
    if (parts.stream().allMatch(part -> day(part).isEmpty())) {
      return order(parts.size(), "files", epoch);
    }
    return IntStream.range(0, parts.size())
        .boxed()
        .sorted(
            Comparator.comparingLong(
                (Integer part) -> Seeds.hash(seed, "files", name(parts.get(part)), epoch)))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** The day that a file is of, if it is of one. */
  private static Optional<LocalDate> day(Part part) {
    Path table = new Path(part.path()).getParent();
    return Stream.iterate(table, path -> path != null, Path::getParent)
        .flatMap(path -> Days.of(path.toString()).stream())
        .findFirst();
  }

  /** Identifies a file among others, wherever they are. */
  private static String name(Part part) {
    String name = new Path(part.path()).getName();
    return day(part).map(day -> day + " " + name).orElse(name);
  }

  /** A permutation of 0 to n - 1 for this seed, epoch and purpose. */
  private int[] order(int n, String what, long epoch) {
    return Seeds.permutation(n, Seeds.of(seed, "order", what, epoch));
  }

  /** The values of a list column of ints that Spark wrote. */
  public static int[] ints(Group row, String column) {
    Group list = row.getGroup(column, 0);
    int[] values = new int[list.getFieldRepetitionCount(0)];
    for (int i = 0; i < values.length; i++) {
      values[i] = list.getGroup(0, i).getInteger(0, 0);
    }
    return values;
  }

  /** The values of a list column of floats that Spark wrote. */
  public static float[] floats(Group row, String column) {
    Group list = row.getGroup(column, 0);
    float[] values = new float[list.getFieldRepetitionCount(0)];
    for (int i = 0; i < values.length; i++) {
      values[i] = list.getGroup(0, i).getFloat(0, 0);
    }
    return values;
  }
}
