package io.dialogbert.model.kernel;

import java.util.LinkedHashMap;
import java.util.Map;

/** What was made for the latest keys. The rest is dropped, and made again when it is needed. */
final class LatestUsed<K, V> extends LinkedHashMap<K, V> {
  private static final int MAX_SIZE = 1024;

  LatestUsed() {
    super(16, 0.75f, true);
  }

  @Override
  protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
    return size() > MAX_SIZE;
  }
}
