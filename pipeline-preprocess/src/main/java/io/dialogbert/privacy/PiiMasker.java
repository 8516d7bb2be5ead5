package io.dialogbert.privacy;

import static io.dialogbert.privacy.MatchingForm.isDigit;

import io.dialogbert.privacy.PiiRule.Match;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Replaces personal data by typed placeholders.
 *
 * <p>Matches that overlap are replaced together, so that nothing of any of them stays readable; the
 * kind is that of the highest priority, then of the longest, then of the leftmost match. Masking a
 * masked text changes nothing. Time is linear in the text. Immutable and shared by threads.
 */
public final class PiiMasker {
  private static final Comparator<Match> BY_RANK =
      Comparator.comparingInt(Match::priority)
          .thenComparingInt(match -> match.end() - match.start())
          .thenComparing(Comparator.comparingInt(Match::start).reversed());

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

    void find(String form, int numDigits, List<Match> found) {
      HintIndex.Hits hits = index.find(form);
      if (hits != null) {
        BitSet hinted = hits.rules();
        for (int i = hinted.nextSetBit(0); i >= 0; i = hinted.nextSetBit(i + 1)) {
          if (rules.get(i).minDigits() <= numDigits) {
            rules.get(i).find(form, hits, i, found::add);
          }
        }
      }
    }
  }

  PiiMasker(List<PiiRule> rules) {
    rulesForDigits =
        rules.stream()
            .filter(rule -> rule.hints().isEmpty())
            .sorted(Comparator.comparingInt(PiiRule::minDigits))
            .toList();
    List<PiiRule> hinted = rules.stream().filter(rule -> !rule.hints().isEmpty()).toList();
    forHints = HintedRules.of(hinted.stream().filter(rule -> rule.minDigits() == 0));
    forHintsAndDigits = HintedRules.of(hinted.stream().filter(rule -> rule.minDigits() > 0));
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

  /** {@code text} with placeholders, and how many of each kind. */
  public MaskedText mask(String text) {
    List<Match> found = find(text);
    if (found.isEmpty()) {
      return new MaskedText(text, Map.of());
    }
    Map<PiiKind, Integer> counts = new EnumMap<>(PiiKind.class);
    String masked = text;
    // A placeholder can uncover a match beside it (it ends a run of digits, say), so this goes on
    // until none is left; it ends, because no rule matches a placeholder.
    for (; !found.isEmpty(); found = find(masked)) {
      masked = replace(masked, merge(found), counts);
    }
    return new MaskedText(masked, counts);
  }

  private List<Match> find(String text) {
    String form = MatchingForm.of(text);
    int numDigits = 0;
    for (int i = 0; i < form.length(); i++) {
      numDigits += isDigit(form.charAt(i)) ? 1 : 0;
    }
    List<Match> found = new ArrayList<>(0);
    for (PiiRule rule : rulesForDigits) {
      if (rule.minDigits() > numDigits) {
        break;
      }
      rule.find(form, found::add);
    }
    forHints.find(form, numDigits, found);
    if (numDigits > 0) {
      forHintsAndDigits.find(form, numDigits, found);
    }
    return found;
  }

  /**
   * Regions that do not overlap, from left to right, each with the kind of its highest ranking
   * match.
   */
  private static List<Match> merge(List<Match> found) {
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

  private static String replace(String text, List<Match> regions, Map<PiiKind, Integer> counts) {
    StringBuilder masked = new StringBuilder(text.length());
    int from = 0;
    for (Match region : regions) {
      masked.append(text, from, region.start()).append(region.kind().placeholder());
      counts.merge(region.kind(), 1, Integer::sum);
      from = region.end();
    }
    return masked.append(text, from, text.length()).toString();
  }
}
