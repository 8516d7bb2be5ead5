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
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Replaces personal data by typed placeholders.
 *
 * <p>Overlapping matches are replaced together, so that no part of them stays readable. The kind is
 * that of the match with the highest priority; ties go to the longest, then to the leftmost.
 * Masking a masked text changes nothing; names are looked for by their context only in texts
 * without a placeholder. Time is linear in the text: each pattern reads a bounded number of
 * characters per character of text, and only a bounded margin around a replacement is scanned
 * again. Immutable and shared by threads.
 */
public final class PiiMasker {
  private static final Comparator<Match> BY_RANK =
      Comparator.comparingInt(Match::priority)
          .thenComparingInt(match -> match.end() - match.start())
          .thenComparing(Comparator.comparingInt(Match::start).reversed());

  /** Maximum length of a text to mask, in characters; no message is longer. */
  public static final int MAX_LENGTH = 1 << 20;

  /**
   * How many characters on either side of a change are scanned again: enough to hold every match
   * that the change can make or undo, with its context.
   */
  private final int margin;

  private final UnaryOperator<CharSequence> reading;

  /** Whether names are also found by their context. */
  private final boolean tagsNames;

  /** Rules that any text with enough digits may match, ordered by the digits they need. */
  private final List<PiiRule> rulesForDigits;

  /** Rules that only texts with one of their hints may match. */
  private final HintedRules forHints;

  /** Those hinted rules that also need a digit in the text. */
  private final HintedRules forHintsAndDigits;

  /** Those rules for hints alone that find a name which the text states to be one. */
  private final HintedRules statingNames;

  /** Rules; the index refers to them by list position. */
  private record HintedRules(List<PiiRule> rules, HintIndex index) {
    static HintedRules of(Stream<PiiRule> rules) {
      List<PiiRule> list = rules.toList();
      return new HintedRules(list, new HintIndex(list.stream().map(PiiRule::hints).toList()));
    }

    /**
     * Applies the rules that the form or the whole text around it triggers; returns these rules.
     */
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
   * The rules that the digits and hints of a whole text trigger. They apply to its parts even if a
   * part lacks these.
   */
  record TriggeredRules(int numDigits, BitSet forHints, BitSet forHintsAndDigits) {
    static final TriggeredRules NONE = new TriggeredRules(0, new BitSet(), new BitSet());
  }

  /** A masker with {@code rules} alone. */
  PiiMasker(List<PiiRule> rules) {
    this(rules, text -> text);
  }

  /**
   * A masker with {@code rules}.
   *
   * @param reading wraps each text that rules read, for tests that count reads
   */
  PiiMasker(List<PiiRule> rules, UnaryOperator<CharSequence> reading) {
    this(rules, reading, false);
  }

  private PiiMasker(List<PiiRule> rules, UnaryOperator<CharSequence> reading, boolean tagsNames) {
    this.reading = reading;
    this.tagsNames = tagsNames;
    rulesForDigits =
        rules.stream()
            .filter(rule -> rule.hints().isEmpty())
            .sorted(Comparator.comparingInt(PiiRule::minDigits))
            .toList();
    List<PiiRule> hinted = rules.stream().filter(rule -> !rule.hints().isEmpty()).toList();
    forHints = HintedRules.of(hinted.stream().filter(rule -> rule.minDigits() == 0));
    forHintsAndDigits = HintedRules.of(hinted.stream().filter(rule -> rule.minDigits() > 0));
    statingNames =
        HintedRules.of(hinted.stream().filter(rule -> rule.minDigits() == 0 && rule.statesName()));
    margin =
        rules.stream().mapToInt(PiiRule::ahead).max().orElse(0)
            + rules.stream().mapToInt(PiiRule::behind).max().orElse(0)
            + 2 * MatchingForm.REACH;
  }

  /** A masker with the rule files of this package, and with its models for names. */
  public static PiiMasker standard() {
    return new PiiMasker(PiiRules.load(), text -> text, true);
  }

  /**
   * Identifies the rule files, name lists and models of this package. If the fingerprint differs,
   * masking may differ.
   */
  public static String fingerprint() {
    return PiiRules.fingerprint();
  }

  /**
   * {@code text} with placeholders, and the count of each kind.
   *
   * @throws IllegalArgumentException if the text is longer than {@link #MAX_LENGTH}
   */
  public MaskedText mask(String text) {
    if (text.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "text must have at most " + MAX_LENGTH + " characters, but has " + text.length());
    }
    List<Match> found = new ArrayList<>(0);
    TriggeredRules triggered =
        find(text, new Range(0, text.length()), TriggeredRules.NONE, found::add);
    // Beside numbers and ids the model takes names of banks, apps and places for those of people.
    if (tagsNames
        && triggered.numDigits() == 0
        && found.stream().allMatch(match -> match.kind() == PiiKind.NAME)) {
      NameTagger.find(text, found::add);
    }
    if (found.isEmpty()) {
      return new MaskedText(text, Map.of());
    }
    Replacements replacements = new Replacements(text);
    // A placeholder can expose a match beside it, for example by ending a run of digits. So the
    // search continues around the new placeholders until it finds nothing. It ends, because no rule
    // matches a placeholder.
    while (!found.isEmpty()) {
      List<Match> regions = merge(found);
      regions.forEach(replacements::replace);
      found = new ArrayList<>(0);
      for (Part part : replacements.around(regions, margin)) {
        find(replacements, part, triggered, found);
      }
    }
    return replacements.masked();
  }

  /**
   * The names that a text states to be names, by a word for a name, a title, an introduction or a
   * mention. In the conversation they also are names where nothing else tells.
   */
  public SortedSet<String> statedNames(String text) {
    String form = MatchingForm.of(text);
    SortedSet<String> names = new TreeSet<>();
    statingNames.find(
        form,
        form,
        new Range(0, form.length()),
        0,
        new BitSet(),
        match -> names.add(form.substring(match.start(), match.end()).replaceFirst("^@", "")));
    return names;
  }

  /** Finds the matches in a part, widening the part until each match ends within it. */
  private void find(
      Replacements replacements, Part part, TriggeredRules triggered, List<Match> found) {
    List<Match> inPart = new ArrayList<>(0);
    Part widened = part;
    for (int more = margin; ; more *= 2) {
      find(widened.text(), widened.changed(), triggered, inPart::add);
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
   * Passes on the matches in {@code text} that characters of {@code changed} can affect.
   *
   * @param whole the rules that the whole text around {@code text} triggers
   * @return the rules that {@code text} triggers, too
   */
  TriggeredRules find(String text, Range changed, TriggeredRules whole, Consumer<Match> found) {
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
    return new TriggeredRules(
        numDigits,
        forHints.find(form, read, changed, numDigits, whole.forHints, found),
        numDigits == 0
            ? whole.forHintsAndDigits
            : forHintsAndDigits.find(
                form, read, changed, numDigits, whole.forHintsAndDigits, found));
  }

  /** Disjoint regions from left to right, each with the kind of its highest-ranked match. */
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
