package io.dialogbert.text.morpheme;

import io.dialogbert.common.BadInputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * A dictionary compiled by MeCab, such as mecab-ko-dic with custom words. Its directory has the
 * same path on every machine.
 *
 * @param path the directory, local
 * @param sha256 of its files, concatenated, in hex
 */
public record MecabDictionary(String path, String sha256) implements Serializable {
  private static final Map<MecabDictionary, MorphemeDictionary> LOADED = new ConcurrentHashMap<>();

  /**
   * The dictionary in a directory.
   *
   * @throws BadInputException if a file cannot be read; names it
   */
  public static MecabDictionary in(String path) {
    return new MecabDictionary(path, hash(path));
  }

  /**
   * The dictionary itself; all callers in one JVM get the same instance.
   *
   * @throws BadInputException if the directory is missing, damaged or has changed; names rule and
   *     path
   */
  public MorphemeDictionary load() {
    return LOADED.computeIfAbsent(this, MecabDictionary::read);
  }

  private static MorphemeDictionary read(MecabDictionary dictionary) {
    if (!hash(dictionary.path()).equals(dictionary.sha256())) {
      throw new BadInputException(
          "MeCab dictionary "
              + dictionary.path()
              + ": must be the one that the tokenizer was trained with, but its SHA-256 is another");
    }
    try {
      return MecabFiles.read(Path.of(dictionary.path()));
    } catch (IOException | RuntimeException e) {
      // A field that is not a number, or an offset past the end of a file.
      throw unreadable(dictionary.path(), e);
    }
  }

  private static String hash(String path) {
    try {
      MessageDigest digest = DigestUtils.getSha256Digest();
      for (String name : MecabFiles.NAMES) {
        try (InputStream in =
            new DigestInputStream(Files.newInputStream(Path.of(path, name)), digest)) {
          in.transferTo(java.io.OutputStream.nullOutputStream());
        }
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  private static BadInputException unreadable(String path, Exception e) {
    return new BadInputException(
        "MeCab dictionary "
            + path
            + ": must be a local directory with "
            + String.join(", ", MecabFiles.NAMES)
            + ", but "
            + e.getMessage(),
        e);
  }
}
