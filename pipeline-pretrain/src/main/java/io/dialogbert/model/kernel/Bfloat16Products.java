package io.dialogbert.model.kernel;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

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

  private static final int MAX_SHAPES = 1024;

  private final Products narrow = new FloatProducts();
  private final Arena scratch = new Arena(DataType.FLOAT);
  private final HostFloats left = new HostFloats();
  private final HostFloats right = new HostFloats();
  private final HostFloats result = new HostFloats();
  private final HostFloats leftRest = new HostFloats();
  private final HostFloats rightRest = new HostFloats();
  private final HostFloats resultRest = new HostFloats();
  private float[] row = new float[0];
  private final Map<Shape, Product> products =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Shape, Product> eldest) {
          return size() > MAX_SHAPES;
        }
      };

  /**
   * c = op(a) op(b), [m, k] x [k, n].
   *
   * @param add adds to c
   */
  private record Shape(
      boolean transposeA, boolean transposeB, long m, long n, long k, boolean add) {}

  /** A product compiled for a shape. */
  private static final class Product {
    private final matmul multiply;
    private final memory a;
    private final memory b;
    private final memory c;
    private final IntMemoryMap arguments = new IntMemoryMap();

    Product(Shape shape) {
      memory.desc layoutA = layout(shape.m(), shape.k(), shape.transposeA());
      memory.desc layoutB = layout(shape.k(), shape.n(), shape.transposeB());
      memory.desc layoutC = layout(shape.m(), shape.n(), false);
      try (primitive_attr attributes = new primitive_attr();
          post_ops after = new post_ops()) {
        attributes.set_fpmath_mode(dnnl.fpmath_mode.bf16);
        if (shape.add()) {
          after.append_sum();
          attributes.set_post_ops(after);
        }
        multiply =
            new matmul(
                new matmul.primitive_desc(
                    OneDnn.engine(), layoutA, layoutB, layoutC, attributes, false));
      }
      a = argument(dnnl.DNNL_ARG_SRC, layoutA);
      b = argument(dnnl.DNNL_ARG_WEIGHTS, layoutB);
      c = argument(dnnl.DNNL_ARG_DST, layoutC);
    }

    private static memory.desc layout(long rows, long columns, boolean transposed) {
      long[] strides = transposed ? new long[] {1, rows} : new long[] {columns, 1};
      return new memory.desc(new long[] {rows, columns}, memory.data_type.f32, strides);
    }

    private memory argument(int name, memory.desc layout) {
      memory argument = new memory(layout, OneDnn.engine(), new FloatPointer((Pointer) null));
      arguments.put(name, argument);
      return argument;
    }

    void run(HostFloats x, HostFloats y, HostFloats z) {
      // The call takes a position for bytes.
      a.set_data_handle(x.at(0));
      b.set_data_handle(y.at(0));
      c.set_data_handle(z.at(0));
      multiply.execute(OneDnn.stream(), arguments);
    }
  }

  private void run(Shape shape, HostFloats x, HostFloats y, HostFloats z) {
    products.computeIfAbsent(shape, Product::new).run(x, y, z);
  }

  @Override
  public void forward(INDArray x, INDArray weight, boolean add, INDArray y) {
    if (Math.min(x.columns(), y.columns()) < MIN_WIDTH) {
      narrow.forward(x, weight, add, y);
      return;
    }
    boolean columnMajor = FloatProducts.isColumnMajor(weight);
    right.bind(columnMajor ? weight.transpose() : weight);
    multiplyRows(x, !columnMajor, add, y);
  }

  @Override
  public void backwardInput(INDArray dy, INDArray weight, boolean add, INDArray dx) {
    if (Math.min(dy.columns(), dx.columns()) < MIN_WIDTH) {
      narrow.backwardInput(dy, weight, add, dx);
      return;
    }
    right.bind(weight);
    multiplyRows(dy, false, add, dx);
  }

  /** y = x op(b) for the matrix b that {@link #right} is bound to, added to y or not. */
  private void multiplyRows(INDArray x, boolean transposeB, boolean add, INDArray y) {
    int rows = x.rows();
    int k = x.columns();
    int n = y.columns();
    int whole = rows / BLOCK * BLOCK;
    left.bind(x);
    result.bind(y);
    if (whole > 0) {
      run(new Shape(false, transposeB, whole, n, k, add), left, right, result);
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
      run(new Shape(false, transposeB, padded, n, k, add), leftRest, right, resultRest);
      for (int i = whole; i < rows; i++) {
        resultRest.read((long) (i - whole) * n, row, n);
        result.write((long) i * n, row, n);
      }
    }
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
      run(new Shape(true, false, n, k, whole, false), left, right, result);
    }
    if (whole < rows) {
      int padded = (rows - whole + TILE - 1) / TILE * TILE;
      leftRest.bind(scratch.matrix("left", padded, n));
      rightRest.bind(scratch.matrix("right", padded, k));
      copyRest(left, whole, rows, n, leftRest);
      copyRest(right, whole, rows, k, rightRest);
      run(new Shape(true, false, n, k, padded, whole > 0), leftRest, rightRest, result);
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
