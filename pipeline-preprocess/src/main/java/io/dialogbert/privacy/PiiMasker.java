package io.dialogbert.privacy;

import static io.dialogbert.privacy.MatchingForm.isDigit;

import io.dialogbert.privacy.PiiRule.Match;
import io.dialogbert.privacy.PiiRule.Range;
import io.dialogbert.privacy.Replacements.Part;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Replaces personal data by typed placeholders.
 *
 * <p>Matches that overlap are replaced together, so that nothing of any of them stays readable; the
 * kind is that of the highest priority, then of the longest, then of the leftmost match. Masking a
 * masked text changes nothing. Time is linear in the text: each pattern reads a bounded number of
 * characters for each of the text, and of a replacement only so many on both sides are looked at
 * again. Immutable and shared by threads.
 */
public final class PiiMasker {
  private static final Comparator<Match> BY_RANK =
      Comparator.comparingInt(Match::priority)
          .thenComparingInt(match -> match.end() - match.start())
          .thenComparing(Comparator.comparingInt(Match::start).reversed());

  /** The longest text that is masked, in characters; no message is longer. */
  public static final int MAX_LENGTH = 1 << 20;

  /** A character's form depends on the one before and the one behind. */
  private static final int NEIGHBORS = 4;

  /**
   * How many characters on either side of a change are looked at again: enough to hold every match
   * that the change can make or undo, and its context.
   */
  private final int margin;

  private final UnaryOperator<CharSequence> reading;

  /** Rules that every text with enough digits may match, those that need the fewest first. */
  private final List<PiiRule> rulesForDigits;

  /** Rules that only texts with one of their hints may match. */
  private final HintedRules forHints;

  /** Of those, the rules that only texts with a digit may match. */
  private final HintedRules forHintsAndDigits;

  /** Rules, which the index knows by their place in the list. */
  private record HintedRules(List<PiiRule> rules, HintIndex index) {
    static HintedRules of(Stream<PiiRule> rules) {
      List<PiiRule> list = rules.toList();
      return new HintedRules(list, new HintIndex(list.stream().map(PiiRule::hints).toList()));
    }

    /** Applies the rules that the form, or the whole text around it, calls for; returns these. */
    BitSet find(
        String form,
        CharSequence read,
        Range changed,
        int numDigits,
        BitSet whole,
        Consumer<Match> found) {
      HintIndex.Hits hits = index.find(form);
      if (hits == null && whole.isEmpty()) {
        return whole;
      }
      hits = hits == null ? new HintIndex.Hits() : hits;
      BitSet hinted = hits.rules();
      hinted.or(whole);
      for (int i = hinted.nextSetBit(0); i >= 0; i = hinted.nextSetBit(i + 1)) {
        if (rules.get(i).minDigits() <= numDigits) {
          rules.get(i).find(read, changed, hits, i, found);
        }
      }
      return hinted;
    }
  }

  /**
   * The rules that a whole text calls for by its digits and hints; its parts need not have them.
   */
  record Calls(int numDigits, BitSet forHints, BitSet forHintsAndDigits) {
    static final Calls NONE = new Calls(0, new BitSet(), new BitSet());
  }

  PiiMasker(List<PiiRule> rules) {
    this(rules, text -> text);
  }

  /**
   * A masker with {@code rules}.
   *
   * @param reading what rules read instead of each text that is looked at, for tests that count
   */
  PiiMasker(List<PiiRule> rules, UnaryOperator<CharSequence> reading) {
    this.reading = reading;
    rulesForDigits =
        rules.stream()
            .filter(rule -> rule.hints().isEmpty())
            .sorted(Comparator.comparingInt(PiiRule::minDigits))
            .toList();
    List<PiiRule> hinted = rules.stream().filter(rule -> !rule.hints().isEmpty()).toList();
    forHints = HintedRules.of(hinted.stream().filter(rule -> rule.minDigits() == 0));
    forHintsAndDigits = HintedRules.of(hinted.stream().filter(rule -> rule.minDigits() > 0));
    margin =
        rules.stream().mapToInt(PiiRule::ahead).max().orElse(0)
            + rules.stream().mapToInt(PiiRule::behind).max().orElse(0)
            + NEIGHBORS;
  }

  /** A masker with the rule files of this package. */
  public static PiiMasker standard() {
    return new PiiMasker(PiiRules.load());
  }

  /**
   * Identifies the rule files and lists of names of this package: another fingerprint, another
   * masking.
   */
  public static String fingerprint() {
    return PiiRules.fingerprint();
  }

  /**
   * {@code text} with placeholders, and how many of each kind.
   *
   * @throws IllegalArgumentException if the text is longer than {@link #MAX_LENGTH}
   */
  public MaskedText mask(String text) {
    if (text.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "text must have at most " + MAX_LENGTH + " characters, but has " + text.length());
    }
    List<Match> found = new ArrayList<>(0);
    Calls calls = find(text, new Range(0, text.length()), Calls.NONE, found::add);
    if (found.isEmpty()) {
      return new MaskedText(text, Map.of());
    }
    Replacements replacements = new Replacements(text);
    // A placeholder can uncover a match beside it (it ends a run of digits, say), so this goes on
    // around the new ones until none is left; it ends, because no rule matches a placeholder.
    while (!found.isEmpty()) {
      List<Match> regions = merge(found);
      regions.forEach(replacements::replace);
      found = new ArrayList<>(0);
      for (Part part : replacements.around(regions, margin)) {
        find(replacements, part, calls, found);
      }
    }
    return replacements.masked();
  }

  /** What is in a part, which grows until each match ends within it. */
  private void find(Replacements replacements, Part part, Calls calls, List<Match> found) {
    List<Match> inPart = new ArrayList<>(0);
    Part widened = part;
    for (int more = margin; ; more *= 2) {
      find(widened.text(), widened.changed(), calls, inPart::add);
      int length = widened.text().length();
      if (replacements.isLast(widened) || inPart.stream().allMatch(match -> match.end() < length)) {
        break;
      }
      inPart.clear();
      widened = replacements.widened(widened, more);
    }
    inPart.stream().map(widened::inOriginal).forEach(found::add);
  }

  /**
   * Hands on the matches in {@code text} that characters of {@code changed} may decide.
   *
   * @param whole what the text calls for that this one is a part of
   * @return what this one calls for, too
   */
  Calls find(String text, Range changed, Calls whole, Consumer<Match> found) {
    String form = MatchingForm.of(text);
    CharSequence read = reading.apply(form);
    int inForm = 0;
    for (int i = 0; i < form.length(); i++) {
      inForm += isDigit(form.charAt(i)) ? 1 : 0;
    }
    int numDigits = Math.max(inForm, whole.numDigits);
    for (PiiRule rule : rulesForDigits) {
      if (rule.minDigits() > numDigits) {
        break;
      }
      rule.find(read, changed, found);
    }
    return new Calls(
        numDigits,
        forHints.find(form, read, changed, numDigits, whole.forHints, found),
        numDigits == 0
            ? whole.forHintsAndDigits
            : forHintsAndDigits.find(
                form, read, changed, numDigits, whole.forHintsAndDigits, found));
  }

  /**
   * Regions that do not overlap, from left to right, each with the kind of its highest ranking
   * match.
   */
  static List<Match> merge(List<Match> found) {
    found.sort(Comparator.comparingInt(Match::start));
    List<Match> regions = new ArrayList<>();
    int first = 0;
    while (first < found.size()) {
      Match best = found.get(first);
      int end = best.end();
      int next = first + 1;
      while (next < found.size() && found.get(next).start() < end) {
        Match other = found.get(next);
        best = BY_RANK.compare(other, best) > 0 ? other : best;
        end = Math.max(end, other.end());
        next++;
      }
      regions.add(new Match(best.kind(), best.priority(), found.get(first).start(), end));
      first = next;
    }
    return regions;
  }
}
