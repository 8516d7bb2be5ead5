package io.dialogbert.guard;

import org.nd4j.linalg.api.buffer.DataBuffer;

/** A buffer that reports who touches it. */
interface Guarded extends DataBuffer {
  Guard guard();
}
