package io.dialogbert.model.kernel;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A primitive of oneDNN, compiled for the layouts of its arguments. Where these are is said in each
 * call. Not thread-safe.
 */
final class OneDnnCall {
  private final primitive compiled;
  private final IntMemoryMap arguments = new IntMemoryMap();
  private final List<memory> places = new ArrayList<>();

  OneDnnCall(primitive compiled) {
    this.compiled = compiled;
  }

  /** Adds an argument. */
  OneDnnCall with(int name, memory.desc layout) {
    memory argument = new memory(layout, OneDnn.engine(), new FloatPointer((Pointer) null));
    arguments.put(name, argument);
    places.add(argument);
    return this;
  }

  /**
   * Runs it in the calling thread.
   *
   * @param starts where the arguments are, in the order in which they were added; the pointers'
   *     positions do not count
   */
  void run(Pointer... starts) {
    for (int i = 0; i < starts.length; i++) {
      // The call takes a position for bytes.
      places.get(i).set_data_handle(starts[i].position(0));
    }
    compiled.execute(OneDnn.stream(), arguments);
  }

  /** Layout of a row-major matrix. */
  static memory.desc matrix(long rows, long columns, memory.data_type type) {
    return new memory.desc(new long[] {rows, columns}, type, new long[] {columns, 1});
  }

  /** Layout of a column-major matrix. */
  static memory.desc transposed(long rows, long columns, memory.data_type type) {
    return new memory.desc(new long[] {rows, columns}, type, new long[] {1, rows});
  }

  static memory.desc vector(long length, memory.data_type type) {
    return new memory.desc(new long[] {length}, type, memory.format_tag.a);
  }
}
