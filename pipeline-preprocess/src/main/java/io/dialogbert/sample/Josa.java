package io.dialogbert.sample;

import java.util.Map;
import java.util.Optional;

/**
 * A Korean particle with two forms: one after a final consonant, one after a vowel.
 *
 * @param afterConsonant the form after a final consonant; also the particle's name in the grammar
 * @param afterVowel the form after a vowel
 */
record Josa(String afterConsonant, String afterVowel) {
  private static final Map<String, String> FORMS =
      Map.ofEntries(
          Map.entry("을", "를"),
          Map.entry("은", "는"),
          Map.entry("이", "가"),
          Map.entry("과", "와"),
          Map.entry("아", "야"),
          Map.entry("으로", "로"),
          Map.entry("이랑", "랑"),
          Map.entry("이나", "나"),
          Map.entry("이야", "야"),
          Map.entry("이라", "라"),
          Map.entry("이면", "면"),
          Map.entry("이지", "지"),
          Map.entry("이고", "고"),
          Map.entry("이네", "네"),
          Map.entry("이요", "요"),
          Map.entry("이에요", "예요"),
          Map.entry("이었", "였"));

  // The Sino-Korean readings of 0, 1, 3, 6, 7 and 8 end in a consonant; those of 1, 7 and 8 end in
  // l.
  private static final String DIGITS_WITH_FINAL = "013678";
  private static final String DIGITS_ENDING_IN_L = "178";
  private static final String QUOTES = "'\")";
  private static final int NUM_FINALS = 28;
  private static final int FINAL_L = 8;

  static Optional<Josa> named(String name) {
    return Optional.ofNullable(FORMS.get(name)).map(vowel -> new Josa(name, vowel));
  }

  String after(CharSequence text) {
    int at = text.length() - 1;
    while (at > 0 && QUOTES.indexOf(text.charAt(at)) >= 0) {
      at--;
    }
    char last = at < 0 ? ' ' : text.charAt(at);
    boolean consonant;
    boolean endsInL;
    if (last >= '가' && last <= '힣') {
      int finalIndex = (last - '가') % NUM_FINALS;
      consonant = finalIndex != 0;
      endsInL = finalIndex == FINAL_L;
    } else {
      consonant = DIGITS_WITH_FINAL.indexOf(last) >= 0;
      endsInL = DIGITS_ENDING_IN_L.indexOf(last) >= 0;
    }
    boolean dropsAfterL = afterConsonant.equals("으로") && endsInL;
    return consonant && !dropsAfterL ? afterConsonant : afterVowel;
  }
}
