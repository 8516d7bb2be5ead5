package io.dialogbert.sample;

/** Check digits, so that planted numbers pass the checks of a careful detector. */
enum CheckDigit {
  /** Payment cards: ISO/IEC 7812-1, annex B. */
  LUHN {
    @Override
    char ofDigits(int[] digits) {
      int sum = 0;
      for (int i = 0; i < digits.length; i++) {
        boolean doubled = (digits.length - i) % 2 == 1;
        int value = doubled ? digits[i] * 2 : digits[i];
        sum += value > 9 ? value - 9 : value;
      }
      return digit((10 - sum % 10) % 10);
    }
  },
  /** Korean resident registration number: weights 2 to 9, then 2 to 5, modulo 11. */
  RESIDENT {
    @Override
    char ofDigits(int[] digits) {
      int sum = 0;
      for (int i = 0; i < digits.length; i++) {
        sum += digits[i] * (2 + i % 8);
      }
      return digit((11 - sum % 11) % 10);
    }
  },
  /**
   * Korean business registration number: weights 1, 3, 7, 1, 3, 7, 1, 3, 5, plus the tens of the
   * last product.
   */
  BUSINESS {
    private static final int[] WEIGHTS = {1, 3, 7, 1, 3, 7, 1, 3, 5};

    @Override
    char ofDigits(int[] digits) {
      int sum = digits[WEIGHTS.length - 1] * 5 / 10;
      for (int i = 0; i < WEIGHTS.length; i++) {
        sum += digits[i] * WEIGHTS[i];
      }
      return digit((10 - sum % 10) % 10);
    }
  },
  /** Japanese individual number: weights 2 to 7, then 2 to 6, from the right, modulo 11. */
  INDIVIDUAL {
    @Override
    char ofDigits(int[] digits) {
      int sum = 0;
      for (int n = 1; n <= digits.length; n++) {
        sum += digits[digits.length - n] * (n <= 6 ? n + 1 : n - 5);
      }
      int rest = sum % 11;
      return digit(rest <= 1 ? 0 : 11 - rest);
    }
  };

  /** The check digit of the text's digits; other characters are ignored. */
  char of(CharSequence text) {
    return ofDigits(text.chars().filter(c -> c >= '0' && c <= '9').map(c -> c - '0').toArray());
  }

  abstract char ofDigits(int[] digits);

  private static char digit(int value) {
    return (char) ('0' + value);
  }
}
