package io.dialogbert.privacy;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * The parts of what masking is measured with. Rules and models may be developed and trained on the
 * first; only the bench reads the others.
 */
public enum BenchPart {
  /** Four fifths of the templates, words and real messages. */
  DEVELOPMENT,
  /** The other fifth. */
  HELD_OUT_PIECES,
  /** Templates and words of another grammar, in held-out real messages. */
  HELD_OUT_AUTHOR;

  private static final int ONE_OF = 5;

  /** The part of a template, a word or a real message, by its hash. */
  public static BenchPart of(String piece) {
    CRC32 crc = new CRC32();
    crc.update(("part of " + piece).getBytes(StandardCharsets.UTF_8));
    return crc.getValue() / 7 % ONE_OF == 0 ? HELD_OUT_PIECES : DEVELOPMENT;
  }

  /** Whether a real message may be used in this part. */
  public boolean mayCarry(String message) {
    return (of(message) == DEVELOPMENT) == (this == DEVELOPMENT);
  }

  /** The name in reports: {@code held out pieces}. */
  public String label() {
    return name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
  }
}
