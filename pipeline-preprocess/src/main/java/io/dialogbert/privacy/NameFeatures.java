package io.dialogbert.privacy;

import io.dialogbert.text.morpheme.MorphemeAnalyzer;
import io.dialogbert.text.morpheme.MorphemeDictionary;
import java.util.Arrays;

/**
 * What {@link NameModel} knows of each character of a text: the characters around it, the morphemes
 * that a lattice finds there, and the lists of names that agree with it. A feature is a hash of 40
 * bits; two features that occur have the same hash once in millions.
 *
 * <p>Time and space are linear in the text. Not thread-safe.
 */
final class NameFeatures {
  /** Most features of one character. */
  static final int MAX_PER_CHARACTER = 40;

  /** The keys of features are below this. */
  static final long KEY_BOUND = 1L << 40;

  private static final char OUTSIDE = '\0';
  private static final int LONGEST_NAME = 4;
  private static final int FAR = 3;
  private static final int CACHE_BITS = 13;

  private final String lang;
  private final MorphemeAnalyzer analyzer;
  private final long[] cachedWords = new long[1 << CACHE_BITS];
  private final long[] cachedLists = new long[1 << CACHE_BITS];
  private String text = "";
  private char[] shapes = new char[64];

  /** The number of the morpheme at each character, and what is known of each. */
  private int[] morphemeAt = new int[64];

  private int numMorphemes;
  private int[] starts = new int[64];
  private int[] ends = new int[64];
  private int[] classes = new int[64];
  private int[] surfaces = new int[64];

  /** For each character, the lists with a name that begins there, as bits. */
  private long[] lists = new long[64];

  /** For each character, a hash of the dictionary's words that begin there. */
  private int[] words = new int[64];

  private long[] keys = new long[0];
  private int numKeys;

  /**
   * Features of the texts of a language.
   *
   * @param lang {@code ko} or {@code ja}
   */
  NameFeatures(String lang) {
    this.lang = lang;
    this.analyzer = MorphemeDictionary.bundled(lang).analyzer();
  }

  /**
   * Reads a text.
   *
   * @param form a text in matching form
   * @param withLists whether the lists of names count; training leaves them out at times, so that
   *     the model does not rely on them alone
   */
  void read(String form, boolean withLists) {
    text = form;
    int length = form.length();
    if (length > shapes.length) {
      int capacity = Math.max(length, 2 * shapes.length);
      shapes = new char[capacity];
      morphemeAt = new int[capacity];
      starts = new int[capacity];
      ends = new int[capacity];
      classes = new int[capacity];
      surfaces = new int[capacity];
      lists = new long[capacity];
      words = new int[capacity];
    }
    for (int i = 0; i < length; i++) {
      shapes[i] = shape(form.charAt(i));
    }
    numMorphemes = 0;
    Arrays.fill(morphemeAt, 0, length, -1);
    analyzer.analyze(form, 0, length, this::addMorpheme);
    for (int i = 0; i < length; i++) {
      lists[i] = withLists && isNameLetter(form.charAt(i)) ? lists(i) : 0;
      words[i] = 0;
      if (withLists && lang.equals("ja") && isNameLetter(form.charAt(i))) {
        addWords(i);
      }
    }
  }

  private void addMorpheme(int start, int end, int entry) {
    starts[numMorphemes] = start;
    ends[numMorphemes] = end;
    classes[numMorphemes] = 1 + analyzer.leftId(entry);
    int surface = 0;
    for (int i = start; i < end; i++) {
      surface = 31 * surface + shapes[i];
    }
    surfaces[numMorphemes] = surface;
    Arrays.fill(morphemeAt, start, end, numMorphemes++);
  }

  /** Hashes the lengths and classes of the dictionary's words that begin at {@code start}. */
  private void addWords(int start) {
    int limit = Math.min(text.length(), start + LONGEST_NAME);
    analyzer.words(
        text,
        start,
        (from, end, entry) -> {
          if (end <= limit) {
            words[start] = 31 * words[start] + 8 * analyzer.leftId(entry) + end - start;
          }
        });
  }

  /** The lists with a name at {@code start}. Most words of chats were looked up a moment ago. */
  private long lists(int start) {
    long word = 0;
    int end = start;
    while (end < start + LONGEST_NAME && isNameLetter(end)) {
      word = (word << Character.SIZE) | text.charAt(end++);
    }
    int slot = (int) ((word * 0x9E3779B97F4A7C15L) >>> (Long.SIZE - CACHE_BITS));
    if (cachedWords[slot] != word) {
      cachedWords[slot] = word;
      cachedLists[slot] = lang.equals("ko") ? koreanLists(start) : japaneseLists(start);
    }
    return cachedLists[slot];
  }

  private long koreanLists(int start) {
    long bits = 0;
    for (int length = 1; length <= LONGEST_NAME && isNameLetter(start + length - 1); length++) {
      String name = text.substring(start, start + length);
      switch (length) {
        case 1 -> bits |= Names.isKoreanSurname(name) ? 1 : 0;
        case 2 ->
            bits |=
                (Names.isKoreanSurname(name) ? 2 : 0)
                    | (Names.isKoreanGivenName(name) ? 4 : 0)
                    | (Names.isKnownKoreanGivenName(name) ? 8 : 0)
                    | (Names.isPlainKoreanGivenName(name) ? 16 : 0)
                    | (Names.isKoreanVocativeName(name) ? 32 : 0)
                    | (Names.isKoreanWord(name) ? 64 : 0);
        case 3 ->
            bits |=
                (Names.isToldKoreanName(name) ? 128 : 0)
                    | (Names.isExpectedKoreanFullName(name) ? 256 : 0)
                    | (Names.isPlainKoreanFullName(name) ? 512 : 0)
                    | (Names.isKoreanWord(name) ? 1024 : 0);
        default -> bits |= Names.isExpectedKoreanFullName(name) ? 2048 : 0;
      }
    }
    return bits;
  }

  private long japaneseLists(int start) {
    long bits = 0;
    for (int length = 1; length <= LONGEST_NAME && isNameLetter(start + length - 1); length++) {
      String name = text.substring(start, start + length);
      long of =
          (Names.isJapaneseSurname(name) ? 1 : 0)
              | (Names.isJapaneseGivenName(name) ? 2 : 0)
              | (Names.isPlainJapaneseName(name) ? 4 : 0)
              | (Names.isShortJapaneseName(name) ? 8 : 0)
              | (Names.isJapaneseName(name) ? 16 : 0);
      bits |= of << (5 * (length - 1));
    }
    return bits;
  }

  /**
   * The features of the character at {@code i}.
   *
   * @param into receives them
   * @return how many there are, at most {@link #MAX_PER_CHARACTER}
   */
  int of(int i, long[] into) {
    keys = into;
    numKeys = 0;
    char c = at(i);
    char before = at(i - 1);
    char before2 = at(i - 2);
    char before3 = at(i - 3);
    char after = at(i + 1);
    char after2 = at(i + 2);
    char after3 = at(i + 3);
    add(0, c, 0, 0);
    add(1, before, 0, 0);
    add(2, after, 0, 0);
    add(3, before2, 0, 0);
    add(4, after2, 0, 0);
    add(5, after3, 0, 0);
    add(6, before, c, 0);
    add(7, c, after, 0);
    add(8, before2, before, 0);
    add(9, after, after2, 0);
    add(10, after2, after3, 0);
    add(11, before, c, after);
    add(12, c, after, after2);
    add(13, before2, before, c);
    add(14, after, after2, after3);
    add(15, before3, before2, before);
    add(16, before, after, 0);

    int word = Math.min(FAR, i - wordStart(i));
    int rest = Math.min(FAR + 1, wordEnd(i) - i);
    add(17, word, rest, 0);
    add(18, word, c, 0);
    add(19, rest, c, 0);

    int m = morphemeAt[i];
    if (m >= 0) {
      int place = (i == starts[m] ? 1 : 0) + (i == ends[m] - 1 ? 2 : 0);
      int own = classes[m];
      int previous = m > 0 ? classes[m - 1] : 0;
      int next = m + 1 < numMorphemes ? classes[m + 1] : 0;
      int next2 = m + 2 < numMorphemes ? classes[m + 2] : 0;
      add(20, own, place, 0);
      add(21, previous, own, place);
      add(22, own, next, place);
      add(23, next, place, 0);
      add(24, previous, place, 0);
      add(25, m > 0 ? surfaces[m - 1] : 0, place, 0);
      add(26, m + 1 < numMorphemes ? surfaces[m + 1] : 0, place, 0);
      add(27, surfaces[m], place, 0);
      add(28, next, next2, place);
      add(29, own, c, place);
      add(30, m > 1 ? classes[m - 2] : 0, previous, place);
    }
    add(31, list(i), 0, 0);
    add(32, list(i - 1), 0, 0);
    add(33, list(i - 2), 0, 0);
    add(34, list(i), list(i - 1), 0);
    add(35, list(i), after2, rest);
    add(36, list(i - 1), after, rest);
    if (lang.equals("ja")) {
      add(37, i < text.length() ? words[i] : 0, 0, 0);
      add(38, i > 0 ? words[i - 1] : 0, 0, 0);
      add(39, words[i], i > 0 ? words[i - 1] : 0, 0);
    }
    return numKeys;
  }

  private long list(int i) {
    return i < 0 ? 0 : lists[i];
  }

  private void add(int template, long a, long b, long c) {
    long hash = template + 1L;
    hash = (hash ^ a) * 0x9E3779B97F4A7C15L;
    hash = ((hash ^ (hash >>> 29)) + b) * 0xBF58476D1CE4E5B9L;
    hash = ((hash ^ (hash >>> 32)) + c) * 0x94D049BB133111EBL;
    keys[numKeys++] = (hash ^ (hash >>> 31)) & (KEY_BOUND - 1);
  }

  private char at(int i) {
    return i < 0 || i >= text.length() ? OUTSIDE : shapes[i];
  }

  /** Names are found in one word; only as much of it counts as the features tell apart. */
  private int wordStart(int i) {
    int start = i;
    while (start > 0 && i - start < FAR && shapes[start - 1] != ' ') {
      start--;
    }
    return start;
  }

  private int wordEnd(int i) {
    int end = i + 1;
    while (end < text.length() && end - i <= FAR && shapes[end] != ' ') {
      end++;
    }
    return end;
  }

  private boolean isNameLetter(int i) {
    return i < text.length() && isNameLetter(text.charAt(i));
  }

  /** Whether names are written with a character: Hangul, kana or kanji. */
  static boolean isNameLetter(char c) {
    return isHangul(c) || isJapanese(c);
  }

  static boolean isHangul(char c) {
    return c >= '가' && c <= '힣';
  }

  static boolean isJapanese(char c) {
    return (c >= '\u3041' && c <= '\u30FC' && c != '\u30FB')
        || (c >= '\u4E00' && c <= '\u9FFF')
        || c == '\u3005';
  }

  /** Numbers and Latin words differ too much to be told apart. */
  private static char shape(char c) {
    if (MatchingForm.isDigit(c)) {
      return '0';
    }
    return c < '\u0080' && Character.isLetter(c) ? 'a' : c;
  }
}
