package io.dialogbert.model.dl4j;

import io.dialogbert.model.ParameterLayout;
import io.dialogbert.model.kernel.FloatBits;
import io.dialogbert.model.kernel.HostFloats;
import io.dialogbert.model.kernel.HostMemory;
import io.dialogbert.model.kernel.Threads;
import io.dialogbert.model.kernel.VectorLoops;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.AdamUpdater;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * DL4J's Adam with the same state, in one vectorized pass over gradient and moments on the CPU:
 * ND4J's own operation takes several times as long. On other backends, and for doubles, DL4J's own
 * Adam runs.
 *
 * <p>Unlike DL4J's, it skips parameters that have no gradient in a step: momentum does not move
 * them, and they keep the moments of the last step with a gradient. The bias correction counts all
 * steps.
 *
 * @see <a href="https://arxiv.org/abs/1412.6980">Kingma and Ba 2015, section 2, last paragraph</a>
 */
public final class FusedAdam extends Adam {
  private transient List<ParameterLayout.Parameter> frozen = List.of();

  /** For DL4J's JSON mapper. */
  public FusedAdam() {}

  public FusedAdam(ISchedule learningRate, double beta1, double beta2, double epsilon) {
    setLearningRateSchedule(learningRate);
    setBeta1(beta1);
    setBeta2(beta2);
    setEpsilon(epsilon);
  }

  /**
   * Sets the parameters that the next steps skip.
   *
   * @param parameters parts of the whole vector that this updates
   */
  public void freeze(List<ParameterLayout.Parameter> parameters) {
    frozen = parameters;
  }

  @Override
  public GradientUpdater<?> instantiate(INDArray viewArray, boolean initializeViewArray) {
    Updater updater = new Updater(this);
    long[] shape = {1, viewArray.length() / 2};
    updater.setStateViewArray(viewArray, shape, viewArray.ordering(), initializeViewArray);
    return updater;
  }

  @Override
  public GradientUpdater<?> instantiate(Map<String, INDArray> state, boolean initializeState) {
    Updater updater = new Updater(this);
    updater.setState(state, initializeState);
    return updater;
  }

  @Override
  public FusedAdam clone() {
    FusedAdam copy = new FusedAdam(getLearningRateSchedule(), getBeta1(), getBeta2(), getEpsilon());
    copy.setLearningRate(getLearningRate());
    return copy;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FusedAdam && super.equals(other);
  }

  @Override
  protected boolean canEqual(Object other) {
    return other instanceof FusedAdam;
  }

  @Override
  public int hashCode() {
    return super.hashCode();
  }

  private static final class Updater extends AdamUpdater {
    private final List<Pass> passes = new ArrayList<>();

    Updater(FusedAdam config) {
      super(config);
    }

    @Override
    public void applyUpdater(INDArray gradient, int iteration, int epoch) {
      List<Runnable> restores = new ArrayList<>();
      for (ParameterLayout.Parameter parameter : ((FusedAdam) getConfig()).frozen) {
        for (INDArray moments : getState().values()) {
          INDArray view = part(moments, parameter);
          INDArray before = view.dup();
          restores.add(() -> view.assign(before));
        }
      }
      update(gradient, iteration, epoch);
      restores.forEach(Runnable::run);
      for (ParameterLayout.Parameter parameter : ((FusedAdam) getConfig()).frozen) {
        part(gradient, parameter).assign(0);
      }
    }

    private static INDArray part(INDArray vector, ParameterLayout.Parameter parameter) {
      long from = parameter.offset();
      return vector
          .reshape(vector.length())
          .get(NDArrayIndex.interval(from, from + parameter.length()));
    }

    private void update(INDArray gradient, int iteration, int epoch) {
      if (!HostMemory.shared() || gradient.dataType() != DataType.FLOAT) {
        super.applyUpdater(gradient, iteration, epoch);
        return;
      }
      Adam config = getConfig();
      double step = iteration + 1.0;
      double correction =
          Math.sqrt(1 - Math.pow(config.getBeta2(), step))
              / (1 - Math.pow(config.getBeta1(), step));
      float rate = (float) (config.getLearningRate(iteration, epoch) * correction);
      float beta1 = (float) config.getBeta1();
      float beta2 = (float) config.getBeta2();
      float epsilon = (float) config.getEpsilon();
      int threads = Threads.count();
      while (passes.size() < threads) {
        passes.add(new Pass());
      }
      long length = gradient.length();
      List<Supplier<Void>> work = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        Pass pass = passes.get(i);
        long from = length * i / threads;
        long to = length * (i + 1) / threads;
        pass.bind(gradient, getState());
        work.add(
            () -> {
              pass.run(from, to, rate, beta1, beta2, epsilon);
              return null;
            });
      }
      Threads.all(work);
    }
  }

  /** One thread's pass over its share of the vectors. */
  private static final class Pass {
    private final HostFloats gradient = new HostFloats();
    private final HostFloats moment = new HostFloats();
    private final HostFloats square = new HostFloats();
    private final float[] g = new float[FloatBits.SIZE];
    private final float[] m = new float[FloatBits.SIZE];
    private final float[] v = new float[FloatBits.SIZE];

    void bind(INDArray gradientArray, Map<String, INDArray> state) {
      gradient.bind(gradientArray);
      moment.bind(state.get(AdamUpdater.M_STATE));
      square.bind(state.get(AdamUpdater.V_STATE));
    }

    void run(long from, long to, float rate, float beta1, float beta2, float epsilon) {
      for (long at = from; at < to; at += g.length) {
        int count = (int) Math.min(g.length, to - at);
        gradient.read(at, g, count);
        moment.read(at, m, count);
        square.read(at, v, count);
        VectorLoops.adam(g, m, v, count, rate, beta1, beta2, epsilon);
        gradient.write(at, g, count);
        moment.write(at, m, count);
        square.write(at, v, count);
      }
    }
  }
}
