package io.dialogbert.privacy;

import java.util.function.Predicate;

/** Numbers with a check digit, written independently of the rules that look for them. */
enum CheckedNumber {
  /** Payment cards, ISO/IEC 7812-1. */
  LUHN(CheckedNumber::isLuhn),
  /** Card-length numbers that are not cards. */
  NOLUHN(digits -> !isLuhn(digits)),
  /** Korean resident registration numbers issued before October 2020. */
  RESIDENT(digits -> digit(digits, 12) == (11 - sum(digits, 12, "234567892345") % 11) % 10),
  /** Korean registration numbers of foreigners issued before October 2020. */
  FOREIGNER(digits -> digit(digits, 12) == (13 - sum(digits, 12, "234567892345") % 11) % 10),
  /** Korean business registration numbers. */
  BUSINESS(
      digits ->
          (sum(digits, 9, "137137135") + digit(digits, 8) * 5 / 10 + digit(digits, 9)) % 10 == 0),
  /** Japanese individual numbers. */
  INDIVIDUAL(
      digits -> {
        int rest = sum(digits, 11, "65432765432") % 11;
        return digit(digits, 11) == (rest <= 1 ? 0 : 11 - rest);
      }),
  /** Japanese corporate numbers; the first digit checks the others. */
  CORPORATE(digits -> digit(digits, 0) == 9 - sum(digits.substring(1), 12, "212121212121") % 9);

  private final Predicate<String> valid;

  CheckedNumber(Predicate<String> valid) {
    this.valid = valid;
  }

  /** The text with its question mark replaced by the digit that makes the number valid. */
  String fill(String text) {
    for (char digit = '0'; digit <= '9'; digit++) {
      String filled = text.replace('?', digit);
      if (valid.test(filled.replaceAll("[^0-9]", ""))) {
        return filled;
      }
    }
    throw new IllegalArgumentException("no check digit: " + text);
  }

  private static boolean isLuhn(String digits) {
    int sum = 0;
    for (int i = 0; i < digits.length(); i++) {
      int value = digit(digits, digits.length() - 1 - i) << (i & 1);
      sum += value / 10 + value % 10;
    }
    return sum % 10 == 0;
  }

  private static int sum(String digits, int length, String weights) {
    int sum = 0;
    for (int i = 0; i < length; i++) {
      sum += digit(digits, i) * digit(weights, i);
    }
    return sum;
  }

  private static int digit(String digits, int index) {
    return digits.charAt(index) - '0';
  }
}
