package io.dialogbert.privacy;

import java.util.Locale;

/**
 * The kinds of personal data that {@link PiiMasker} replaces. Tokenizers keep each placeholder as
 * one piece.
 */
public enum PiiKind {
  /** Web address; it may contain user names, tokens and invitations. */
  URL,
  /** E-mail address. */
  EMAIL,
  /**
   * Korean resident or foreigner registration number, Japanese individual number, and other numbers
   * by which a state or an insurance knows a person: customs code, residence card, pension, health
   * insurance.
   */
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
  /** Business or corporation registration number. */
  BUSINESS_NUMBER,
  /** Date of birth, or a birthday. */
  BIRTH_DATE,
  /** Id in a messenger or social network, if the text says that it is one. */
  MESSENGER_ID,
  /** Postal address down to a house, lot or flat; also its postal code. */
  ADDRESS,
  /** Name of a person; also a mention with {@code @}. */
  NAME;

  /** What replaces a match in the text: {@code [PHONE]}. */
  public String placeholder() {
    return "[" + name() + "]";
  }

  /** The name in files and settings: {@code resident-number}. */
  public String fileName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
