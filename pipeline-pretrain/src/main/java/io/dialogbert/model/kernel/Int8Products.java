package io.dialogbert.model.kernel;

import io.dialogbert.common.BadInputException;
import java.util.Map;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
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
  private float[] row = new float[0];
  private float[] product = new float[0];
  private float[] scales = new float[0];
  private final Map<Shape, Product> products = new LatestUsed<>();
  private final Map<Size, Rounding> roundings = new LatestUsed<>();

  /** [m, k] x [k, n]. */
  private record Shape(long m, long n, long k) {}

  /** A product compiled for a shape. */
  private static final class Product {
    private final matmul multiply;
    private final memory a;
    private final memory b;
    private final memory c;
    private final memory channels;
    private final long scalesAt;
    private final IntMemoryMap arguments = new IntMemoryMap();

    Product(Shape shape) {
      memory.desc layoutB = frozenLayout(shape.n(), shape.k());
      scalesAt = scalesAt(layoutB);
      memory.desc layoutA = layout(shape.m(), shape.k(), memory.data_type.s8);
      memory.desc layoutC = layout(shape.m(), shape.n(), memory.data_type.f32);
      multiply = new matmul(description(layoutA, layoutB, layoutC));
      a = argument(arguments, dnnl.DNNL_ARG_SRC, layoutA);
      b = argument(arguments, dnnl.DNNL_ARG_WEIGHTS, layoutB);
      c = argument(arguments, dnnl.DNNL_ARG_DST, layoutC);
      channels =
          argument(arguments, dnnl.DNNL_ARG_ATTR_SCALES | dnnl.DNNL_ARG_WEIGHTS, vector(shape.n()));
    }

    void run(Pointer x, INDArray weight, Pointer y, HostBytes view) {
      a.set_data_handle(x);
      b.set_data_handle(view.bind(weight, 0));
      c.set_data_handle(y);
      channels.set_data_handle(view.bind(weight, scalesAt));
      multiply.execute(OneDnn.stream(), arguments);
    }
  }

  private record Size(long rows, long columns) {}

  /** Multiplies rows by factors and rounds them to bytes. */
  private static final class Rounding {
    private final reorder round;
    private final memory from;
    private final memory to;
    private final memory factors;
    private final IntMemoryMap arguments = new IntMemoryMap();

    Rounding(Size size) {
      memory.desc floats = layout(size.rows(), size.columns(), memory.data_type.f32);
      memory.desc bytes = layout(size.rows(), size.columns(), memory.data_type.s8);
      try (primitive_attr attributes = new primitive_attr()) {
        // One factor for each row.
        attributes.set_scales_mask(dnnl.DNNL_ARG_SRC, 1);
        round =
            new reorder(
                new reorder.primitive_desc(
                    OneDnn.engine(), floats, OneDnn.engine(), bytes, attributes, false));
      }
      from = argument(arguments, dnnl.DNNL_ARG_FROM, floats);
      to = argument(arguments, dnnl.DNNL_ARG_TO, bytes);
      factors =
          argument(arguments, dnnl.DNNL_ARG_ATTR_SCALES | dnnl.DNNL_ARG_SRC, vector(size.rows()));
    }

    void run(Pointer floats, Pointer rows, Pointer bytes) {
      from.set_data_handle(floats);
      factors.set_data_handle(rows);
      to.set_data_handle(bytes);
      round.execute(OneDnn.stream(), arguments);
    }
  }

  private static memory.desc vector(long length) {
    return new memory.desc(new long[] {length}, memory.data_type.f32, memory.format_tag.a);
  }

  private static memory argument(IntMemoryMap arguments, int name, memory.desc layout) {
    memory argument = new memory(layout, OneDnn.engine(), new FloatPointer((Pointer) null));
    arguments.put(name, argument);
    return argument;
  }

  private static matmul.primitive_desc description(memory.desc a, memory.desc b, memory.desc c) {
    try (primitive_attr attributes = new primitive_attr()) {
      // One scale for each column of b.
      attributes.set_scales_mask(dnnl.DNNL_ARG_WEIGHTS, 1 << 1);
      return new matmul.primitive_desc(OneDnn.engine(), a, b, c, attributes, false);
    }
  }

  private static memory.desc layout(long rows, long columns, memory.data_type type) {
    return new memory.desc(new long[] {rows, columns}, type, new long[] {columns, 1});
  }

  /** The order of a frozen weight [n, k] that oneDNN likes best. */
  private static memory.desc frozenLayout(long n, long k) {
    memory.desc any =
        new memory.desc(new long[] {k, n}, memory.data_type.s8, memory.format_tag.any);
    return description(
            layout(4 * TILE, k, memory.data_type.s8),
            any,
            layout(4 * TILE, n, memory.data_type.f32))
        .weights_desc();
  }

  private static long scalesAt(memory.desc layout) {
    return (layout.get_size() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
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
    long scalesAt = scalesAt(layout);
    INDArray copy =
        Nd4j.createUninitializedDetached(DataType.INT8, scalesAt + (long) n * Float.BYTES);
    quantize(n, k, limit);
    for (int i = 0; i < n; i++) {
      if (!Float.isFinite(scales[i])) {
        throw new BadInputException(
            "the checkpoint has a weight that is not finite, in output " + i + " of " + n);
      }
    }
    memory.desc transposed =
        new memory.desc(new long[] {k, n}, memory.data_type.s8, new long[] {1, k});
    try (memory from = new memory(transposed, OneDnn.engine(), quantized);
        memory to = new memory(layout, OneDnn.engine(), frozen.bind(copy, 0));
        reorder pack = new reorder(from, to)) {
      pack.execute(OneDnn.stream(), from, to);
    }
    new FloatPointer(frozen.bind(copy, scalesAt)).put(scales, 0, n);
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
        .computeIfAbsent(new Size(rows, k), Rounding::new)
        .run(source.at(0), factors.at(0), quantized);
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
        .computeIfAbsent(new Shape(padded, n, k), Product::new)
        .run(quantized, weight, sums.at(0), frozen);
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
