package io.dialogbert.text.piece;

import java.util.Arrays;

/** Ids of pieces and their positions in a normalized text during encoding. */
public final class Pieces {
  private int[] ids = new int[32];
  private int[] starts = new int[32];
  private int[] ends = new int[32];
  private int size;

  void add(int id, int start, int end) {
    if (size == ids.length) {
      ids = Arrays.copyOf(ids, size * 2);
      starts = Arrays.copyOf(starts, size * 2);
      ends = Arrays.copyOf(ends, size * 2);
    }
    ids[size] = id;
    starts[size] = start;
    ends[size++] = end;
  }

  /** Drops all pieces after the first {@code newSize}. */
  void truncate(int newSize) {
    size = newSize;
  }

  public int size() {
    return size;
  }

  public int id(int i) {
    return ids[i];
  }

  public int start(int i) {
    return starts[i];
  }

  public int end(int i) {
    return ends[i];
  }

  public int[] toIds() {
    return Arrays.copyOf(ids, size);
  }
}
