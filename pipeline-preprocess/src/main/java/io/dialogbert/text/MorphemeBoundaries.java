package io.dialogbert.text;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.BitSet;
import java.util.function.Supplier;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.ja.JapaneseTokenizer;
import org.apache.lucene.analysis.ko.KoreanTokenizer;
import org.apache.lucene.analysis.tokenattributes.OffsetAttribute;

/**
 * Where Lucene's morphological analyzers cut a text. They keep state between calls, so each thread
 * has its own.
 */
final class MorphemeBoundaries {
  private static final ThreadLocal<MorphemeBoundaries> KOREAN =
      ThreadLocal.withInitial(() -> new MorphemeBoundaries(MorphemeBoundaries::nori));
  private static final ThreadLocal<MorphemeBoundaries> JAPANESE =
      ThreadLocal.withInitial(() -> new MorphemeBoundaries(MorphemeBoundaries::kuromoji));

  private final org.apache.lucene.analysis.Tokenizer tokenizer;
  private final OffsetAttribute offset;

  private MorphemeBoundaries(Supplier<org.apache.lucene.analysis.Tokenizer> tokenizer) {
    this.tokenizer = tokenizer.get();
    this.offset = this.tokenizer.addAttribute(OffsetAttribute.class);
  }

  /** The calling thread's analyzer of a language. */
  static MorphemeBoundaries of(String lang) {
    return switch (lang) {
      case "ko" -> KOREAN.get();
      case "ja" -> JAPANESE.get();
      default -> throw new IllegalArgumentException("lang must be ko or ja, but was " + lang);
    };
  }

  /** The offsets at which a token starts or ends. */
  BitSet find(String text) {
    BitSet boundaries = new BitSet(text.length() + 1);
    // Closing readies the analyzer for the next text, whatever became of this one.
    try (tokenizer) {
      tokenizer.setReader(new StringReader(text));
      tokenizer.reset();
      while (tokenizer.incrementToken()) {
        boundaries.set(offset.startOffset());
        boundaries.set(offset.endOffset());
      }
      tokenizer.end();
    } catch (IOException e) {
      throw new UncheckedIOException("a StringReader does not fail", e);
    }
    return boundaries;
  }

  private static org.apache.lucene.analysis.Tokenizer nori() {
    return new KoreanTokenizer(
        TokenStream.DEFAULT_TOKEN_ATTRIBUTE_FACTORY,
        null,
        KoreanTokenizer.DecompoundMode.NONE,
        false,
        false);
  }

  private static org.apache.lucene.analysis.Tokenizer kuromoji() {
    return new JapaneseTokenizer(null, false, JapaneseTokenizer.Mode.NORMAL);
  }
}
