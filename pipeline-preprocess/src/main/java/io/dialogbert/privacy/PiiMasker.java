package io.dialogbert.privacy;

import static io.dialogbert.privacy.MatchingForm.isDigit;

import io.dialogbert.privacy.PiiRule.Match;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

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

  private final List<PiiRule> rules;

  PiiMasker(List<PiiRule> rules) {
    this.rules = List.copyOf(rules);
  }

  /** A masker with the rule files of this package. */
  public static PiiMasker standard() {
    return new PiiMasker(PiiRules.load());
  }

  /** {@code text} with placeholders, and how many of each kind. */
  public MaskedText mask(String text) {
    Map<PiiKind, Integer> counts = new EnumMap<>(PiiKind.class);
    String masked = text;
    // A placeholder can uncover a match beside it (it ends a run of digits, say), so this goes on
    // until none is left;
    // it ends, because no rule matches a placeholder.
    for (List<Match> found = find(masked); !found.isEmpty(); found = find(masked)) {
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
    List<Match> found = List.of();
    for (PiiRule rule : rules) {
      if (rule.mayMatch(form, numDigits)) {
        found = found.isEmpty() ? new ArrayList<>() : found;
        rule.find(form, found::add);
      }
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
