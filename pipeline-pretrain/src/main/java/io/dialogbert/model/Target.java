package io.dialogbert.model;

import io.dialogbert.common.BadInputException;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What a head should predict for a batch. Letters: B sequences, N tokens of all sequences together.
 * A target owns its arrays: nobody may change them.
 */
public sealed interface Target {

  /** Where a part of a batch lies in it: sequences and packed rows, ends excluded. */
  record Range(int fromSequence, int toSequence, int fromRow, int toRow) {}

  /**
   * Checks lengths and places.
   *
   * @param sequenceOffsets [B + 1] where the batch's sequences start, and where the last one ends
   * @throws IllegalArgumentException if they do not fit the batch; names both values
   */
  void requireFits(int[] sequenceOffsets);

  /** The target of a part of the batch; empty if it makes sense for the whole batch only. */
  Optional<Target> part(Range range);

  /** One label for each output of a head. */
  sealed interface Labels extends Target {
    int[] labels();

    /**
     * Checks the labels against the head that learns them.
     *
     * @throws BadInputException if one is not below {@code numClasses}
     */
    default void requireBelow(String head, int numClasses) {
      for (int i = 0; i < labels().length; i++) {
        if (labels()[i] < 0 || labels()[i] >= numClasses) {
          throw new BadInputException(
              "label "
                  + labels()[i]
                  + " of head "
                  + head
                  + " is outside 0.."
                  + (numClasses - 1)
                  + " (element "
                  + i
                  + " of the batch)");
        }
      }
    }
  }

  /**
   * A class for each sequence.
   *
   * @param labels [B]
   */
  record Classes(int[] labels) implements Labels {
    @Override
    public void requireFits(int[] sequenceOffsets) {
      requireLength("classes", labels.length, sequenceOffsets.length - 1);
    }

    @Override
    public Optional<Target> part(Range range) {
      return Optional.of(
          new Classes(Arrays.copyOfRange(labels, range.fromSequence(), range.toSequence())));
    }
  }

  /**
   * A class for each of some tokens, such as the original ids of masked tokens.
   *
   * @param rows packed rows of the tokens, ascending
   * @param labels as many as there are rows
   */
  record TokenClasses(int[] rows, int[] labels) implements Labels {
    @Override
    public void requireFits(int[] sequenceOffsets) {
      requireLength("token classes", labels.length, rows.length);
      int numTokens = sequenceOffsets[sequenceOffsets.length - 1];
      for (int i = 0; i < rows.length; i++) {
        int least = i == 0 ? 0 : rows[i - 1] + 1;
        if (rows[i] < least || rows[i] >= numTokens) {
          throw new IllegalArgumentException(
              "rows of token classes must ascend within the batch's "
                  + numTokens
                  + " rows; number "
                  + i
                  + " is "
                  + rows[i]);
        }
      }
    }

    @Override
    public Optional<Target> part(Range range) {
      int from = firstAt(range.fromRow());
      int to = firstAt(range.toRow());
      int[] shifted = Arrays.copyOfRange(rows, from, to);
      for (int i = 0; i < shifted.length; i++) {
        shifted[i] -= range.fromRow();
      }
      return Optional.of(new TokenClasses(shifted, Arrays.copyOfRange(labels, from, to)));
    }

    /** Index of the first row that is at least {@code row}. */
    private int firstAt(int row) {
      int index = Arrays.binarySearch(rows, row);
      return index < 0 ? -index - 1 : index;
    }
  }

  /** A teacher's logits. */
  sealed interface SoftLabels extends Target {
    /** [R][C] for each row of the head's outputs. */
    float[][] logits();
  }

  /**
   * A teacher's logits for each sequence.
   *
   * @param logits [B][C]
   */
  record SoftClasses(float[][] logits) implements SoftLabels {
    @Override
    public void requireFits(int[] sequenceOffsets) {
      requireLength("soft classes", logits.length, sequenceOffsets.length - 1);
    }

    @Override
    public Optional<Target> part(Range range) {
      return Optional.of(
          new SoftClasses(Arrays.copyOfRange(logits, range.fromSequence(), range.toSequence())));
    }
  }

  /**
   * A teacher's logits for each of some tokens, such as masked ones.
   *
   * @param rows packed rows of the tokens, ascending: those of the head's {@link TokenClasses}
   * @param logits [R][C]
   */
  record SoftTokenClasses(int[] rows, float[][] logits) implements SoftLabels {
    @Override
    public void requireFits(int[] sequenceOffsets) {
      requireLength("soft token classes", logits.length, rows.length);
      places().requireFits(sequenceOffsets);
    }

    @Override
    public Optional<Target> part(Range range) {
      TokenClasses places = places();
      int from = places.firstAt(range.fromRow());
      int to = places.firstAt(range.toRow());
      return Optional.of(
          new SoftTokenClasses(
              IntStream.range(from, to).map(i -> rows[i] - range.fromRow()).toArray(),
              Arrays.copyOfRange(logits, from, to)));
    }

    private TokenClasses places() {
      return new TokenClasses(rows, rows);
    }
  }

  /**
   * A number for each sequence, such as the similarity of a pair.
   *
   * @param scores [B]
   */
  record Scores(float[] scores) implements Target {
    @Override
    public void requireFits(int[] sequenceOffsets) {
      requireLength("scores", scores.length, sequenceOffsets.length - 1);
    }

    @Override
    public Optional<Target> part(Range range) {
      return Optional.of(
          new Scores(Arrays.copyOfRange(scores, range.fromSequence(), range.toSequence())));
    }
  }

  /**
   * A teacher's outputs for each of the first sequences, such as sentence vectors; further
   * sequences have none. Letter T: sequences with outputs, at most B.
   *
   * @param outputs [T][O]
   */
  record SoftOutputs(float[][] outputs) implements Target {
    @Override
    public void requireFits(int[] sequenceOffsets) {
      if (outputs.length > sequenceOffsets.length - 1) {
        throw new IllegalArgumentException(
            "soft outputs are of "
                + outputs.length
                + " sequences, the batch has "
                + (sequenceOffsets.length - 1));
      }
    }

    @Override
    public Optional<Target> part(Range range) {
      return Optional.of(
          new SoftOutputs(
              Arrays.copyOfRange(
                  outputs,
                  Math.min(range.fromSequence(), outputs.length),
                  Math.min(range.toSequence(), outputs.length))));
    }
  }

  /**
   * What a teacher computes of each token, such as a hidden state, or query, key and value.
   *
   * @param states [N][O]
   */
  record TokenStates(float[][] states) implements Target {
    @Override
    public void requireFits(int[] sequenceOffsets) {
      requireLength("states of tokens", states.length, sequenceOffsets[sequenceOffsets.length - 1]);
    }

    @Override
    public Optional<Target> part(Range range) {
      return Optional.of(
          new TokenStates(Arrays.copyOfRange(states, range.fromRow(), range.toRow())));
    }
  }

  /**
   * A first and a last token for each sequence, such as those of an answer.
   *
   * @param firstRows [B] packed rows
   * @param lastRows [B] packed rows, included
   */
  record Spans(int[] firstRows, int[] lastRows) implements Target {
    @Override
    public void requireFits(int[] sequenceOffsets) {
      requireLength("first rows of spans", firstRows.length, sequenceOffsets.length - 1);
      requireLength("last rows of spans", lastRows.length, sequenceOffsets.length - 1);
      for (int b = 0; b < firstRows.length; b++) {
        if (firstRows[b] < sequenceOffsets[b]
            || firstRows[b] > lastRows[b]
            || lastRows[b] >= sequenceOffsets[b + 1]) {
          throw new IllegalArgumentException(
              "span "
                  + b
                  + " from row "
                  + firstRows[b]
                  + " to "
                  + lastRows[b]
                  + " is outside its sequence's rows "
                  + sequenceOffsets[b]
                  + " to "
                  + (sequenceOffsets[b + 1] - 1));
        }
      }
    }

    @Override
    public Optional<Target> part(Range range) {
      int[] first = Arrays.copyOfRange(firstRows, range.fromSequence(), range.toSequence());
      int[] last = Arrays.copyOfRange(lastRows, range.fromSequence(), range.toSequence());
      for (int b = 0; b < first.length; b++) {
        first[b] -= range.fromRow();
        last[b] -= range.fromRow();
      }
      return Optional.of(new Spans(first, last));
    }
  }

  /**
   * Consecutive sequences that are the candidates of one question.
   *
   * @param sizes number of candidates of each question, at least 1; they add up to B
   * @param answers index of the right candidate within its group
   */
  record Groups(int[] sizes, int[] answers) implements Target {
    @Override
    public void requireFits(int[] sequenceOffsets) {
      requireLength("answers of groups", answers.length, sizes.length);
      requireLength(
          "sizes of groups together", Arrays.stream(sizes).sum(), sequenceOffsets.length - 1);
      for (int i = 0; i < sizes.length; i++) {
        if (answers[i] < 0 || answers[i] >= sizes[i]) {
          throw new IllegalArgumentException(
              "group " + i + " has answer " + answers[i] + " of " + sizes[i] + " candidates");
        }
      }
    }

    @Override
    public Optional<Target> part(Range range) {
      return Optional.empty();
    }
  }

  /**
   * Sequences that belong together two by two: sequence 2i and sequence 2i + 1, such as a query and
   * its reply. Further sequences after them are negatives of all pairs, such as replies that are
   * hard to tell from the right ones. Among second and further sequences, those with equal keys are
   * not negatives of each other. Letters: P pairs, M further sequences, 2P + M = B.
   *
   * @param keys [P]
   * @param negativeKeys [M]
   */
  record Pairs(int[] keys, int[] negativeKeys) implements Target {
    /** Pairs without further sequences. */
    public Pairs(int[] keys) {
      this(keys, new int[0]);
    }

    @Override
    public void requireFits(int[] sequenceOffsets) {
      requireLength(
          "sequences of pairs", 2 * keys.length + negativeKeys.length, sequenceOffsets.length - 1);
    }

    @Override
    public Optional<Target> part(Range range) {
      return Optional.empty();
    }
  }

  /**
   * Pairs of sequences whose similarity is known: sequence 2i and sequence 2i + 1.
   *
   * @param scores [B / 2]
   */
  record GradedPairs(float[] scores) implements Target {
    @Override
    public void requireFits(int[] sequenceOffsets) {
      requireLength("sequences of graded pairs", 2 * scores.length, sequenceOffsets.length - 1);
      for (int i = 0; i < scores.length; i++) {
        if (Float.isNaN(scores[i])) {
          throw new IllegalArgumentException("score " + i + " of graded pairs is no number");
        }
      }
    }

    @Override
    public Optional<Target> part(Range range) {
      return Optional.empty();
    }
  }

  private static void requireLength(String what, int actual, int expected) {
    if (actual != expected) {
      throw new IllegalArgumentException(what + " are " + actual + ", expected " + expected);
    }
  }
}
