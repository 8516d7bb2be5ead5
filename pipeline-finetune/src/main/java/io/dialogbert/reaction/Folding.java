package io.dialogbert.reaction;

import com.typesafe.config.Config;
import io.dialogbert.text.normalize.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Folds the signs of mood in a reply. Normalizes with {@link Normalizer}, which keeps the single
 * letters of ㅋㅋ and ㅠㅠ apart where NFKC would not.
 */
final class Folding {
  private static final Normalizer NORMALIZER = new Normalizer(3, true);
  private static final String EMOJI = "[\\p{So}\\p{Sk}\\x{1F000}-\\x{1FAFF}\\x{FE0F}\\x{200D}]+";
  private static final Pattern MARKS = Pattern.compile("[\\p{P}\\p{S}\\p{C}]+");
  private static final Pattern SPACES = Pattern.compile("\\s+");
  private static final Pattern LETTER_RUN = Pattern.compile("([ㄱ-ㅣ])\\1+");
  private static final Pattern LONG_RUN = Pattern.compile("(.)\\1{2,}");

  private static final int FIRST_SYLLABLE = 0xAC00;
  private static final int LAST_SYLLABLE = 0xD7A3;
  private static final int NUM_VOWELS = 21;
  private static final int NUM_FINALS = 28;
  private static final int SILENT_INITIAL = 11;
  private static final int FINAL_NG = 21;

  /** A sign that stands for itself where a reply holds nothing else. */
  private record Sound(String alone, Pattern pattern) {
    static Sound of(Config config) {
      return new Sound(config.getString("alone"), Pattern.compile(config.getString("pattern")));
    }
  }

  private record Spelling(Pattern pattern, String replacement) {}

  private final Sound laughter;
  private final Sound tears;
  private final Pattern boundary;
  private final List<Spelling> spellings;

  Folding(Config rules) {
    laughter = Sound.of(rules.getConfig("laughter"));
    tears = Sound.of(rules.getConfig("tears"));
    String end =
        String.join(
            "|",
            "[?!。…]",
            "\\.{2,}",
            "[.~](?=\\s|$)",
            EMOJI,
            "" + laughter.pattern,
            "" + tears.pattern);
    boundary = Pattern.compile("(?:" + end + ")(?:\\s*(?:" + end + "))*");
    spellings =
        rules.getConfigList("spellings").stream()
            .map(
                config ->
                    new Spelling(
                        Pattern.compile(config.getString("pattern")),
                        config.getString("replacement")))
            .toList();
  }

  static String normalize(String text) {
    return NORMALIZER.normalize(text);
  }

  /**
   * The first sentence with a letter or digit. A reply of only laughter or tears is one sign of it.
   *
   * @param reply normalized
   * @return empty if the reply has none
   */
  Optional<Sentence> firstSentence(String reply) {
    Matcher end = boundary.matcher(reply);
    int from = 0;
    while (from < reply.length()) {
      boolean found = end.find();
      String source = reply.substring(from, found ? end.start() : reply.length());
      String text = fold(source);
      if (!text.isEmpty()) {
        return Optional.of(new Sentence(source, text, found && end.group().indexOf('?') >= 0));
      }
      from = found ? end.end() : reply.length();
    }
    for (Sound sound : List.of(laughter, tears)) {
      if (sound.pattern.matcher(reply).find()) {
        return Optional.of(new Sentence(reply, sound.alone, false));
      }
    }
    return Optional.empty();
  }

  private String fold(String text) {
    String folded = SPACES.matcher(MARKS.matcher(text).replaceAll(" ")).replaceAll(" ").strip();
    folded = LONG_RUN.matcher(LETTER_RUN.matcher(folded).replaceAll("$1")).replaceAll("$1");
    List<String> words = new ArrayList<>();
    for (String word : folded.split(" ", -1)) {
      words.add(withoutDrawl(word));
    }
    folded = String.join(" ", words);
    for (Spelling spelling : spellings) {
      folded = spelling.pattern.matcher(folded).replaceAll(spelling.replacement);
    }
    return folded;
  }

  /** Drops the last syllable of a Korean word if it only drawls its vowel: 네에, 좋아앙. */
  private static String withoutDrawl(String word) {
    if (word.length() < 2) {
      return word;
    }
    char last = word.charAt(word.length() - 1);
    char before = word.charAt(word.length() - 2);
    boolean drawls =
        isSyllable(last)
            && isSyllable(before)
            && (last - FIRST_SYLLABLE) / (NUM_VOWELS * NUM_FINALS) == SILENT_INITIAL
            && (finalOf(last) == 0 || finalOf(last) == FINAL_NG)
            && finalOf(before) == 0
            && vowelOf(last) == vowelOf(before);
    return drawls ? word.substring(0, word.length() - 1) : word;
  }

  private static boolean isSyllable(char c) {
    return c >= FIRST_SYLLABLE && c <= LAST_SYLLABLE;
  }

  private static int finalOf(char syllable) {
    return (syllable - FIRST_SYLLABLE) % NUM_FINALS;
  }

  private static int vowelOf(char syllable) {
    return (syllable - FIRST_SYLLABLE) / NUM_FINALS % NUM_VOWELS;
  }
}
