package io.dialogbert.privacy;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Turns ids into pseudonyms: HMAC-SHA-256 (RFC 2104) of kind and id under a key, cut to 128 bits.
 * The same id under the same key always gives the same pseudonym; without the key nobody can try
 * ids. Immutable and shared by threads.
 */
public final class Pseudonymizer {
  /** Characters of a pseudonym: 128 bits in URL-safe base64 without padding. */
  public static final int LENGTH = 22;

  private static final String ALGORITHM = "HmacSHA256";
  private static final int NUM_BYTES = 16;
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  /** What an id names; equal ids of different kinds get different pseudonyms. */
  public enum Kind {
    CONVERSATION,
    MESSAGE,
    SENDER
  }

  /** Keyed and never updated: each call works on a clone, which saves the key schedule. */
  private final Mac prototype;

  public Pseudonymizer(PseudonymKey key) {
    try {
      prototype = Mac.getInstance(ALGORITHM);
      prototype.init(new SecretKeySpec(key.bytes(), ALGORITHM));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform must have " + ALGORITHM, e);
    }
  }

  /** The pseudonym of {@code id}, {@link #LENGTH} characters of {@code [A-Za-z0-9_-]}. */
  public String pseudonym(Kind kind, String id) {
    Mac mac = clonePrototype();
    mac.update(kind.name().getBytes(StandardCharsets.UTF_8));
    mac.update((byte) 0);
    byte[] digest = mac.doFinal(id.getBytes(StandardCharsets.UTF_8));
    return ENCODER.encodeToString(Arrays.copyOf(digest, NUM_BYTES));
  }

  private Mac clonePrototype() {
    try {
      return (Mac) prototype.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException(ALGORITHM + " of this Java platform cannot be cloned", e);
    }
  }
}
