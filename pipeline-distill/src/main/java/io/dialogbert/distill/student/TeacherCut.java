package io.dialogbert.distill.student;

import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.ParameterLayout;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.ModelConfig;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Fills a smaller student from a teacher. Letters: H, h hidden size of teacher and student; D, d
 * their widths of a head.
 *
 * <ul>
 *   <li>Residual stream: projected if there is a basis, else copied.
 *   <li>Heads: those of the greatest |V| |O|, norms of its values' and output's matrices. If d < D,
 *       the products Q^T K and O V are approximated through d dimensions.
 *   <li>Intermediate units: those of the greatest product of norms of what a unit reads and writes.
 *   <li>Pooled units: likewise, by what the pooler reads and what the heads read of it.
 * </ul>
 *
 * What the student's heads have in common with the teacher's starts from there; only of a projected
 * masked-LM head, whose GELU does not commute with a projection, nothing but the bias does.
 */
final class TeacherCut {
  private final ModelConfig teacher;
  private final ModelConfig student;
  private final ParameterLayout from;
  private final ParameterLayout to;
  private final INDArray source;
  private final INDArray target;
  private final Optional<ResidualBasis> basis;

  /**
   * A cut.
   *
   * @param source the teacher's parameters, flat
   * @param target the student's parameters, flat
   * @param basis absent if the student is as wide as the teacher
   */
  TeacherCut(
      ModelConfig teacher,
      INDArray source,
      ModelConfig student,
      INDArray target,
      Optional<ResidualBasis> basis) {
    this.teacher = teacher;
    this.student = student;
    this.from = teacher.layout();
    this.to = student.layout();
    this.source = source;
    this.target = target;
    this.basis = basis;
  }

  /**
   * Fills the student with heads and units of the greatest norms.
   *
   * @param layers for each layer of the student, the index of the teacher's layer
   */
  void fill(List<Integer> layers) {
    fill(
        layers,
        layers.stream().map(this::heads).toList(),
        layers.stream().map(this::units).toList());
  }

  /**
   * Fills the student.
   *
   * @param layers for each layer of the student, the index of the teacher's layer
   * @param heads of that layer, ascending
   * @param units of that layer, ascending
   */
  void fill(List<Integer> layers, List<int[]> heads, List<int[]> units) {
    for (ParameterLayout.Parameter parameter : from.parameters()) {
      if (parameter.name().startsWith("embeddings.") && parameter.decayed()) {
        set(parameter.name(), reads(get(parameter.name())));
      }
    }
    norm("embeddings.LayerNorm", "embeddings.LayerNorm");
    for (int layer = 0; layer < layers.size(); layer++) {
      String had = prefix(layers.get(layer));
      String has = prefix(layer);
      attention(had + "attention.", has + "attention.", heads.get(layer));
      norm(had + "attention.output.LayerNorm", has + "attention.output.LayerNorm");
      intermediate(had, has, units.get(layer));
      norm(had + "output.LayerNorm", has + "output.LayerNorm");
    }
    int[] pooled = pooled();
    set("pooler.dense.weight", Units.rows(reads(get("pooler.dense.weight")), pooled));
    set("pooler.dense.bias", Units.elements(get("pooler.dense.bias"), pooled));
    student.heads().forEach(head -> head(head, pooled));
  }

  private static String prefix(int layer) {
    return "encoder.layer." + layer + ".";
  }

  private int[] heads(int layer) {
    int size = teacher.encoder().headSize();
    String attention = prefix(layer) + "attention.";
    return Units.best(
        Units.products(
            Units.sums(Units.rowNorms(get(attention + "self.value.weight")), size),
            Units.sums(Units.columnNorms(get(attention + "output.dense.weight")), size)),
        student.encoder().numAttentionHeads());
  }

  private int[] units(int layer) {
    return Units.best(
        Units.products(
            Units.rowNorms(get(prefix(layer) + "intermediate.dense.weight")),
            Units.columnNorms(get(prefix(layer) + "output.dense.weight"))),
        student.encoder().intermediateSize());
  }

  private void intermediate(String had, String has, int[] units) {
    String in = "intermediate.dense.";
    set(has + in + "weight", Units.rows(reads(get(had + in + "weight")), units));
    set(has + in + "bias", Units.elements(get(had + in + "bias"), units));
    String out = "output.dense.";
    set(has + out + "weight", Units.columns(writes(get(had + out + "weight")), units));
    set(has + out + "bias", adds(get(had + out + "bias")));
  }

  private void attention(String had, String has, int[] heads) {
    int[] rows = Units.ofGroups(heads, teacher.encoder().headSize());
    INDArray query = map(had + "self.query", rows);
    INDArray key = map(had + "self.key", rows);
    INDArray value = map(had + "self.value", rows);
    INDArray out = Units.columns(writes(get(had + "output.dense.weight")), rows);
    if (student.encoder().headSize() < teacher.encoder().headSize()) {
      narrow(has, query, key, value, out);
    } else {
      setMap(has + "self.query", query);
      setMap(has + "self.key", key);
      setMap(has + "self.value", value);
      set(has + "output.dense.weight", out);
    }
    set(has + "output.dense.bias", adds(get(had + "output.dense.bias")));
  }

  /** Sets the attention's matrices through fewer dimensions for each head. */
  private void narrow(String has, INDArray query, INDArray key, INDArray value, INDArray out) {
    EncoderConfig encoder = student.encoder();
    int wide = teacher.encoder().headSize();
    int narrow = encoder.headSize();
    INDArray[] queries = new INDArray[encoder.numAttentionHeads()];
    INDArray[] keys = new INDArray[queries.length];
    INDArray[] values = new INDArray[queries.length];
    INDArray[] outs = new INDArray[queries.length];
    for (int head = 0; head < queries.length; head++) {
      var rows = NDArrayIndex.interval(head * wide, (head + 1) * wide);
      LowRank scores =
          LowRank.of(
              query.get(rows, NDArrayIndex.all()), key.get(rows, NDArrayIndex.all()), narrow);
      // A score is divided by the root of its head's width.
      queries[head] = scores.left().mul(Math.sqrt((double) narrow / wide));
      keys[head] = scores.right();
      LowRank context =
          LowRank.of(
              out.get(NDArrayIndex.all(), rows).transpose(),
              value.get(rows, NDArrayIndex.all()),
              narrow);
      values[head] = context.right();
      outs[head] = context.left().transpose();
    }
    setMap(has + "self.query", Nd4j.vstack(queries));
    setMap(has + "self.key", Nd4j.vstack(keys));
    setMap(has + "self.value", Nd4j.vstack(values));
    set(has + "output.dense.weight", Nd4j.hstack(outs));
  }

  /** Chosen rows of a linear map that reads the stream, its bias as a last column. */
  private INDArray map(String name, int[] rows) {
    return Nd4j.hstack(
        Units.rows(reads(get(name + ".weight")), rows),
        Units.elements(get(name + ".bias"), rows).reshape(rows.length, 1));
  }

  private void setMap(String name, INDArray map) {
    int width = map.columns() - 1;
    set(name + ".weight", map.get(NDArrayIndex.all(), NDArrayIndex.interval(0, width)));
    set(name + ".bias", map.getColumn(width).reshape(map.rows()));
  }

  /** The pooled units that the student keeps. */
  private int[] pooled() {
    double[] scores = Units.rowNorms(get("pooler.dense.weight"));
    double[] read = new double[scores.length];
    boolean anyReads = false;
    for (Head head : teacher.heads()) {
      if (head.pooling() == Head.Pooling.FIRST && head.projection() == Head.Projection.LINEAR) {
        double[] norms = Units.columnNorms(get(head.name() + ".weight"));
        Arrays.setAll(read, i -> read[i] + norms[i]);
        anyReads = true;
      }
    }
    return Units.best(
        anyReads ? Units.products(scores, read) : scores, student.encoder().hiddenSize());
  }

  private void head(Head head, int[] pooled) {
    Optional<Head> had = teacher.findHead(head.name());
    if (had.isEmpty() || !had.get().equals(head)) {
      return;
    }
    switch (head.projection()) {
      case NONE -> {}
      case LINEAR -> {
        INDArray weight = get(head.name() + ".weight");
        set(
            head.name() + ".weight",
            switch (head.pooling()) {
              case FIRST -> Units.columns(weight, pooled);
              case MEAN, TOKENS -> reads(weight);
              case MARKED -> both(weight);
              case QKV -> throw new IllegalStateException("a head of qkv has no weight");
            });
        set(head.name() + ".bias", get(head.name() + ".bias"));
      }
      case TIED_DECODER -> {
        for (ParameterLayout.Parameter parameter : from.parameters()) {
          String name = parameter.name();
          if (name.startsWith(head.name() + ".")
              && (basis.isEmpty() || name.equals(ParameterLayout.DECODER_BIAS))) {
            set(name, get(name));
          }
        }
      }
    }
  }

  /** What a head reads of two tokens side by side. */
  private INDArray both(INDArray weight) {
    long half = weight.columns() / 2;
    return Nd4j.hstack(
        reads(weight.get(NDArrayIndex.all(), NDArrayIndex.interval(0, half))),
        reads(weight.get(NDArrayIndex.all(), NDArrayIndex.interval(half, 2 * half))));
  }

  private void norm(String had, String has) {
    INDArray weight = get(had + ".weight");
    set(has + ".weight", basis.map(b -> b.normWeight(weight)).orElse(weight));
    set(has + ".bias", adds(get(had + ".bias")));
  }

  /** A matrix that reads the stream: [n, H] to [n, h]. */
  private INDArray reads(INDArray matrix) {
    return basis.map(b -> b.rows(matrix)).orElse(matrix);
  }

  /** A matrix that writes the stream: [H, n] to [h, n]. */
  private INDArray writes(INDArray matrix) {
    return basis.map(b -> b.columns(matrix)).orElse(matrix);
  }

  /** What is added to the stream: [H] to [h]. */
  private INDArray adds(INDArray vector) {
    return basis.map(b -> b.vector(vector)).orElse(vector);
  }

  private INDArray get(String name) {
    return from.view(source, name);
  }

  private void set(String name, INDArray value) {
    to.view(target, name).assign(value);
  }
}
