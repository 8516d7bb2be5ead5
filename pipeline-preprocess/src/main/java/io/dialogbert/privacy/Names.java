package io.dialogbert.privacy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Recognizes names of people, using the word lists {@code rules/names/*.txt}. */
final class Names {
  /** The lists; no others are read. They are part of {@link PiiRules#fingerprint}. */
  static final List<String> FILES =
      List.of(
          "everyday-words",
          "ja-given-kanji",
          "ja-given-names",
          "ja-kana-names",
          "ja-kana-surnames",
          "ja-plain-given-names",
          "ja-plain-kana-names",
          "ja-plain-surnames",
          "ja-short-kana-names",
          "ja-surnames",
          "ko-everyday-given-names",
          "ko-given-names",
          "ko-given-names-and-words",
          "ko-given-syllables",
          "ko-not-names",
          "ko-plain-surnames",
          "ko-surnames",
          "roman-given-names",
          "roman-surnames");

  private static final Set<String> KO_SURNAMES = words("ko-surnames");
  private static final Set<String> KO_PLAIN_SURNAMES = words("ko-plain-surnames");
  private static final Set<String> KO_GIVEN_NAMES_AND_WORDS = words("ko-given-names-and-words");
  private static final Set<String> KO_GIVEN_NAMES = koreanGivenNames("ko-given-names");
  private static final Set<String> KO_EVERYDAY_GIVEN_NAMES =
      koreanGivenNames("ko-everyday-given-names");
  private static final Set<String> KO_NOT_NAMES = words("ko-not-names");
  private static final String KO_FIRST_SYLLABLES = syllables("first");
  private static final String KO_LAST_SYLLABLES = syllables("last");
  private static final String KO_EXPECTED_FIRST_SYLLABLES =
      KO_FIRST_SYLLABLES + syllables("expected-first");
  private static final String KO_EXPECTED_LAST_SYLLABLES =
      KO_LAST_SYLLABLES + syllables("expected-last");
  private static final String KO_ANY_SYLLABLES = syllables("any");
  private static final String KO_LONE_SYLLABLES = syllables("alone");
  private static final Set<String> JA_SURNAMES = words("ja-surnames");
  private static final Set<String> JA_PLAIN_SURNAMES = words("ja-plain-surnames");
  private static final Set<String> JA_KANA_SURNAMES = words("ja-kana-surnames");
  private static final Set<String> JA_GIVEN_NAMES = words("ja-given-names");
  private static final Set<String> JA_KANA_NAMES = words("ja-kana-names");
  private static final Set<String> JA_PLAIN_GIVEN_NAMES = words("ja-plain-given-names");
  private static final Set<String> JA_PLAIN_KANA_NAMES = words("ja-plain-kana-names");
  private static final String JA_FIRST_KANJI = characters("ja-given-kanji", "first");
  private static final String JA_LAST_KANJI = characters("ja-given-kanji", "last");
  private static final Set<String> JA_KANJI_NOT_NAMES = row("ja-given-kanji", "no-name");
  private static final Set<String> JA_SHORT_KANA_NAMES = words("ja-short-kana-names");
  private static final Set<String> ROMAN_SURNAMES = words("roman-surnames");
  private static final Set<String> ROMAN_KOREAN_SYLLABLES = row("roman-given-names", "korean");
  private static final Set<String> ROMAN_JAPANESE_NAMES = row("roman-given-names", "japanese");

  /** Syllables of given names that more often end a verb, a particle, a role or a place. */
  private static final String KO_ENDINGS = "가기길나다도래만모비서소시애양오을의이인일자제조지천치탁평학한해";

  private Names() {}

  /**
   * The words of the list {@code file} that a rule uses as hints; Latin ones also in capitals, kana
   * ones also in katakana.
   */
  static Set<String> hints(String file) {
    if (file.startsWith("ko-") && file.endsWith("given-names")) {
      return koreanGivenNames(file);
    }
    Set<String> hints = new HashSet<>(words(file));
    words(file).forEach(word -> hints.add(word.toUpperCase(Locale.ROOT)));
    words(file).forEach(word -> hints.add(shifted(word, '\u3041', '\u3096', '\u30A1')));
    return hints;
  }

  /** Surname and given name, even a rare one: for positions where a name is likely. */
  static boolean isKoreanFullName(String name) {
    return isKoreanFullName(name, KO_FIRST_SYLLABLES, KO_LAST_SYLLABLES);
  }

  /**
   * Like {@link #isKoreanFullName}, with more syllables: for positions where only a name can be.
   */
  static boolean isExpectedKoreanFullName(String name) {
    return isKoreanFullName(name, KO_EXPECTED_FIRST_SYLLABLES, KO_EXPECTED_LAST_SYLLABLES);
  }

  private static boolean isKoreanFullName(String name, String first, String last) {
    int surname = koreanSurnameLength(name);
    String given = name.substring(surname);
    if (surname == 0 || KO_NOT_NAMES.contains(name)) {
      return false;
    }
    return switch (given.length()) {
      case 1 -> KO_LONE_SYLLABLES.contains(given);
      case 2 ->
          isKnownKoreanGivenName(given)
              || (first.indexOf(given.charAt(0)) >= 0 && last.indexOf(given.charAt(1)) >= 0);
      default -> false;
    };
  }

  /**
   * Surname and a common given name, at least one of which neither is nor starts an everyday word:
   * enough to identify a name anywhere.
   */
  static boolean isPlainKoreanFullName(String name) {
    int surname = koreanSurnameLength(name);
    String given = name.substring(surname);
    return surname > 0
        && (KO_GIVEN_NAMES.contains(given)
            || (KO_PLAIN_SURNAMES.contains(name.substring(0, surname))
                && KO_EVERYDAY_GIVEN_NAMES.contains(given)))
        && !KO_NOT_NAMES.contains(name);
  }

  /**
   * As {@link #isExpectedKoreanFullName}, or a surname and any two syllables of given names: for
   * positions where what is no name begins with a known word or ends like a verb or a role.
   */
  static boolean isToldKoreanName(String name) {
    int surname = koreanSurnameLength(name);
    String given = name.substring(surname);
    if (surname == 0 || given.length() != 2) {
      return isExpectedKoreanFullName(name);
    }
    if (KO_NOT_NAMES.contains(name)
        || (KO_NOT_NAMES.contains(name.substring(0, 2)) && !isKnownKoreanGivenName(given))) {
      return false;
    }
    return isExpectedKoreanFullName(name)
        || (KO_ANY_SYLLABLES.indexOf(given.charAt(0)) >= 0
            && KO_ANY_SYLLABLES.indexOf(given.charAt(1)) >= 0
            && KO_ENDINGS.indexOf(given.charAt(1)) < 0
            && !KO_NOT_NAMES.contains(given));
  }

  /** A surname, a space, and a common given name that is not a word. */
  static boolean isSpacedKoreanName(String name) {
    int space = name.indexOf(' ');
    return isKoreanSurname(name.substring(0, space))
        && isPlainKoreanGivenName(name.substring(space + 1));
  }

  /** A word that looks like a name and is none. */
  static boolean isKoreanWord(String name) {
    return KO_NOT_NAMES.contains(name);
  }

  static boolean isKoreanSurname(String name) {
    return KO_SURNAMES.contains(name);
  }

  /** A common given name that is not a word: enough to identify a name anywhere. */
  static boolean isPlainKoreanGivenName(String name) {
    return KO_GIVEN_NAMES.contains(name) && !KO_GIVEN_NAMES_AND_WORDS.contains(name);
  }

  /**
   * A common given name, or two syllables that begin and end given names, the last ending in a
   * consonant.
   */
  static boolean isKoreanVocativeName(String name) {
    char last = name.charAt(1);
    return isKoreanGivenName(name)
        || (KO_FIRST_SYLLABLES.indexOf(name.charAt(0)) >= 0
            && KO_LAST_SYLLABLES.indexOf(last) >= 0
            && (last - '\uAC00') % 28 != 0
            && !KO_NOT_NAMES.contains(name)
            && !KO_EVERYDAY_GIVEN_NAMES.contains(name));
  }

  /** A common given name that is not an everyday word. */
  static boolean isKoreanGivenName(String name) {
    return KO_GIVEN_NAMES.contains(name);
  }

  /** A common given name, such as 민수, or 지수, which also means index. */
  static boolean isKnownKoreanGivenName(String name) {
    return KO_GIVEN_NAMES.contains(name) || KO_EVERYDAY_GIVEN_NAMES.contains(name);
  }

  /** Length of the surname of {@code name} in characters; 0 if it has none. */
  static int koreanSurnameLength(String name) {
    if (name.length() >= 3 && KO_SURNAMES.contains(name.substring(0, 2))) {
      return 2;
    }
    return name.length() >= 2 && KO_SURNAMES.contains(name.substring(0, 1)) ? 1 : 0;
  }

  static boolean isJapaneseSurname(String name) {
    return JA_SURNAMES.contains(name);
  }

  /** In kanji or kana; katakana counts as hiragana. */
  static boolean isJapaneseGivenName(String name) {
    return JA_GIVEN_NAMES.contains(name) || JA_KANA_NAMES.contains(hiragana(name));
  }

  /** Surname and given name, with or without a space between. */
  static boolean isJapaneseFullName(String name) {
    for (int end = 1; end < name.length(); end++) {
      String given = name.substring(end).strip();
      if (isJapaneseSurname(name.substring(0, end))
          && (isJapaneseGivenName(given)
              || JA_SHORT_KANA_NAMES.contains(hiragana(given))
              || isMadeOfGivenKanji(given))) {
        return true;
      }
    }
    return false;
  }

  /** Surname and given name in kana, with or without a space between. */
  static boolean isJapaneseFullKanaName(String name) {
    for (int end = 2; end < name.length() - 1; end++) {
      if (JA_KANA_SURNAMES.contains(hiragana(name.substring(0, end)))
          && isJapaneseGivenName(name.substring(end).strip())) {
        return true;
      }
    }
    return false;
  }

  /** A surname of two or three characters, or any before a space, and something behind it. */
  static boolean startsWithJapaneseSurname(String name) {
    int space = name.indexOf(' ');
    return (space > 0 && isJapaneseSurname(name.substring(0, space)))
        || (name.length() > 2 && isJapaneseSurname(name.substring(0, 2)))
        || (name.length() > 3 && isJapaneseSurname(name.substring(0, 3)));
  }

  private static boolean isMadeOfGivenKanji(String given) {
    return given.length() == 2
        && JA_FIRST_KANJI.indexOf(given.charAt(0)) >= 0
        && JA_LAST_KANJI.indexOf(given.charAt(1)) >= 0
        && !JA_KANJI_NOT_NAMES.contains(given);
  }

  /** Surname, given name, or both. */
  static boolean isJapaneseName(String name) {
    return isJapaneseSurname(name)
        || JA_KANA_SURNAMES.contains(hiragana(name))
        || isJapaneseGivenName(name)
        || isJapaneseFullName(name);
  }

  /** A surname or given name that is not another word: enough to identify a name anywhere. */
  static boolean isPlainJapaneseName(String name) {
    return JA_PLAIN_SURNAMES.contains(name)
        || JA_PLAIN_GIVEN_NAMES.contains(name)
        || JA_PLAIN_KANA_NAMES.contains(hiragana(name));
  }

  /** A given name in kana that is usually another word. */
  static boolean isShortJapaneseName(String name) {
    return JA_SHORT_KANA_NAMES.contains(hiragana(name));
  }

  /** Two or three words in Latin letters, surname first or last. */
  static boolean isRomanFullName(String name) {
    int first = firstOf(name.indexOf(' '), name.indexOf(','));
    int last = Math.max(name.lastIndexOf(' '), name.lastIndexOf(','));
    if (last < 0) {
      return false;
    }
    String rest = name.substring(first + 1).strip();
    String start = name.substring(0, last).replace(",", "").strip();
    boolean surnameFirst = isRomanSurname(name.substring(0, first)) && isRomanGivenName(rest);
    return surnameFirst || (isRomanSurname(name.substring(last + 1)) && isRomanGivenName(start));
  }

  private static int firstOf(int space, int comma) {
    return space < 0 || comma < 0 ? Math.max(space, comma) : Math.min(space, comma);
  }

  private static boolean isRomanSurname(String word) {
    return ROMAN_SURNAMES.contains(capitalized(word));
  }

  private static boolean isRomanGivenName(String word) {
    if (ROMAN_JAPANESE_NAMES.contains(capitalized(word))) {
      return true;
    }
    String lower = word.toLowerCase(Locale.ROOT);
    String[] parts = lower.split("[ \\-]");
    if (parts.length == 2) {
      return ROMAN_KOREAN_SYLLABLES.contains(parts[0]) && ROMAN_KOREAN_SYLLABLES.contains(parts[1]);
    }
    for (int cut = 1; cut < lower.length(); cut++) {
      if (ROMAN_KOREAN_SYLLABLES.contains(lower.substring(0, cut))
          && ROMAN_KOREAN_SYLLABLES.contains(lower.substring(cut))) {
        return true;
      }
    }
    return false;
  }

  private static String capitalized(String word) {
    return word.isEmpty()
        ? word
        : Character.toUpperCase(word.charAt(0)) + word.substring(1).toLowerCase(Locale.ROOT);
  }

  private static String hiragana(String name) {
    return shifted(name, '\u30A1', '\u30F6', '\u3041');
  }

  /** The characters from {@code first} to {@code last} as those that begin at {@code other}. */
  private static String shifted(String name, char first, char last, char other) {
    StringBuilder kana = null;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c >= first && c <= last) {
        // Most words have none.
        kana = kana == null ? new StringBuilder(name) : kana;
        kana.setCharAt(i, (char) (c - first + other));
      }
    }
    return kana == null ? name : kana.toString();
  }

  private static Set<String> words(String file) {
    Set<String> words = new HashSet<>();
    lines(file).forEach(line -> words.addAll(List.of(line.split(" +"))));
    return Set.copyOf(words);
  }

  private static Set<String> koreanGivenNames(String file) {
    Set<String> names = new HashSet<>();
    for (String line : lines(file)) {
      line.substring(2).chars().forEach(last -> names.add(line.charAt(0) + "" + (char) last));
    }
    return Set.copyOf(names);
  }

  private static String syllables(String row) {
    return characters("ko-given-syllables", row);
  }

  /** The characters of a line of a list, without spaces between them. */
  static String characters(String file, String row) {
    return row(file, row).iterator().next();
  }

  /** The words of the line that begins with {@code name}. */
  private static Set<String> row(String file, String name) {
    for (String line : lines(file)) {
      if (line.startsWith(name + " ")) {
        return Set.of(line.substring(name.length() + 1).split(" "));
      }
    }
    throw new IllegalStateException("list " + file + " has no line " + name);
  }

  /** The path of a list, relative to this package. */
  static String path(String file) {
    return "rules/names/" + file + ".txt";
  }

  /** The lines of a list, without comments. */
  private static List<String> lines(String file) {
    if (!FILES.contains(file)) {
      throw new IllegalArgumentException("no list of names " + file);
    }
    List<String> lines = new ArrayList<>();
    try (InputStream in = Names.class.getResourceAsStream(path(file))) {
      BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (!line.isBlank() && !line.startsWith("#")) {
          lines.add(line.strip());
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("cannot read list of names " + file, e);
    }
    return lines;
  }
}
