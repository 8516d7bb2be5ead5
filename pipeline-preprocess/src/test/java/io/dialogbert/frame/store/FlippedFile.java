package io.dialogbert.frame.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;

/** A file whose bytes a disk or a network has changed. */
public final class FlippedFile {
  private FlippedFile() {}

  /**
   * A copy of bytes, some of them changed.
   *
   * @param at index of the first changed byte
   * @param length number of changed bytes; fewer at the end
   */
  public static byte[] flip(byte[] bytes, int at, int length, SplittableRandom random) {
    byte[] flipped = Arrays.copyOf(bytes, bytes.length);
    for (int i = at; i < Math.min(at + length, bytes.length); i++) {
      flipped[i] ^= (byte) (1 + random.nextInt(255));
    }
    return flipped;
  }

  /** Changes eight bytes of a file. */
  public static void flip(Path file, int at, SplittableRandom random) throws IOException {
    Files.write(file, flip(Files.readAllBytes(file), at, 8, random));
  }
}
