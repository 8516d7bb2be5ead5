package io.dialogbert.privacy;

import io.dialogbert.privacy.PiiRule.Match;
import io.dialogbert.privacy.PiiRule.Range;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * A text and its replacements by placeholders, at positions of the original text. Shows the
 * replaced text around a position without building all of it. Not thread-safe.
 */
final class Replacements {
  private final String text;
  private final NavigableMap<Integer, Match> byStart = new TreeMap<>();
  private final Map<PiiKind, Integer> counts = new EnumMap<>(PiiKind.class);

  Replacements(String text) {
    this.text = text;
  }

  /**
   * A part of the replaced text.
   *
   * @param text the part with its replacements
   * @param changed the range of {@code text} from the first to the last of the latest replacements
   * @param starts where in the original each character starts; for a placeholder's characters, its
   *     start
   * @param ends where in the original each character ends; for a placeholder's characters, its end
   * @param range the range of the original
   */
  record Part(String text, Range changed, int[] starts, int[] ends, Range range) {
    /** A match in this part, at its positions in the original. */
    Match inOriginal(Match match) {
      return new Match(
          match.kind(), match.priority(), starts[match.start()], ends[match.end() - 1]);
    }
  }

  /** Replaces a region of the original, including earlier replacements in it. */
  void replace(Match region) {
    byStart.subMap(region.start(), region.end()).clear();
    byStart.put(region.start(), region);
    counts.merge(region.kind(), 1, Integer::sum);
  }

  /** The replaced text, and the count of replacements by kind. */
  MaskedText masked() {
    StringBuilder masked = new StringBuilder(text.length());
    int from = 0;
    for (Match region : byStart.values()) {
      masked.append(text, from, region.start()).append(region.kind().placeholder());
      from = region.end();
    }
    return new MaskedText(masked.append(text, from, text.length()).toString(), counts);
  }

  /**
   * The parts of the replaced text around replacements. Overlapping parts are merged.
   *
   * @param regions replacements from left to right
   * @param margin minimum number of characters of the replaced text on both sides of a part's
   *     change
   */
  List<Part> around(List<Match> regions, int margin) {
    List<Part> parts = new ArrayList<>();
    int first = 0;
    while (first < regions.size()) {
      int start = before(regions.get(first).start(), margin);
      int end = after(regions.get(first).end(), margin);
      int next = first + 1;
      while (next < regions.size() && before(regions.get(next).start(), margin) <= end) {
        end = after(regions.get(next).end(), margin);
        next++;
      }
      parts.add(part(new Range(start, end), regions.get(first), regions.get(next - 1)));
      first = next;
    }
    return parts;
  }

  /** The same part with another margin at its end. */
  Part widened(Part part, int margin) {
    Range changed = part.changed();
    int from = part.starts()[changed.start()];
    int to = part.ends()[changed.end() - 1];
    return part(
        new Range(part.range().start(), after(part.range().end(), margin)),
        byStart.get(from),
        byStart.lowerEntry(to).getValue());
  }

  /** Whether a part reaches the end of the text. */
  boolean isLast(Part part) {
    return part.range().end() == text.length();
  }

  /**
   * The position in the original that is {@code margin} characters of the replaced text earlier.
   */
  private int before(int at, int margin) {
    int place = at;
    int left = margin;
    for (Map.Entry<Integer, Match> entry = byStart.lowerEntry(at);
        entry != null && left > place - entry.getValue().end();
        entry = byStart.lowerEntry(place)) {
      left -= place - entry.getValue().end() + placeholderLength(entry.getValue());
      place = entry.getKey();
      if (left <= 0) {
        return place;
      }
    }
    return Math.max(0, place - left);
  }

  /** The position in the original that is {@code margin} characters of the replaced text later. */
  private int after(int at, int margin) {
    int place = at;
    int left = margin;
    for (Map.Entry<Integer, Match> entry = byStart.ceilingEntry(at);
        entry != null && left > entry.getKey() - place;
        entry = byStart.ceilingEntry(place)) {
      left -= entry.getKey() - place + placeholderLength(entry.getValue());
      place = entry.getValue().end();
      if (left <= 0) {
        return place;
      }
    }
    return (int) Math.min(text.length(), (long) place + left);
  }

  private static int placeholderLength(Match region) {
    return region.kind().placeholder().length();
  }

  private Part part(Range range, Match firstChanged, Match lastChanged) {
    StringBuilder now = new StringBuilder();
    List<Match> inside = new ArrayList<>(byStart.subMap(range.start(), range.end()).values());
    int length = range.end() - range.start();
    for (Match region : inside) {
      length += placeholderLength(region) - (region.end() - region.start());
    }
    int[] starts = new int[length];
    int[] ends = new int[length];
    int changedStart = 0;
    int changedEnd = 0;
    int from = range.start();
    for (Match region : inside) {
      copy(from, region.start(), now, starts, ends);
      changedStart = region.start() == firstChanged.start() ? now.length() : changedStart;
      for (char c : region.kind().placeholder().toCharArray()) {
        starts[now.length()] = region.start();
        ends[now.length()] = region.end();
        now.append(c);
      }
      changedEnd = region.start() == lastChanged.start() ? now.length() : changedEnd;
      from = region.end();
    }
    copy(from, range.end(), now, starts, ends);
    return new Part(now.toString(), new Range(changedStart, changedEnd), starts, ends, range);
  }

  private void copy(int from, int to, StringBuilder now, int[] starts, int[] ends) {
    for (int i = from; i < to; i++) {
      starts[now.length()] = i;
      ends[now.length()] = i + 1;
      now.append(text.charAt(i));
    }
  }
}
