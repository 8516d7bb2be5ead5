package io.dialogbert.text;

import ai.djl.sentencepiece.SpProcessor;
import ai.djl.sentencepiece.SpTokenizer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Cuts segments into the pieces of a model with the SentencePiece library. A chat uses the same
 * morphemes again and again, so their ids are kept.
 */
final class SubwordEncoder {
  /** Enough for the morphemes that make up nearly all of a corpus; about 20 MB. */
  private static final int MAX_CACHED = 100_000;

  /** In UTF-16 units; longer segments hardly repeat. */
  private static final int MAX_CACHED_LENGTH = 32;

  private final SpProcessor processor;
  private final Map<String, int[]> cache = new ConcurrentHashMap<>();

  SubwordEncoder(byte[] model) {
    // Never closed: an encoder lives as long as its JVM, and other threads may be using it.
    this.processor = new SpTokenizer(model).getProcessor();
  }

  /** The ids of a segment; the array is shared and must not be changed. */
  int[] encode(String segment) {
    int[] cached = cache.get(segment);
    if (cached != null) {
      return cached;
    }
    int[] ids = processor.encode(segment);
    if (segment.length() <= MAX_CACHED_LENGTH) {
      if (cache.size() >= MAX_CACHED) {
        cache.clear();
      }
      cache.put(segment, ids);
    }
    return ids;
  }

  List<String> tokenize(String segment) {
    return List.of(processor.tokenize(segment));
  }
}
