package io.dialogbert.privacy;

import io.dialogbert.privacy.LabeledText.Label;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How much of labeled personal data a masker replaces, and how much of what it replaces is personal
 * data.
 *
 * <p>A label is found if none of its letters and digits is left, whatever replaces them. A
 * placeholder is right if what it replaces overlaps a label of any kind.
 */
public final class PiiScore {
  private static final Pattern PLACEHOLDER =
      Pattern.compile(
          Stream.of(PiiKind.values())
              .map(PiiKind::placeholder)
              .map(Pattern::quote)
              .collect(Collectors.joining("|")));

  /** Counts of one kind. */
  private static final class Tally {
    private int labels;
    private int found;
    private int foundAsKind;
    private int hardLabels;
    private int hardFound;
    private int regions;
    private int rightRegions;
    private int letters;
    private int lettersBeyond;
  }

  /**
   * A region that a masker replaced with a placeholder.
   *
   * @param kind kind of the placeholder
   */
  record Region(String kind, int start, int end) {
    boolean overlaps(Label label) {
      return start < label.end() && label.start() < end;
    }
  }

  /** A label that was not found, or a region without a label, shown to authors of rules. */
  public record Miss(String kind, LabeledText message, String masked) {}

  private final UnaryOperator<String> masking;
  private final Map<String, Tally> tallies = new TreeMap<>();
  private final List<Miss> missed = new ArrayList<>();
  private final List<Miss> wrong = new ArrayList<>();

  /** The bounds of a kind, as shares. */
  public record Bounds(
      double leastRecall, double aimedRecall, double leastPrecision, double aimedPrecision) {
    private static final Bounds OF_FIXED_FORMS = new Bounds(0.99, 0.999, 0.98, 0.995);

    /** Form does not distinguish a name or a place from other words, so some stay. */
    private static final Map<String, Bounds> OF_FREE_TEXT =
        Map.of(
            "NAME", new Bounds(0.84, 0.9, 0.95, 0.99),
            "ADDRESS", new Bounds(0.94, 0.98, 0.95, 0.98));

    private static final Bounds OF_HELD_OUT_NUMBERS = new Bounds(0.99, 1, 0.98, 1);
    private static final Bounds OF_HELD_OUT_TEXT = new Bounds(0.97, 0.99, 0.97, 0.99);
    private static final Map<String, Bounds> OF_HELD_OUT =
        Map.of(
            "NAME", new Bounds(0.95, 0.98, 0.95, 0.98),
            "ADDRESS", OF_HELD_OUT_TEXT,
            "BIRTH_DATE", OF_HELD_OUT_TEXT,
            "MESSENGER_ID", OF_HELD_OUT_TEXT);

    /** The bounds of a kind in messages that nothing was developed on. */
    public static Bounds ofHeldOut(PiiKind kind) {
      return OF_HELD_OUT.getOrDefault(kind.name(), OF_HELD_OUT_NUMBERS);
    }

    /** The bounds of a kind. */
    public static Bounds of(PiiKind kind) {
      return OF_FREE_TEXT.getOrDefault(kind.name(), OF_FIXED_FORMS);
    }
  }

  /**
   * Creates an empty score.
   *
   * @param masking returns the masked text of a normalized one
   */
  public PiiScore(UnaryOperator<String> masking) {
    this.masking = masking;
  }

  /** The score on a language's made-up messages: 450 with data of each kind, 250 without. */
  public static PiiScore of(UnaryOperator<String> masking, String lang, long seed) {
    PiiScore score = new PiiScore(masking);
    MessageTemplates templates = new MessageTemplates(lang);
    for (String kind : templates.kinds()) {
      templates.positives(kind, 450, seed).forEach(score::add);
      templates.negatives(kind, 250, seed).forEach(score::add);
    }
    return score;
  }

  /**
   * The score on a part of the bench: 300 messages with data of each kind, 150 without.
   *
   * @param carriers real messages without personal data that the made-up ones are appended to; may
   *     be empty
   */
  public static PiiScore of(
      UnaryOperator<String> masking,
      String lang,
      BenchPart part,
      List<String> carriers,
      long seed) {
    PiiScore score = new PiiScore(masking);
    MessageTemplates templates = MessageTemplates.of(lang, part);
    for (String kind : templates.kinds()) {
      List<LabeledText> texts = new ArrayList<>(templates.positives(kind, 300, seed));
      texts.addAll(templates.negatives(kind, 150, seed));
      for (int i = 0; i < texts.size(); i++) {
        score.add(
            carriers.isEmpty()
                ? texts.get(i)
                : texts.get(i).after(carriers.get(i % carriers.size())));
      }
    }
    return score;
  }

  /** Masks a message as ingestion does, and counts. */
  public void add(LabeledText asTyped) {
    LabeledText message = asTyped.normalized();
    String masked = masking.apply(message.text());
    List<Region> regions = regions(message, masked);
    for (Label label : message.labels()) {
      Tally tally = tally(label.kind());
      tally.labels++;
      tally.hardLabels += label.hard() ? 1 : 0;
      if (isGone(label, message.text(), regions)) {
        tally.found++;
        tally.hardFound += label.hard() ? 1 : 0;
        tally.foundAsKind +=
            regions.stream().anyMatch(r -> r.overlaps(label) && r.kind().equals(label.kind()))
                ? 1
                : 0;
      } else {
        missed.add(new Miss(label.kind(), message, masked));
      }
    }
    for (Region region : regions) {
      Tally tally = tally(region.kind());
      tally.regions++;
      if (message.labels().stream().anyMatch(region::overlaps)) {
        tally.rightRegions++;
      } else {
        wrong.add(new Miss(region.kind(), message, masked));
      }
      for (int i = region.start(); i < region.end(); i++) {
        if (Character.isLetterOrDigit(message.text().charAt(i))) {
          tally.letters++;
          tally.lettersBeyond += isLabeled(message, i) ? 0 : 1;
        }
      }
    }
  }

  private static boolean isLabeled(LabeledText message, int at) {
    return message.labels().stream().anyMatch(l -> l.start() <= at && at < l.end());
  }

  private Tally tally(String kind) {
    return tallies.computeIfAbsent(kind, k -> new Tally());
  }

  private static boolean isGone(Label label, String text, List<Region> regions) {
    for (int i = label.start(); i < label.end(); i++) {
      int at = i;
      if (Character.isLetterOrDigit(text.charAt(i))
          && regions.stream().noneMatch(r -> r.start() <= at && at < r.end())) {
        return false;
      }
    }
    return true;
  }

  /** The kinds that occur, as labels or as placeholders. */
  public List<String> kinds() {
    return List.copyOf(tallies.keySet());
  }

  /** Number of labels of a kind. */
  public int labels(String kind) {
    return tally(kind).labels;
  }

  /** Share of a kind's labels of which nothing is left; NaN without labels. */
  public double recall(String kind) {
    return (double) tally(kind).found / tally(kind).labels;
  }

  /** {@link #recall} of the labels that only the meaning of the sentence shows. */
  public double hardRecall(String kind) {
    return (double) tally(kind).hardFound / tally(kind).hardLabels;
  }

  /** Share of the found labels whose placeholder names their kind; NaN without any. */
  public double kindRight(String kind) {
    return (double) tally(kind).foundAsKind / tally(kind).found;
  }

  /** Share of a kind's placeholders that replace personal data; NaN without placeholders. */
  public double precision(String kind) {
    return (double) tally(kind).rightRegions / tally(kind).regions;
  }

  /** Share of the letters and digits replaced by a kind's placeholders that no label covers. */
  public double beyond(String kind) {
    return (double) tally(kind).lettersBeyond / tally(kind).letters;
  }

  /** Messages with a label that was not found. */
  public List<Miss> missed() {
    return List.copyOf(missed);
  }

  /** Messages with a placeholder for something that is not personal data. */
  public List<Miss> wrong() {
    return List.copyOf(wrong);
  }

  /** A table with one row per kind. */
  public String table() {
    StringBuilder table = new StringBuilder();
    table.append(
        String.format(
            "%-16s %7s %8s %8s %10s %10s %8s%n",
            "kind", "labels", "recall", "hard", "kind right", "precision", "beyond"));
    for (String kind : kinds()) {
      table.append(
          String.format(
              "%-16s %7d %8.4f %8.4f %10.4f %10.4f %8.4f%n",
              kind,
              labels(kind),
              recall(kind),
              hardRecall(kind),
              kindRight(kind),
              precision(kind),
              beyond(kind)));
    }
    return table.toString();
  }

  /**
   * The region that each placeholder replaces. Where the masked text is ambiguous, as between two
   * placeholders separated by a space, takes the regions that agree best with the labels: a reader
   * of the masked text cannot tell either.
   */
  static List<Region> regions(LabeledText message, String masked) {
    List<String> kept = new ArrayList<>();
    List<String> kinds = new ArrayList<>();
    Matcher placeholder = PLACEHOLDER.matcher(masked);
    int end = 0;
    while (placeholder.find()) {
      kept.add(masked.substring(end, placeholder.start()));
      kinds.add(masked.substring(placeholder.start() + 1, placeholder.end() - 1));
      end = placeholder.end();
    }
    kept.add(masked.substring(end));
    return new Alignment(message, kept, kinds).best();
  }

  /** Aligns the kept parts of a masked text with the original; placeholders are between them. */
  private static final class Alignment {
    private static final int IMPOSSIBLE = Integer.MIN_VALUE / 2;

    private final LabeledText message;
    private final List<String> kept;
    private final List<String> kinds;
    private final int[][] scores;
    private final int[][] ends;

    Alignment(LabeledText message, List<String> kept, List<String> kinds) {
      this.message = message;
      this.kept = kept;
      this.kinds = kinds;
      this.scores = new int[kinds.size() + 1][message.text().length() + 1];
      this.ends = new int[kinds.size() + 1][message.text().length() + 1];
    }

    List<Region> best() {
      int length = message.text().length();
      for (int start = 0; start <= length; start++) {
        scores[kinds.size()][start] = start == length ? 0 : IMPOSSIBLE;
      }
      for (int k = kinds.size() - 1; k >= 0; k--) {
        for (int start = 0; start <= length; start++) {
          place(k, start);
        }
      }
      int start = kept.get(0).length();
      if (!message.text().startsWith(kept.get(0)) || scores[0][start] < IMPOSSIBLE / 2) {
        throw new IllegalStateException("what is left is not of the message: " + kept);
      }
      List<Region> regions = new ArrayList<>();
      for (int k = 0; k < kinds.size(); k++) {
        regions.add(new Region(kinds.get(k), start, ends[k][start]));
        start = ends[k][start] + kept.get(k + 1).length();
      }
      return regions;
    }

    /** The best end of region {@code k} if it starts here. */
    private void place(int k, int start) {
      scores[k][start] = IMPOSSIBLE;
      int agreement = 0;
      for (int end = start + 1; end <= message.text().length(); end++) {
        agreement += agreement(kinds.get(k), end - 1);
        if (message.text().startsWith(kept.get(k + 1), end)) {
          int score = agreement + scores[k + 1][end + kept.get(k + 1).length()];
          if (score > scores[k][start]) {
            scores[k][start] = score;
            ends[k][start] = end;
          }
        }
      }
    }

    private int agreement(String kind, int at) {
      for (Label label : message.labels()) {
        if (label.start() <= at && at < label.end()) {
          return label.kind().equals(kind) ? 2 : 1;
        }
      }
      return -1;
    }
  }
}
