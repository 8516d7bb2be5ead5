package io.dialogbert.privacy;

import static io.dialogbert.privacy.MatchingForm.isDigit;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Locale;

/**
 * Checks that a regular expression cannot express. Each gets the matched characters, separators
 * included.
 */
enum Validator {
  /** Accepts every match. */
  NONE {
    @Override
    boolean accepts(CharSequence match) {
      return true;
    }
  },

  /** Check digit of payment cards (ISO/IEC 7812-1, annex B). */
  LUHN {
    @Override
    boolean accepts(CharSequence match) {
      int[] digits = digits(match);
      int sum = 0;
      for (int i = 0; i < digits.length; i++) {
        int digit = digits[digits.length - 1 - i];
        int doubled = 2 * digit;
        sum += i % 2 == 0 ? digit : doubled > 9 ? doubled - 9 : doubled;
      }
      return sum % 10 == 0;
    }
  },

  /**
   * The birth date in the first seven digits of a Korean registration number; the seventh gives the
   * century, which two more digits in front may repeat. The check digit is ignored: numbers issued
   * since October 2020 have none.
   */
  RESIDENT_DATE {
    @Override
    boolean accepts(CharSequence match) {
      int[] all = digits(match);
      // 13 digits, or 7 with the rest hidden.
      int extra = all.length % 6 == 3 ? 2 : 0;
      int[] d = Arrays.copyOfRange(all, extra, all.length);
      int century = d[6] == 1 || d[6] == 2 || d[6] == 5 || d[6] == 6 ? 1900 : 2000;
      int year = century + 10 * d[0] + d[1];
      return (extra == 0 || 10 * all[0] + all[1] == century / 100)
          && year <= LAST_BIRTH_YEAR
          && isDate(year, 10 * d[2] + d[3], 10 * d[4] + d[5]);
    }
  },

  /** Six or eight digits that form a date of birth: year, month, day. */
  BIRTH_DATE {
    @Override
    boolean accepts(CharSequence match) {
      int[] d = digits(match);
      if (d.length == 6) {
        return isDate(2000 + 10 * d[0] + d[1], 10 * d[2] + d[3], 10 * d[4] + d[5]);
      }
      int year = 1000 * d[0] + 100 * d[1] + 10 * d[2] + d[3];
      return year >= FIRST_BIRTH_YEAR
          && year <= LAST_BIRTH_YEAR
          && isDate(year, 10 * d[4] + d[5], 10 * d[6] + d[7]);
    }
  },

  /**
   * Check digit of the Korean business registration number: weights 1, 3, 7, 1, 3, 7, 1, 3, 5, plus
   * the tens of the last product (National Tax Service).
   */
  BUSINESS_NUMBER {
    @Override
    boolean accepts(CharSequence match) {
      int[] d = digits(match);
      int[] weights = {1, 3, 7, 1, 3, 7, 1, 3, 5};
      int sum = d[8] * 5 / 10;
      for (int i = 0; i < weights.length; i++) {
        sum += d[i] * weights[i];
      }
      return d[9] == (10 - sum % 10) % 10;
    }
  },

  /** A Korean surname and given name, or only a common given name. */
  KOREAN_NAME {
    @Override
    boolean accepts(CharSequence match) {
      String name = match.toString();
      return Names.isKoreanFullName(name) || Names.isKoreanGivenName(name);
    }
  },

  /** A Korean surname and given name. */
  KOREAN_FULL_NAME {
    @Override
    boolean accepts(CharSequence match) {
      return Names.isKoreanFullName(match.toString());
    }
  },

  /** A Korean name where only a name can be: full, with any usual syllables, or a given name. */
  KOREAN_EXPECTED_NAME {
    @Override
    boolean accepts(CharSequence match) {
      String name = match.toString();
      return Names.isExpectedKoreanFullName(name) || Names.isKoreanGivenName(name);
    }
  },

  /** A Korean surname and a given name with any usual syllables. */
  KOREAN_EXPECTED_FULL_NAME {
    @Override
    boolean accepts(CharSequence match) {
      return Names.isExpectedKoreanFullName(match.toString());
    }
  },

  /** A Korean surname and any two syllables of given names that do not begin another word. */
  KOREAN_TOLD_NAME {
    @Override
    boolean accepts(CharSequence match) {
      return Names.isToldKoreanName(match.toString());
    }
  },

  /** A Korean surname, a space, and a common given name that is not a word. */
  KOREAN_SPACED_NAME {
    @Override
    boolean accepts(CharSequence match) {
      return Names.isSpacedKoreanName(match.toString());
    }
  },

  /** A common Korean given name, even one that is an everyday word. */
  KOREAN_KNOWN_GIVEN_NAME {
    @Override
    boolean accepts(CharSequence match) {
      return Names.isKnownKoreanGivenName(match.toString());
    }
  },

  /** A common Korean given name that is not a word. */
  PLAIN_KOREAN_GIVEN_NAME {
    @Override
    boolean accepts(CharSequence match) {
      return Names.isPlainKoreanGivenName(match.toString());
    }
  },

  /** A Korean surname. */
  KOREAN_SURNAME {
    @Override
    boolean accepts(CharSequence match) {
      return Names.isKoreanSurname(match.toString());
    }
  },

  /** A Korean given name used to call somebody. */
  KOREAN_NAME_TO_CALL {
    @Override
    boolean accepts(CharSequence match) {
      return Names.isKoreanVocativeName(match.toString());
    }
  },

  /** A Korean surname and a common given name that together are not another word. */
  PLAIN_KOREAN_FULL_NAME {
    @Override
    boolean accepts(CharSequence match) {
      return Names.isPlainKoreanFullName(match.toString());
    }
  },

  /** A common Korean given name that is not an everyday word. */
  KOREAN_GIVEN_NAME {
    @Override
    boolean accepts(CharSequence match) {
      return Names.isKoreanGivenName(match.toString());
    }
  },

  /** A Japanese surname, given name, or both. */
  JAPANESE_NAME {
    @Override
    boolean accepts(CharSequence match) {
      return Names.isJapaneseName(match.toString());
    }
  },

  /** A Japanese name, even a short one that is usually another word. */
  JAPANESE_EXPECTED_NAME {
    @Override
    boolean accepts(CharSequence match) {
      String name = match.toString();
      return Names.isJapaneseName(name) || Names.isShortJapaneseName(name);
    }
  },

  /** A Japanese surname or given name that is not another word. */
  PLAIN_JAPANESE_NAME {
    @Override
    boolean accepts(CharSequence match) {
      return Names.isPlainJapaneseName(match.toString());
    }
  },

  /** A short Japanese given name in kana that is usually another word. */
  SHORT_JAPANESE_NAME {
    @Override
    boolean accepts(CharSequence match) {
      return Names.isShortJapaneseName(match.toString());
    }
  },

  /** A Japanese surname of two or more characters followed by something. */
  JAPANESE_SURNAME_FIRST {
    @Override
    boolean accepts(CharSequence match) {
      return Names.startsWithJapaneseSurname(match.toString());
    }
  },

  /** A Japanese name, or a surname of two or more characters followed by kanji or kana. */
  JAPANESE_SURNAME_OR_NAME {
    @Override
    boolean accepts(CharSequence match) {
      String name = match.toString();
      return Names.isJapaneseName(name)
          || Names.isJapaneseFullKanaName(name)
          || Names.startsWithJapaneseSurname(name);
    }
  },

  /** A Japanese surname and given name. */
  JAPANESE_FULL_NAME {
    @Override
    boolean accepts(CharSequence match) {
      return Names.isJapaneseFullName(match.toString());
    }
  },

  /** A Korean or Japanese full name in Latin letters. */
  ROMAN_NAME {
    @Override
    boolean accepts(CharSequence match) {
      return Names.isRomanFullName(match.toString());
    }
  },

  /**
   * Check digit of the Japanese individual number (Ordinance No. 85 of 2014 of the interior
   * ministry, article 5).
   */
  MY_NUMBER {
    @Override
    boolean accepts(CharSequence match) {
      int[] digits = digits(match);
      int sum = 0;
      for (int n = 1; n <= 11; n++) {
        sum += digits[11 - n] * (n <= 6 ? n + 1 : n - 5);
      }
      int remainder = sum % 11;
      return digits[11] == (remainder <= 1 ? 0 : 11 - remainder);
    }
  },

  /** Korean bank accounts have 10 to 16 digits. */
  ACCOUNT_LENGTH {
    @Override
    boolean accepts(CharSequence match) {
      int numDigits = digits(match).length;
      return numDigits >= 10 && numDigits <= 16;
    }
  },

  /**
   * Eight groups of up to four hexadecimal digits, or fewer around one {@code ::} (RFC 4291,
   * section 2.2).
   */
  IPV6 {
    @Override
    boolean accepts(CharSequence match) {
      String text = match.toString();
      int gap = text.indexOf("::");
      if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
        return false;
      }
      int numGroups = 0;
      for (String group : text.split(":", -1)) {
        if (group.length() > 4) {
          return false;
        }
        numGroups += group.isEmpty() ? 0 : 1;
      }
      // Two groups of digits around a gap could also be a time of day or a ratio.
      boolean hasLetter = text.chars().anyMatch(Character::isLetter);
      return gap >= 0 ? numGroups >= (hasLetter ? 2 : 3) && numGroups <= 7 : numGroups == 8;
    }
  };

  private static final int FIRST_BIRTH_YEAR = 1900;

  /** Latest plausible year. A later one is something else, such as a bar code. */
  private static final int LAST_BIRTH_YEAR = 2039;

  abstract boolean accepts(CharSequence match);

  /** The validator with a rule file's name, such as {@code resident-date}. */
  static Validator named(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  private static int[] digits(CharSequence match) {
    return match.chars().filter(c -> isDigit((char) c)).map(c -> c - '0').toArray();
  }

  private static boolean isDate(int year, int month, int day) {
    try {
      LocalDate.of(year, month, day);
      return true;
    } catch (DateTimeException e) {
      return false;
    }
  }
}
