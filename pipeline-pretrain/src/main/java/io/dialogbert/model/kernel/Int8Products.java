package io.dialogbert.model.kernel;

import io.dialogbert.common.BadInputException;
import java.util.Map;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Products of bytes, for inference. Each row of a frozen weight, an output channel, has its own
 * scale, and so has each row of x, a token, whose scale is found anew in every product. Products
 * add in 32-bit integers. Weights that are not frozen stay floats.
 */
final class Int8Products implements Products {
  /** Rows are padded to a multiple of this. */
  private static final int TILE = 16;

  /** Narrower weights gain nothing. */
  private static final int MIN_WIDTH = 64;

  private static final int MAX = Byte.MAX_VALUE;

  /** Where the scales of a frozen weight start is a multiple of this. */
  private static final int ALIGNMENT = 64;

  private final Products floats = new FloatProducts();
  private final Arena scratch = new Arena(DataType.FLOAT);
  private final HostFloats source = new HostFloats();
  private final HostFloats target = new HostFloats();
  private final HostFloats sums = new HostFloats();
  private final HostFloats quantized = new HostFloats();
  private final HostFloats factors = new HostFloats();
  private final HostBytes frozen = new HostBytes();
  private final HostBytes channels = new HostBytes();
  private float[] row = new float[0];
  private float[] product = new float[0];
  private float[] scales = new float[0];
  private final Map<Shape, OneDnnCall> products = new LatestUsed<>();
  private final Map<Size, OneDnnCall> roundings = new LatestUsed<>();

  /**
   * [m, k] x [k, n].
   *
   * @param threads for which it is compiled
   */
  private record Shape(long m, long n, long k, int threads) {}

  private record Size(long rows, long columns) {}

  /** A product compiled for a shape, of x, a frozen weight, its scales and y. */
  private static OneDnnCall product(Shape shape) {
    memory.desc x = OneDnnCall.matrix(shape.m(), shape.k(), memory.data_type.s8);
    memory.desc weight = frozenLayout(shape.n(), shape.k());
    memory.desc y = OneDnnCall.matrix(shape.m(), shape.n(), memory.data_type.f32);
    return new OneDnnCall(new matmul(description(x, weight, y)))
        .with(dnnl.DNNL_ARG_SRC, x)
        .with(dnnl.DNNL_ARG_WEIGHTS, weight)
        .with(
            dnnl.DNNL_ARG_ATTR_SCALES | dnnl.DNNL_ARG_WEIGHTS,
            OneDnnCall.vector(shape.n(), memory.data_type.f32))
        .with(dnnl.DNNL_ARG_DST, y);
  }

  private static matmul.primitive_desc description(memory.desc a, memory.desc b, memory.desc c) {
    try (primitive_attr attributes = new primitive_attr()) {
      // One scale for each column of b.
      attributes.set_scales_mask(dnnl.DNNL_ARG_WEIGHTS, 1 << 1);
      return new matmul.primitive_desc(OneDnn.engine(), a, b, c, attributes, false);
    }
  }

  /** Multiplies rows of floats by factors and rounds them to bytes. */
  private static OneDnnCall rounding(Size size) {
    memory.desc floats = OneDnnCall.matrix(size.rows(), size.columns(), memory.data_type.f32);
    memory.desc bytes = OneDnnCall.matrix(size.rows(), size.columns(), memory.data_type.s8);
    try (primitive_attr attributes = new primitive_attr()) {
      // One factor for each row.
      attributes.set_scales_mask(dnnl.DNNL_ARG_SRC, 1);
      return new OneDnnCall(
              new reorder(
                  new reorder.primitive_desc(
                      OneDnn.engine(), floats, OneDnn.engine(), bytes, attributes, false)))
          .with(dnnl.DNNL_ARG_FROM, floats)
          .with(
              dnnl.DNNL_ARG_ATTR_SCALES | dnnl.DNNL_ARG_SRC,
              OneDnnCall.vector(size.rows(), memory.data_type.f32))
          .with(dnnl.DNNL_ARG_TO, bytes);
    }
  }

  /** The order of a frozen weight [n, k] that oneDNN likes best. */
  private static memory.desc frozenLayout(long n, long k) {
    memory.desc any =
        new memory.desc(new long[] {k, n}, memory.data_type.s8, memory.format_tag.any);
    return description(
            OneDnnCall.matrix(4 * TILE, k, memory.data_type.s8),
            any,
            OneDnnCall.matrix(4 * TILE, n, memory.data_type.f32))
        .weights_desc();
  }

  /**
   * The weight's bytes in an order of oneDNN's own, then a float for each row: its scale.
   *
   * @throws BadInputException if a weight is not finite
   */
  @Override
  public INDArray freeze(INDArray weight) {
    int n = weight.rows();
    int k = weight.columns();
    if (Math.min(n, k) < MIN_WIDTH) {
      return floats.freeze(weight);
    }
    reserve(k, n, n);
    int limit = OneDnn.addsInt8Exactly() ? MAX : MAX / 2;
    source.bind(weight);
    memory.desc layout = frozenLayout(n, k);
    long size = (layout.get_size() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    INDArray copy = Nd4j.createUninitializedDetached(DataType.INT8, size + (long) n * Float.BYTES);
    quantize(n, k, limit);
    for (int i = 0; i < n; i++) {
      if (!Float.isFinite(scales[i])) {
        throw new BadInputException(
            "the checkpoint has a weight that is not finite, in output " + i + " of " + n);
      }
    }
    memory.desc transposed = OneDnnCall.transposed(k, n, memory.data_type.s8);
    try (memory from = new memory(transposed, OneDnn.engine(), quantized);
        memory to = new memory(layout, OneDnn.engine(), frozen.bind(copy, 0));
        reorder pack = new reorder(from, to)) {
      pack.execute(OneDnn.stream(), from, to);
    }
    new FloatPointer(channels.bind(copy, size)).put(scales, 0, n);
    return copy;
  }

  private void reserve(int k, int n, int numScales) {
    if (scales.length < numScales) {
      scales = new float[numScales];
    }
    if (row.length < Math.max(k, n)) {
      row = new float[Math.max(k, n)];
      product = new float[row.length];
    }
  }

  /** Rounds the rows that {@link #source} is bound to, and finds their scales. */
  private void quantize(int rows, int k, int limit) {
    int padded = (rows + TILE - 1) / TILE * TILE;
    // A float has room for four bytes.
    quantized.bind(scratch.vector("quantized", ((long) padded * k + 3) / 4));
    factors.bind(scratch.vector("factors", rows));
    float[] inverse = new float[rows];
    for (int i = 0; i < rows; i++) {
      source.read((long) i * k, row, k);
      // Zero times the sum is NaN if a value is not finite, and so is the product then.
      float largest = VectorLoops.maxAbs(row, k) + 0 * VectorLoops.sum(row, 0, k);
      scales[i] = largest / limit;
      inverse[i] = largest == 0 ? 0 : limit / largest;
    }
    factors.write(0, inverse, rows);
    roundings
        .computeIfAbsent(new Size(rows, k), Int8Products::rounding)
        .run(source, factors, quantized);
  }

  @Override
  public void forward(INDArray x, INDArray weight, boolean add, INDArray y) {
    if (weight.dataType() != DataType.INT8) {
      floats.forward(x, weight, add, y);
      return;
    }
    int rows = x.rows();
    int k = x.columns();
    int n = y.columns();
    int padded = (rows + TILE - 1) / TILE * TILE;
    reserve(k, n, rows);
    source.bind(x);
    target.bind(y);
    sums.bind(scratch.matrix("sums", padded, n));
    quantize(rows, k, MAX);
    products
        .computeIfAbsent(new Shape(padded, n, k, Threads.inThisThread()), Int8Products::product)
        .run(
            quantized,
            frozen.bind(weight, 0),
            channels.bind(weight, weight.length() - (long) n * Float.BYTES),
            sums);
    for (int i = 0; i < rows; i++) {
      sums.read((long) i * n, product, n);
      VectorLoops.scale(product, 0, n, scales[i]);
      if (add) {
        target.read((long) i * n, row, n);
        VectorLoops.add(product, row, n);
      }
      target.write((long) i * n, product, n);
    }
  }

  @Override
  public void backwardInput(INDArray dy, INDArray weight, boolean add, INDArray dx) {
    floats.backwardInput(dy, weight, add, dx);
  }

  @Override
  public void backwardWeight(INDArray x, INDArray dy, INDArray dWeight) {
    floats.backwardWeight(x, dy, dWeight);
  }
}
