package io.dialogbert.model;

import io.dialogbert.model.head.AttentionLoss;
import io.dialogbert.model.head.ClassLoss;
import io.dialogbert.model.head.ClassSet;
import io.dialogbert.model.head.CosentLoss;
import io.dialogbert.model.head.CosineLoss;
import io.dialogbert.model.head.GroupLoss;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.InBatchLoss;
import io.dialogbert.model.head.Loss;
import io.dialogbert.model.head.MatryoshkaLoss;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.head.RelationLoss;
import io.dialogbert.model.head.ScoreLoss;
import io.dialogbert.model.head.SoftClassLoss;
import io.dialogbert.model.head.SoftOutputLoss;
import io.dialogbert.model.head.SpanLoss;
import io.dialogbert.model.head.StateLoss;
import io.dialogbert.model.head.Weight;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Models of every kind of head and loss, and batches that they learn from. */
public final class HeadFixtures {
  /** The number of sequences is even, for pairs. */
  static final int[] LENGTHS = {4, 1, 8, 3, 6, 2};

  private HeadFixtures() {}

  /** Kinds of targets, each with the loss that reads it. */
  public enum Kind {
    CLASS(3) {
      @Override
      Loss loss(String name, String head, Weight weight) {
        return new ClassLoss(name, head, weight);
      }

      @Override
      Target target(PackedBatch batch, int outputs, SplittableRandom random) {
        return new Target.Classes(random.ints(batch.numSequences(), 0, outputs).toArray());
      }
    },
    WEIGHTED_CLASS(3) {
      @Override
      Loss loss(String name, String head, Weight weight) {
        return new ClassLoss(name, head, weight, List.of(0.5, 0.0, 3.0));
      }

      @Override
      Target target(PackedBatch batch, int outputs, SplittableRandom random) {
        return CLASS.target(batch, outputs, random);
      }
    },
    SOFT(3) {
      @Override
      Loss loss(String name, String head, Weight weight) {
        return new SoftClassLoss(name, head, weight, 2.5);
      }

      @Override
      Target target(PackedBatch batch, int outputs, SplittableRandom random) {
        float[][] logits = new float[batch.numSequences()][outputs];
        for (float[] row : logits) {
          for (int c = 0; c < outputs; c++) {
            row[c] = (float) random.nextGaussian();
          }
        }
        return new Target.SoftClasses(logits);
      }
    },
    SCORE(1) {
      @Override
      Loss loss(String name, String head, Weight weight) {
        return new ScoreLoss(name, head, weight);
      }

      @Override
      Target target(PackedBatch batch, int outputs, SplittableRandom random) {
        float[] scores = new float[batch.numSequences()];
        for (int b = 0; b < scores.length; b++) {
          scores[b] = (float) random.nextDouble(-1, 1);
        }
        return new Target.Scores(scores);
      }
    },
    SOFT_OUTPUTS(2) {
      @Override
      Loss loss(String name, String head, Weight weight) {
        return new SoftOutputLoss(name, head, weight);
      }

      /** All sequences but the last have some. */
      @Override
      Target target(PackedBatch batch, int outputs, SplittableRandom random) {
        float[][] teacher = new float[Math.max(1, batch.numSequences() - 1)][outputs];
        for (float[] row : teacher) {
          for (int i = 0; i < outputs; i++) {
            row[i] = (float) random.nextGaussian();
          }
        }
        return new Target.SoftOutputs(teacher);
      }
    },
    GROUP(1) {
      @Override
      Loss loss(String name, String head, Weight weight) {
        return new GroupLoss(name, head, weight);
      }

      /** Three candidates, one and two, where there are six sequences. */
      @Override
      Target target(PackedBatch batch, int outputs, SplittableRandom random) {
        List<Integer> sizes = new ArrayList<>();
        for (int left = batch.numSequences(), size = 3; left > 0; left -= sizes.get(0)) {
          sizes.add(0, Math.min(left, size));
          size = size == 3 ? 1 : size + 1;
        }
        int[] all = sizes.stream().mapToInt(Integer::intValue).toArray();
        return new Target.Groups(all, IntStream.of(all).map(random::nextInt).toArray());
      }
    },
    PAIRS(5) {
      @Override
      Loss loss(String name, String head, Weight weight) {
        return new InBatchLoss(name, head, weight, 5);
      }

      /** The first key and the third are equal, and so on. */
      @Override
      Target target(PackedBatch batch, int outputs, SplittableRandom random) {
        return new Target.Pairs(
            IntStream.range(0, batch.numSequences() / 2).map(i -> 7 + i % 2).toArray());
      }
    },
    HARD_PAIRS(5) {
      @Override
      Loss loss(String name, String head, Weight weight) {
        return PAIRS.loss(name, head, weight);
      }

      /** Of six sequences, two pairs and two negatives: one of a new key, one of the first's. */
      @Override
      Target target(PackedBatch batch, int outputs, SplittableRandom random) {
        int pairs = (batch.numSequences() + 2) / 4;
        return new Target.Pairs(
            IntStream.range(0, pairs).map(i -> 7 + i).toArray(),
            IntStream.range(0, batch.numSequences() - 2 * pairs).map(i -> 10 - 3 * i).toArray());
      }
    },
    COSENT(5) {
      @Override
      Loss loss(String name, String head, Weight weight) {
        return new CosentLoss(name, head, weight, 5);
      }

      @Override
      Target target(PackedBatch batch, int outputs, SplittableRandom random) {
        return gradedPairs(batch, random);
      }
    },
    COSINE(5) {
      @Override
      Loss loss(String name, String head, Weight weight) {
        return new CosineLoss(name, head, weight);
      }

      @Override
      Target target(PackedBatch batch, int outputs, SplittableRandom random) {
        return gradedPairs(batch, random);
      }
    },
    NESTED_PAIRS(5) {
      @Override
      Loss loss(String name, String head, Weight weight) {
        return nested(PAIRS, name, head, weight);
      }

      @Override
      Target target(PackedBatch batch, int outputs, SplittableRandom random) {
        return PAIRS.target(batch, outputs, random);
      }
    },
    NESTED_COSENT(5) {
      @Override
      Loss loss(String name, String head, Weight weight) {
        return nested(COSENT, name, head, weight);
      }

      @Override
      Target target(PackedBatch batch, int outputs, SplittableRandom random) {
        return gradedPairs(batch, random);
      }
    },
    NESTED_COSINE(5) {
      @Override
      Loss loss(String name, String head, Weight weight) {
        return nested(COSINE, name, head, weight);
      }

      @Override
      Target target(PackedBatch batch, int outputs, SplittableRandom random) {
        return gradedPairs(batch, random);
      }
    },
    SOME_TOKENS(3) {
      @Override
      Loss loss(String name, String head, Weight weight) {
        return new ClassLoss(name, head, weight);
      }

      /** About half the tokens; none of the last sequence. */
      @Override
      Target target(PackedBatch batch, int outputs, SplittableRandom random) {
        int last = batch.sequenceOffsets()[batch.numSequences() - 1];
        int[] rows = IntStream.range(0, last).filter(row -> row % 2 == 0).toArray();
        return new Target.TokenClasses(rows, random.ints(rows.length, 0, outputs).toArray());
      }
    },
    ALL_TOKENS(3) {
      @Override
      Loss loss(String name, String head, Weight weight) {
        return new ClassLoss(name, head, weight);
      }

      @Override
      Target target(PackedBatch batch, int outputs, SplittableRandom random) {
        int n = batch.numTokens();
        return new Target.TokenClasses(
            IntStream.range(0, n).toArray(), random.ints(n, 0, outputs).toArray());
      }
    },
    /** On a head that also has {@link #SOME_TOKENS}. */
    SOFT_TOKENS(3) {
      @Override
      Loss loss(String name, String head, Weight weight) {
        return SOFT.loss(name, head, weight);
      }

      @Override
      Target target(PackedBatch batch, int outputs, SplittableRandom random) {
        int[] rows = ((Target.TokenClasses) SOME_TOKENS.target(batch, outputs, random)).rows();
        float[][] logits = new float[rows.length][outputs];
        for (float[] row : logits) {
          for (int c = 0; c < outputs; c++) {
            row[c] = (float) random.nextGaussian();
          }
        }
        return new Target.SoftTokenClasses(rows, logits);
      }
    },
    STATE(5) {
      @Override
      Loss loss(String name, String head, Weight weight) {
        return new StateLoss(name, head, weight, StateLoss.Distance.SQUARED);
      }

      @Override
      Target target(PackedBatch batch, int outputs, SplittableRandom random) {
        return states(batch, outputs, random);
      }
    },
    STATE_DIRECTION(5) {
      @Override
      Loss loss(String name, String head, Weight weight) {
        return new StateLoss(name, head, weight, StateLoss.Distance.COSINE);
      }

      @Override
      Target target(PackedBatch batch, int outputs, SplittableRandom random) {
        return states(batch, outputs, random);
      }
    },
    ATTENTION(0) {
      @Override
      Loss loss(String name, String head, Weight weight) {
        return new AttentionLoss(name, head, weight, HEADS);
      }

      @Override
      Target target(PackedBatch batch, int outputs, SplittableRandom random) {
        return states(batch, 2 * outputs, random);
      }
    },
    RELATION(0) {
      @Override
      Loss loss(String name, String head, Weight weight) {
        return new RelationLoss(name, head, weight, HEADS);
      }

      /** Of a wider teacher. */
      @Override
      Target target(PackedBatch batch, int outputs, SplittableRandom random) {
        return states(batch, 2 * outputs, random);
      }
    },
    SPAN(2) {
      @Override
      Loss loss(String name, String head, Weight weight) {
        return new SpanLoss(name, head, weight);
      }

      @Override
      Target target(PackedBatch batch, int outputs, SplittableRandom random) {
        int[] first = new int[batch.numSequences()];
        int[] last = new int[batch.numSequences()];
        for (int b = 0; b < first.length; b++) {
          first[b] = random.nextInt(batch.sequenceOffsets()[b], batch.sequenceOffsets()[b + 1]);
          last[b] = random.nextInt(first[b], batch.sequenceOffsets()[b + 1]);
        }
        return new Target.Spans(first, last);
      }
    };

    /** Of queries, keys and values. */
    private static final int HEADS = 3;

    private final int outputs;

    Kind(int outputs) {
      this.outputs = outputs;
    }

    abstract Loss loss(String name, String head, Weight weight);

    abstract Target target(PackedBatch batch, int outputs, SplittableRandom random);

    private static Loss nested(Kind kind, String name, String head, Weight weight) {
      return new MatryoshkaLoss(kind.loss(name, head, weight), List.of(2, 3));
    }

    private static Target states(PackedBatch batch, int width, SplittableRandom random) {
      float[][] states = new float[batch.numTokens()][width];
      for (float[] state : states) {
        for (int i = 0; i < width; i++) {
          state[i] = (float) random.nextGaussian();
        }
      }
      return new Target.TokenStates(states);
    }

    private static Target gradedPairs(PackedBatch batch, SplittableRandom random) {
      float[] scores = new float[batch.numSequences() / 2];
      for (int i = 0; i < scores.length; i++) {
        scores[i] = (float) random.nextDouble(-1, 1);
      }
      return new Target.GradedPairs(scores);
    }

    /** Whether the target is of tokens. */
    public boolean ofTokens() {
      return this == SOME_TOKENS
          || this == ALL_TOKENS
          || this == SPAN
          || this == STATE
          || this == STATE_DIRECTION;
    }

    /** Whether the target is of a layer's queries, keys and values. */
    boolean ofQkv() {
      return this == ATTENTION || this == RELATION;
    }

    /** Whether the loss compares sequences of the whole batch. */
    boolean ofWholeBatch() {
      return this == GROUP || ofPairs();
    }

    /** Whether the target is of pairs of sequences. */
    boolean ofPairs() {
      return this == PAIRS || this == HARD_PAIRS || this == COSENT || this == COSINE || isNested();
    }

    private boolean isNested() {
      return this == NESTED_PAIRS || this == NESTED_COSENT || this == NESTED_COSINE;
    }

    private ClassSet classes() {
      return ClassSet.unnamed(name(), outputs);
    }
  }

  /** A head with the kinds of targets that it learns from; kinds are as in {@link Kind}. */
  public record Task(Head head, List<Kind> kinds, Weight weight) {
    /** A linear head. */
    public static Task linear(String name, Head.Pooling pooling, boolean dropout, Kind... kinds) {
      return new Task(
          new Head(name, pooling, Head.Projection.LINEAR, kinds[0].classes(), dropout),
          List.of(kinds),
          Weight.constant(0.7));
    }

    /** Pooled rows as they are. */
    public static Task plain(String name, Head.Pooling pooling, Kind... kinds) {
      ClassSet none = ClassSet.unnamed("vector", 0);
      return new Task(
          new Head(name, pooling, Head.Projection.NONE, none, false),
          List.of(kinds),
          Weight.constant(0.7));
    }

    /** The states after some layers, mapped to a width if that is above 0. */
    static Task states(String name, int layers, int width, Kind... kinds) {
      return new Task(Head.states(name, layers, width), List.of(kinds), Weight.constant(0.7));
    }

    /** Queries, keys and values of a layer. */
    static Task qkv(String name, int layer, Kind... kinds) {
      return new Task(Head.qkv(name, layer), List.of(kinds), Weight.constant(0.7));
    }

    /** Masked tokens. */
    public static Task decoder(EncoderConfig encoder, Kind... kinds) {
      return new Task(Head.maskedLm(encoder), List.of(kinds), Weight.constant(0.7));
    }

    public Task withWeight(Weight other) {
      return new Task(head, kinds, other);
    }

    private List<Loss> losses() {
      return kinds.stream()
          .map(kind -> kind.loss(head.name() + "_" + kind, head.name(), weight))
          .toList();
    }
  }

  /** A network of some tasks. */
  public static ModelConfig model(EncoderConfig encoder, List<Task> tasks) {
    return new ModelConfig(
        encoder,
        tasks.stream().map(Task::head).toList(),
        tasks.stream().flatMap(task -> task.losses().stream()).toList());
  }

  /** Sequences of {@link #LENGTHS} with targets for some tasks, and marks. */
  public static PackedBatch batch(EncoderConfig encoder, List<Task> tasks) {
    return batch(encoder, tasks, LENGTHS);
  }

  /** Sequences of some lengths with targets for some tasks, and marks. */
  public static PackedBatch batch(EncoderConfig encoder, List<Task> tasks, int... lengths) {
    SplittableRandom random = new SplittableRandom(ModelFixtures.SEED);
    PackedBatch batch = sequences(encoder, random, lengths);
    for (Task task : tasks) {
      for (Kind kind : task.kinds()) {
        batch =
            batch.with(
                task.head().name(), kind.target(batch, task.head().numOutputs(encoder), random));
      }
    }
    boolean marked = tasks.stream().anyMatch(task -> task.head().pooling() == Head.Pooling.MARKED);
    return marked ? batch.withMarks(marks(batch, random)) : batch;
  }

  /** Random sequences without targets. */
  public static PackedBatch sequences(
      EncoderConfig encoder, SplittableRandom random, int... lengths) {
    PackedBatch.Builder builder = PackedBatch.builder();
    for (int length : lengths) {
      builder.add(
          random.ints(length, 0, encoder.vocabSize()).toArray(),
          random.ints(length, 0, encoder.typeVocabSize()).toArray(),
          random.ints(length, 0, encoder.turnVocabSize()).toArray());
    }
    return builder.build();
  }

  private static int[] marks(PackedBatch batch, SplittableRandom random) {
    return IntStream.range(0, 2 * batch.numSequences())
        .map(
            i -> random.nextInt(batch.sequenceOffsets()[i / 2], batch.sequenceOffsets()[i / 2 + 1]))
        .toArray();
  }
}
