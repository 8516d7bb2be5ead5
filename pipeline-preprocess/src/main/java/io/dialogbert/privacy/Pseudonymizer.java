package io.dialogbert.privacy;

import io.dialogbert.text.normalize.CanonicalId;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.StringJoiner;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Turns ids into pseudonyms: HMAC-SHA-256 (RFC 2104) of the kind and the {@linkplain CanonicalId
 * canonical} id under a key, cut to 128 bits. The same id under the same key always gives the same
 * pseudonym. Without the key, nobody can test guessed ids. Immutable and shared by threads.
 */
public final class Pseudonymizer {
  /** Length of a pseudonym in characters: 128 bits in URL-safe base64 without padding. */
  public static final int LENGTH = 22;

  private static final String ALGORITHM = "HmacSHA256";
  private static final int NUM_BYTES = 16;
  private static final int MARK_BYTES = 8;
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  /** What kind of thing an id names. Equal ids of different kinds get different pseudonyms. */
  public enum Kind {
    CONVERSATION,
    MESSAGE,
    SENDER,
    /** A rejected row. */
    ROW,
    /** A file, whose name may be a person's. */
    FILE
  }

  /** Holds the key and is never updated. Each call uses a clone, which saves the key schedule. */
  private final Mac prototype;

  public Pseudonymizer(PseudonymKey key) {
    try {
      prototype = Mac.getInstance(ALGORITHM);
      prototype.init(new SecretKeySpec(key.bytes(), ALGORITHM));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform must have " + ALGORITHM, e);
    }
  }

  /**
   * The pseudonym of an id, {@link #LENGTH} characters of {@code [A-Za-z0-9_-]}.
   *
   * @param ids the id, preceded by the ids of the scopes in which it is unique
   */
  public String pseudonym(Kind kind, String... ids) {
    StringJoiner joined = new StringJoiner("\n");
    for (String id : ids) {
      joined.add(CanonicalId.of(id));
    }
    return ENCODER.encodeToString(Arrays.copyOf(hmac(kind, joined.toString()), NUM_BYTES));
  }

  /** Distinguishes texts that must not be shown: 16 hexadecimal digits. */
  public String mark(Kind kind, String text) {
    return HexFormat.of().formatHex(hmac(kind, text), 0, MARK_BYTES);
  }

  private byte[] hmac(Kind kind, String text) {
    Mac mac = clonePrototype();
    mac.update(kind.name().getBytes(StandardCharsets.UTF_8));
    mac.update((byte) 0);
    return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
  }

  private Mac clonePrototype() {
    try {
      return (Mac) prototype.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException(ALGORITHM + " of this Java platform cannot be cloned", e);
    }
  }
}
