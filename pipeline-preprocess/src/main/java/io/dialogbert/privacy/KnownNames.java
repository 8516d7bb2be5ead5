package io.dialogbert.privacy;

import io.dialogbert.privacy.PiiRule.Match;
import io.dialogbert.privacy.PiiRule.Range;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Replaces the names of a conversation's participants by {@code [NAME]}. The names are known from
 * the display names. A whole display name is replaced wherever it is a separate word. So is the
 * given name of a Korean full name; a rare one only before a particle, a vocative or a title. A
 * Japanese surname or given name is replaced before a title. A name that is an everyday word, such
 * as 하늘, is replaced only before a title. A single character never is. Mask with the rules of
 * {@link PiiMasker} first.
 *
 * <p>One instance per conversation. Masking takes time linear in the text; masking a masked text
 * changes nothing. Immutable and shared by threads.
 */
public final class KnownNames {
  /** No messenger allows display names this long. In a longer one, only shorter words are names. */
  public static final int MAX_CHARACTERS = 256;

  private static final int MIN_CHARACTERS = 2;
  private static final Set<String> EVERYDAY_WORDS = Set.copyOf(Names.hints("everyday-words"));

  /** Longest first, so that 님이 is not mistaken for 님. */
  private static final List<String> KO_TITLES =
      longestFirst(
          "씨 님 군 양 형 누나 오빠 언니 선배 후배 쌤 샘 선생 교수 대리 과장 차장 부장 팀장 실장 사장 이사 상무 전무 원장 점장 대표 회장 주임"
              + " 매니저 박사 삼촌 이모 엄마 아빠 어머니 아버지");

  private static final List<String> KO_PARTICLES =
      longestFirst(
          "야 아 이야 이 가 은 는 을 를 와 과 랑 이랑 도 만 의 께 에게 한테 하고 처럼 보다 네 요 이가 이는 이를 이도 이네 이한테 이하고 이의 입니다"
              + " 이에요 예요 라고 이라고 라는 이라는 인데 인데요 이랑도 한테서 에게서 까지 부터");

  private static final List<String> JA_TITLES =
      longestFirst("さん くん 君 ちゃん 様 さま 先生 先輩 部長 課長 係長 社長 氏 殿 っち たん ちゃま 店長 教授");

  private static final List<String> JA_PARTICLES =
      List.of("が", "は", "も", "に", "の", "と", "を", "です", "だ");
  private static final int LONG_KANA = 4;

  /** Maximum length of the context: a space, a title or particle, and the next character. */
  private static final int MAX_RIGHT_CONTEXT =
      2
          + Stream.of(KO_TITLES, KO_PARTICLES, JA_TITLES, JA_PARTICLES)
              .flatMap(List::stream)
              .mapToInt(String::length)
              .max()
              .orElseThrow();

  private static final int LONGEST_PLACEHOLDER =
      Stream.of(PiiKind.values()).mapToInt(kind -> kind.placeholder().length()).max().orElseThrow();

  /** The context that a name requires on its right. */
  private enum RightContext {
    /** Nothing that would make it another word. */
    WORD_END,
    /** A particle, a vocative or a title. */
    PARTICLE_OR_TITLE,
    /** A title. */
    TITLE
  }

  private record Name(String text, RightContext rightContext) {}

  /** The names by their first character, in lower case; longest first. */
  private final Map<Character, List<Name>> byFirst = new HashMap<>();

  /** Length of the longest name. */
  private final int longest;

  /**
   * The low six bits of all first characters, as a bit set: a cheap check that most characters
   * fail.
   */
  private final long firstBits;

  /**
   * @param displayNames display names of all participants, normalized like the texts to mask, which
   *     gives all spellings one form; blank names and single characters are skipped
   */
  public KnownNames(Collection<String> displayNames) {
    Map<String, RightContext> names = new HashMap<>();
    for (String displayName : displayNames) {
      String whole = MatchingForm.of(displayName).strip().replaceAll(" +", " ");
      if (whole.length() <= MAX_CHARACTERS) {
        add(names, whole, isEveryday(whole) ? RightContext.TITLE : RightContext.WORD_END);
        String joined = whole.replace(" ", "");
        if (Names.isJapaneseFullName(joined) || Names.isKoreanFullName(joined)) {
          addPart(names, joined);
        }
      }
      for (String part : whole.split("[^\\p{L}\\p{Nd}_.]+")) {
        if (part.length() <= MAX_CHARACTERS) {
          addPart(names, part);
        }
      }
    }
    longest = names.keySet().stream().mapToInt(String::length).max().orElse(0);
    long bits = 0;
    for (Map.Entry<String, RightContext> entry : names.entrySet()) {
      char first = lower(entry.getKey().charAt(0));
      bits |= 1L << first;
      byFirst
          .computeIfAbsent(first, unused -> new ArrayList<>())
          .add(new Name(entry.getKey(), entry.getValue()));
    }
    byFirst
        .values()
        .forEach(
            list ->
                list.sort(
                    Comparator.<Name>comparingInt(name -> -name.text.length())
                        .thenComparing(Name::rightContext)));
    firstBits = bits;
  }

  /** {@code text} with the names replaced, and how many were replaced. */
  public MaskedText mask(String text) {
    List<Match> found = find(text, new Range(0, text.length()));
    if (found.isEmpty()) {
      return new MaskedText(text, Map.of());
    }
    Replacements replacements = new Replacements(text);
    // A placeholder can turn its neighbor into a separate word.
    while (!found.isEmpty()) {
      found.forEach(replacements::replace);
      found =
          replacements.around(found, longest + MAX_RIGHT_CONTEXT + LONGEST_PLACEHOLDER).stream()
              .flatMap(part -> find(part.text(), part.changed()).stream().map(part::inOriginal))
              .toList();
    }
    return replacements.masked();
  }

  /** The names in {@code text} that characters of {@code changed} can affect. */
  List<Match> find(String text, Range changed) {
    String form = MatchingForm.of(text);
    Range starts = changed.grown(longest + MAX_RIGHT_CONTEXT, 1, form.length());
    List<Match> found = new ArrayList<>(0);
    int i = Math.max(0, starts.start() - LONGEST_PLACEHOLDER);
    while (i < starts.end()) {
      int placeholder = form.charAt(i) == '[' ? endOfPlaceholder(form, i) : -1;
      int name = placeholder < 0 && i >= starts.start() ? endOfName(form, i) : -1;
      if (name >= 0) {
        found.add(new Match(PiiKind.NAME, 0, i, name));
      }
      i = Math.max(i + 1, Math.max(placeholder, name));
    }
    return found;
  }

  private static int endOfPlaceholder(String text, int start) {
    for (PiiKind kind : PiiKind.values()) {
      if (text.startsWith(kind.placeholder(), start)) {
        return start + kind.placeholder().length();
      }
    }
    return -1;
  }

  /** Where the name that starts at {@code start} ends; -1 if none does. */
  private int endOfName(String text, int start) {
    char first = lower(text.charAt(start));
    List<Name> names = (firstBits & 1L << first) == 0 ? null : byFirst.get(first);
    if (names == null) {
      return -1;
    }
    for (Name name : names) {
      int end = start + name.text.length();
      if (text.regionMatches(true, start, name.text, 0, name.text.length())
          && isWordStart(text, start)
          && hasRightContext(text, end, name)) {
        return end;
      }
    }
    return -1;
  }

  private static void addPart(Map<String, RightContext> names, String part) {
    if (Names.isKoreanFullName(part)) {
      String given = part.substring(Names.koreanSurnameLength(part));
      add(names, part, RightContext.WORD_END);
      RightContext rare = isEveryday(given) ? RightContext.TITLE : RightContext.PARTICLE_OR_TITLE;
      add(names, given, Names.isKoreanGivenName(given) ? RightContext.WORD_END : rare);
    } else if (Names.isKoreanGivenName(part)) {
      add(names, part, RightContext.WORD_END);
    }
    for (int end = 1; end <= part.length(); end++) {
      String rest = part.substring(end);
      if (Names.isJapaneseSurname(part.substring(0, end))
          && (rest.isEmpty() || Names.isJapaneseGivenName(rest) || part.length() <= 5)) {
        add(names, part, rest.isEmpty() ? RightContext.TITLE : RightContext.WORD_END);
        add(names, part.substring(0, end), RightContext.TITLE);
        add(names, rest, RightContext.TITLE);
      }
    }
    if (Names.isJapaneseGivenName(part)) {
      add(names, part, RightContext.TITLE);
    }
  }

  /** If two rules apply to a name, the less strict one counts. */
  private static void add(Map<String, RightContext> names, String name, RightContext rightContext) {
    if (name.codePointCount(0, name.length()) >= MIN_CHARACTERS
        && name.codePoints().anyMatch(Character::isLetter)) {
      names.merge(name, rightContext, (a, b) -> a.compareTo(b) <= 0 ? a : b);
    }
  }

  private static boolean isEveryday(String name) {
    return EVERYDAY_WORDS.contains(name)
        || (!Names.isKoreanGivenName(name) && Names.isKnownKoreanGivenName(name));
  }

  /** A letter of the same script before the name makes it part of another word. */
  private static boolean isWordStart(String text, int start) {
    return start == 0 || !isSameScript(text.charAt(start - 1), text.charAt(start));
  }

  private static boolean hasRightContext(String text, int end, Name name) {
    boolean atEnd = end == text.length() || !isSameScript(text.charAt(end - 1), text.charAt(end));
    boolean hangul = isHangul(text.charAt(end - 1));
    return switch (name.rightContext) {
      case WORD_END ->
          atEnd
              || title(text, end)
              || (hangul ? particle(text, end) : longKanaWithParticle(text, end, name));
      case PARTICLE_OR_TITLE -> hangul && (particle(text, end) || title(text, end));
      case TITLE -> title(text, end);
    };
  }

  private static boolean particle(String text, int end) {
    for (String particle : KO_PARTICLES) {
      if (text.startsWith(particle, end)) {
        int after = end + particle.length();
        if (after == text.length() || !isHangul(text.charAt(after))) {
          return true;
        }
      }
    }
    return false;
  }

  /** Kana run on into particles, where short names would be parts of other words. */
  private static boolean longKanaWithParticle(String text, int end, Name name) {
    return name.text.length() >= LONG_KANA && startsWithAny(text, end, JA_PARTICLES);
  }

  private static boolean title(String text, int end) {
    int at = end < text.length() && text.charAt(end) == ' ' ? end + 1 : end;
    return startsWithAny(text, at, isHangul(text.charAt(end - 1)) ? KO_TITLES : JA_TITLES);
  }

  private static boolean startsWithAny(String text, int at, List<String> words) {
    for (String word : words) {
      if (text.startsWith(word, at)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isSameScript(char a, char b) {
    return Character.isLetter(a)
        && Character.isLetter(b)
        && Character.UnicodeScript.of(a) == Character.UnicodeScript.of(b);
  }

  private static boolean isHangul(char c) {
    return c >= '가' && c <= '힣';
  }

  private static char lower(char c) {
    return Character.toLowerCase(c);
  }

  private static List<String> longestFirst(String words) {
    return new HashSet<>(List.of(words.split(" ")))
        .stream().sorted(Comparator.comparingInt(String::length).reversed()).toList();
  }
}
