package io.dialogbert.model.dl4j;

import io.dialogbert.model.kernel.FloatBits;
import io.dialogbert.model.kernel.HostFloats;
import io.dialogbert.model.kernel.HostMemory;
import io.dialogbert.model.kernel.Threads;
import io.dialogbert.model.kernel.VectorLoops;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** The L2 norm of a network's parameter or gradient vector. */
public final class L2Norm {
  private static final int ROW = 64;

  private L2Norm() {}

  /**
   * Computes the norm on all threads, without a copy of the vector. Sums blocks in double: a float
   * sum of a hundred million small squares loses many of them.
   */
  public static double of(INDArray flat) {
    if (!HostMemory.shared() || flat.dataType() != DataType.FLOAT) {
      return ofRows(flat.reshape(flat.length()));
    }
    int threads = Threads.count();
    List<Supplier<Double>> work = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      long from = flat.length() * i / threads;
      long to = flat.length() * (i + 1) / threads;
      HostFloats view = new HostFloats().bind(flat);
      work.add(() -> squares(view, from, to));
    }
    double sum = 0;
    for (double squares : Threads.all(work)) {
      sum += squares;
    }
    return Math.sqrt(sum);
  }

  /** The same with ND4J operations: the norms of short rows, then the norm of those in double. */
  private static double ofRows(INDArray flat) {
    long numRows = flat.length() / ROW;
    long end = numRows * ROW;
    double norm = 0;
    if (numRows > 0) {
      INDArray rows = flat.get(NDArrayIndex.interval(0, end)).reshape(numRows, ROW);
      norm = rows.norm2(1).castTo(DataType.DOUBLE).norm2Number().doubleValue();
    }
    if (end < flat.length()) {
      INDArray rest = flat.get(NDArrayIndex.interval(end, flat.length()));
      norm = Math.hypot(norm, rest.norm2Number().doubleValue());
    }
    return norm;
  }

  private static double squares(HostFloats view, long from, long to) {
    float[] block = new float[FloatBits.SIZE];
    double sum = 0;
    for (long at = from; at < to; at += block.length) {
      int count = (int) Math.min(block.length, to - at);
      view.read(at, block, count);
      sum += VectorLoops.dot(block, block, 0, count);
    }
    return sum;
  }
}
