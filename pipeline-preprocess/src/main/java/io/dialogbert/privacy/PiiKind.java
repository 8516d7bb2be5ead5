package io.dialogbert.privacy;

import java.util.Locale;

/**
 * The kinds of personal data that {@link PiiMasker} replaces. Tokenizers keep each placeholder as
 * one piece.
 */
public enum PiiKind {
  /** Web address; it may carry user names, tokens and invitations. */
  URL,
  /** E-mail address. */
  EMAIL,
  /** Korean resident or foreigner registration number, Japanese individual number. */
  RESIDENT_NUMBER,
  /** Payment card number. */
  CARD,
  /** Passport number. */
  PASSPORT,
  /** Driving license number. */
  DRIVER_LICENSE,
  /** Mobile or land line telephone number. */
  PHONE,
  /** Vehicle registration plate. */
  PLATE,
  /** IPv4 or IPv6 address. */
  IP,
  /** Bank account number. */
  ACCOUNT,
  /** Name of a person. */
  NAME;

  /** What stands in the text instead of a match: {@code [PHONE]}. */
  public String placeholder() {
    return "[" + name() + "]";
  }

  /** The name as files and settings spell it: {@code resident-number}. */
  public String fileName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
