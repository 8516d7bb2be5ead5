package io.dialogbert.model.kernel;

import java.util.Arrays;
import java.util.Map;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Products of floats that oneDNN rounds to bfloat16 before it multiplies them; it adds in floats.
 *
 * <p>oneDNN compiles code for each shape, which takes milliseconds, and packed batches have another
 * number of rows in every step. So the rows are cut into a multiple of {@link #BLOCK} and a rest,
 * which goes through a buffer whose rows are a multiple of {@link #TILE}. Code is kept by shape.
 */
final class Bfloat16Products implements Products {
  /** Rows of all but the rest. */
  private static final int BLOCK = 64;

  /** Rows of a tile of the processor's matrix unit. */
  private static final int TILE = 16;

  /** Narrower matrices gain nothing. */
  private static final int MIN_WIDTH = 64;

  private final Products narrow = new FloatProducts();
  private final Arena scratch = new Arena(DataType.FLOAT);
  private final HostFloats left = new HostFloats();
  private final HostFloats right = new HostFloats();
  private final HostFloats result = new HostFloats();
  private final HostFloats leftRest = new HostFloats();
  private final HostFloats rightRest = new HostFloats();
  private final HostFloats resultRest = new HostFloats();
  private final HostBytes frozen = new HostBytes();
  private final HostFloats rounded = new HostFloats();
  private float[] row = new float[0];
  private final Map<Shape, OneDnnCall> products = new LatestUsed<>();
  private final Map<Size, OneDnnCall> roundings = new LatestUsed<>();

  /** How the right factor lies in memory. */
  private enum Right {
    /** [k, n] floats. */
    PLAIN,
    /** [n, k] floats. */
    TRANSPOSED,
    /** What {@link #freeze} made. */
    FROZEN
  }

  /**
   * c = op(a) b, [m, k] x [k, n].
   *
   * @param add adds to c
   * @param threads for which it is compiled
   */
  private record Shape(
      boolean transposeA, Right right, long m, long n, long k, boolean add, int threads) {
    Shape(boolean transposeA, Right right, long m, long n, long k, boolean add) {
      this(transposeA, right, m, n, k, add, Threads.inThisThread());
    }
  }

  /** A product compiled for a shape, of a, b and c. */
  private static OneDnnCall product(Shape shape) {
    boolean isFrozen = shape.right() == Right.FROZEN;
    memory.data_type floats = memory.data_type.f32;
    memory.data_type ofA = isFrozen ? memory.data_type.bf16 : floats;
    memory.desc a =
        shape.transposeA()
            ? OneDnnCall.transposed(shape.m(), shape.k(), ofA)
            : OneDnnCall.matrix(shape.m(), shape.k(), ofA);
    memory.desc b =
        switch (shape.right()) {
          case PLAIN -> OneDnnCall.matrix(shape.k(), shape.n(), floats);
          case TRANSPOSED -> OneDnnCall.transposed(shape.k(), shape.n(), floats);
          case FROZEN -> frozenLayout(shape.n(), shape.k());
        };
    memory.desc c = OneDnnCall.matrix(shape.m(), shape.n(), floats);
    return new OneDnnCall(new matmul(description(a, b, c, shape.add())))
        .with(dnnl.DNNL_ARG_SRC, a)
        .with(dnnl.DNNL_ARG_WEIGHTS, b)
        .with(dnnl.DNNL_ARG_DST, c);
  }

  private record Size(long rows, long columns) {}

  /** Rounds a matrix of floats to bfloat16. */
  private static OneDnnCall rounding(Size size) {
    memory.desc floats = OneDnnCall.matrix(size.rows(), size.columns(), memory.data_type.f32);
    memory.desc rounded = OneDnnCall.matrix(size.rows(), size.columns(), memory.data_type.bf16);
    return new OneDnnCall(
            new reorder(
                new reorder.primitive_desc(OneDnn.engine(), floats, OneDnn.engine(), rounded)))
        .with(dnnl.DNNL_ARG_FROM, floats)
        .with(dnnl.DNNL_ARG_TO, rounded);
  }

  private static matmul.primitive_desc description(
      memory.desc a, memory.desc b, memory.desc c, boolean add) {
    try (primitive_attr attributes = new primitive_attr();
        post_ops after = new post_ops()) {
      attributes.set_fpmath_mode(dnnl.fpmath_mode.bf16);
      if (add) {
        after.append_sum();
        attributes.set_post_ops(after);
      }
      return new matmul.primitive_desc(OneDnn.engine(), a, b, c, attributes, false);
    }
  }

  /** The order of a frozen weight [n, k] that oneDNN likes best. */
  private static memory.desc frozenLayout(long n, long k) {
    memory.desc any =
        new memory.desc(new long[] {k, n}, memory.data_type.bf16, memory.format_tag.any);
    return description(
            OneDnnCall.matrix(BLOCK, k, memory.data_type.bf16),
            any,
            OneDnnCall.matrix(BLOCK, n, memory.data_type.f32),
            false)
        .weights_desc();
  }

  /** Narrow weights stay floats; the others become bfloat16 in an order of oneDNN's own. */
  @Override
  public INDArray freeze(INDArray weight) {
    long n = weight.rows();
    long k = weight.columns();
    if (Math.min(n, k) < MIN_WIDTH) {
      return narrow.freeze(weight);
    }
    memory.desc layout = frozenLayout(n, k);
    INDArray copy =
        Nd4j.createUninitializedDetached(
            DataType.BFLOAT16, layout.get_size() / DataType.BFLOAT16.width());
    memory.desc floats = OneDnnCall.transposed(k, n, memory.data_type.f32);
    try (memory from = new memory(floats, OneDnn.engine(), right.bind(weight));
        memory to = new memory(layout, OneDnn.engine(), frozen.bind(copy, 0));
        reorder pack = new reorder(from, to)) {
      pack.execute(OneDnn.stream(), from, to);
    }
    return copy;
  }

  private void run(Shape shape, Pointer x, Pointer y, Pointer z) {
    products.computeIfAbsent(shape, Bfloat16Products::product).run(x, y, z);
  }

  @Override
  public void forward(INDArray x, INDArray weight, boolean add, INDArray y) {
    if (weight.dataType() == DataType.BFLOAT16) {
      frozen.bind(weight, 0);
      multiplyRows(x, Right.FROZEN, frozen, add, y);
    } else if (Math.min(x.columns(), y.columns()) < MIN_WIDTH) {
      narrow.forward(x, weight, add, y);
    } else {
      multiplyRows(x, Right.TRANSPOSED, right.bind(weight), add, y);
    }
  }

  @Override
  public void backwardInput(INDArray dy, INDArray weight, boolean add, INDArray dx) {
    if (Math.min(dy.columns(), dx.columns()) < MIN_WIDTH) {
      narrow.backwardInput(dy, weight, add, dx);
    } else {
      multiplyRows(dy, Right.PLAIN, right.bind(weight), add, dx);
    }
  }

  /** y = x b, added to y or not. */
  private void multiplyRows(INDArray x, Right kind, Pointer b, boolean add, INDArray y) {
    int rows = x.rows();
    int k = x.columns();
    int n = y.columns();
    int whole = rows / BLOCK * BLOCK;
    left.bind(x);
    result.bind(y);
    if (whole > 0) {
      multiplyRows(new Shape(false, kind, whole, n, k, add), left, b, result);
    }
    if (whole < rows) {
      int padded = (rows - whole + TILE - 1) / TILE * TILE;
      leftRest.bind(scratch.matrix("left", padded, k));
      resultRest.bind(scratch.matrix("result", padded, n));
      reserve(n);
      copyRest(left, whole, rows, k, leftRest);
      if (add) {
        copyRest(result, whole, rows, n, resultRest);
      }
      multiplyRows(new Shape(false, kind, padded, n, k, add), leftRest, b, resultRest);
      for (int i = whole; i < rows; i++) {
        resultRest.read((long) (i - whole) * n, row, n);
        result.write((long) i * n, row, n);
      }
    }
  }

  private void multiplyRows(Shape shape, HostFloats x, Pointer b, HostFloats y) {
    Pointer a = x;
    if (shape.right() == Right.FROZEN) {
      // Half as many floats have room for as many numbers of half the size.
      rounded.bind(scratch.vector("rounded", (shape.m() * shape.k() + 1) / 2));
      roundings
          .computeIfAbsent(new Size(shape.m(), shape.k()), Bfloat16Products::rounding)
          .run(a, rounded);
      a = rounded;
    }
    run(shape, a, b, y);
  }

  @Override
  public void backwardWeight(INDArray x, INDArray dy, INDArray dWeight) {
    int rows = x.rows();
    int k = x.columns();
    int n = dy.columns();
    if (Math.min(k, n) < MIN_WIDTH) {
      narrow.backwardWeight(x, dy, dWeight);
      return;
    }
    int whole = rows / BLOCK * BLOCK;
    left.bind(dy);
    right.bind(x);
    result.bind(dWeight);
    if (whole > 0) {
      run(new Shape(true, Right.PLAIN, n, k, whole, false), left, right, result);
    }
    if (whole < rows) {
      int padded = (rows - whole + TILE - 1) / TILE * TILE;
      leftRest.bind(scratch.matrix("left", padded, n));
      rightRest.bind(scratch.matrix("right", padded, k));
      copyRest(left, whole, rows, n, leftRest);
      copyRest(right, whole, rows, k, rightRest);
      run(new Shape(true, Right.PLAIN, n, k, padded, whole > 0), leftRest, rightRest, result);
    }
  }

  private void reserve(int columns) {
    if (row.length < columns) {
      row = new float[columns];
    }
  }

  /**
   * Copies the rows from {@code from} to {@code to} to the target's start, and zeros after them.
   */
  private void copyRest(HostFloats source, int from, int to, int columns, HostFloats target) {
    reserve(columns);
    for (int i = from; i < to; i++) {
      source.read((long) i * columns, row, columns);
      target.write((long) (i - from) * columns, row, columns);
    }
    Arrays.fill(row, 0, columns, 0);
    for (long at = (long) (to - from) * columns; at < target.capacity(); at += columns) {
      target.write(at, row, columns);
    }
  }
}
