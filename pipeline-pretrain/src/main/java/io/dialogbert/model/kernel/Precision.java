package io.dialogbert.model.kernel;

import io.dialogbert.common.BadConfigException;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * In which numbers the matrix products of a network multiply. Parameters, sums, layer norms,
 * softmax, losses and the optimizer are 32-bit floats in any case, and so are saved states.
 */
public enum Precision {
  /** {@link #BFLOAT16} if the processor multiplies it faster than floats, else {@link #FLOAT32}. */
  AUTO,
  FLOAT32,
  /**
   * Factors are rounded to 8 significant bits, with the range of a float. Products of narrow
   * matrices stay in floats.
   */
  BFLOAT16,
  /**
   * Weights of 8 bits with a scale for each output, of 7 bits on a processor without VNNI; inputs
   * of 8 bits with a scale for each token. For inference only.
   */
  INT8;

  private static final Logger LOG = LoggerFactory.getLogger(Precision.class);
  private static final Precision BEST =
      HostMemory.shared() && OneDnn.available() && OneDnn.multipliesBfloat16() ? BFLOAT16 : FLOAT32;
  private static final Set<Precision> LOGGED = ConcurrentHashMap.newKeySet();

  /**
   * The precision to use on this machine, never {@link #AUTO}. Logged once for each.
   *
   * @throws BadConfigException if this machine does not have it
   */
  public Precision here() {
    if (this == BFLOAT16 && BEST != BFLOAT16) {
      throw new BadConfigException(
          "precision = bfloat16 needs a processor with AMX, this one has "
              + OneDnn.isa()
              + "; auto or float32 work everywhere");
    }
    if (this == INT8 && !(HostMemory.shared() && OneDnn.available())) {
      throw new BadConfigException(
          "precision = int8 needs oneDNN, which does not load on this machine");
    }
    Precision used = this == AUTO ? BEST : this;
    if (LOGGED.add(used)) {
      LOG.info("precision {} on this processor ({})", used.setting(), OneDnn.isa());
    }
    return used;
  }

  private String setting() {
    return name().toLowerCase(Locale.ROOT);
  }
}
