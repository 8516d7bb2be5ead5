package io.dialogbert.frame.store;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;

/**
 * Checks files against their checksums. Parquet's own checksums cover only page data, so a damaged
 * footer or page header may be read as wrong rows.
 */
public final class FileCheck {
  private FileCheck() {}

  /** SHA-256 of a file, in hexadecimal. */
  static String sha256(Configuration hadoop, Path file) throws IOException {
    MessageDigest digest = DigestUtils.getSha256Digest();
    try (InputStream in = new Directories(hadoop).fileSystem(file).open(file)) {
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /**
   * Reads a file and locates any damage.
   *
   * @param sha256 its SHA-256 when it was written
   * @return a phrase that names the damaged part; empty if the file is intact
   */
  public static Optional<String> findDamage(Configuration hadoop, Path file, String sha256)
      throws IOException {
    boolean sound;
    try {
      sound = sha256(hadoop, file).equals(sha256);
    } catch (ChecksumException e) {
      // Thrown by Hadoop's local file system if there are checksum side files.
      sound = false;
    }
    return sound ? Optional.empty() : Optional.of(describeDamage(hadoop, file));
  }

  /** Names the damaged part of a file that is known to be damaged. */
  public static String describeDamage(Configuration hadoop, Path file) {
    String part = file.getName().endsWith(".parquet") ? part(hadoop, file) + " of " : "";
    return part + file + " is not as it was written";
  }

  private static String part(Configuration hadoop, Path file) {
    try (ParquetFileReader reader =
        ParquetFileReader.open(
            HadoopInputFile.fromPath(file, hadoop),
            HadoopReadOptions.builder(hadoop).usePageChecksumVerification(true).build())) {
      for (int group = 0; group < reader.getRowGroups().size(); group++) {
        try {
          reader.readRowGroup(group);
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
          return "row group " + group;
        }
      }
      // All page data matches its checksums.
      return "the footer or a page header";
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      // A damaged length field may request any amount of memory.
      return "the footer";
    }
  }
}
