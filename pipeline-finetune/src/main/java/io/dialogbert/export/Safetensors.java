package io.dialogbert.export;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dialogbert.common.BadInputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The file format of weights that Hugging Face uses: the length of a header (8 bytes), the header
 * (JSON: type, shape and place of each tensor), then the tensors, row-major. All numbers are
 * little-endian.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">its definition</a>
 */
public final class Safetensors {
  /** Limit of the format's own library, in bytes. */
  private static final long MAX_HEADER = 100_000_000;

  private static final String METADATA = "__metadata__";

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private Safetensors() {}

  /**
   * A tensor to be written.
   *
   * @param values its elements, row-major; asked once, when it is its turn
   */
  public record Tensor(String name, List<Integer> shape, Supplier<float[]> values) {
    long numElements() {
      return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    }
  }

  /**
   * Where a tensor lies in a file.
   *
   * @param type of its elements, such as {@code F32}
   * @param start of its first byte, counted from the end of the header
   * @param end of its last byte, exclusive
   */
  public record Entry(String name, String type, List<Integer> shape, long start, long end) {}

  /** Receives a tensor's elements as floats. */
  @FunctionalInterface
  public interface Visitor {
    void tensor(Entry entry, float[] values);
  }

  /** Types that are read. */
  private enum Type {
    F32(4) {
      @Override
      float at(ByteBuffer bytes) {
        return bytes.getFloat();
      }
    },
    F16(2) {
      @Override
      float at(ByteBuffer bytes) {
        return half(bytes.getShort());
      }
    },
    BF16(2) {
      @Override
      float at(ByteBuffer bytes) {
        return Float.intBitsToFloat(bytes.getShort() << Short.SIZE);
      }
    };

    private final int bytes;

    Type(int bytes) {
      this.bytes = bytes;
    }

    abstract float at(ByteBuffer bytes);
  }

  /** An IEEE 754 binary16 number. */
  private static float half(short bits) {
    int exponent = (bits >> 10) & 0x1f;
    int fraction = bits & 0x3ff;
    double magnitude =
        switch (exponent) {
          case 0 -> Math.scalb((double) fraction, -24);
          case 0x1f -> fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
          default -> Math.scalb((double) (fraction | 0x400), exponent - 25);
        };
    return (float) (bits < 0 ? -magnitude : magnitude);
  }

  /**
   * Writes a file.
   *
   * @throws IllegalStateException if a tensor has other elements than its shape says
   */
  public static void write(List<Tensor> tensors, OutputStream out) throws IOException {
    ObjectNode header = JSON.createObjectNode();
    // Stock loaders refuse a file that does not name its framework.
    header.putObject(METADATA).put("format", "pt");
    long offset = 0;
    for (Tensor tensor : tensors) {
      ObjectNode entry = header.putObject(tensor.name());
      entry.put("dtype", Type.F32.name());
      ArrayNode shape = entry.putArray("shape");
      tensor.shape().forEach(shape::add);
      long end = Math.addExact(offset, Math.multiplyExact(Float.BYTES, tensor.numElements()));
      entry.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    byte[] json = JSON.writeValueAsBytes(header);
    // Spaces after the header align the tensors.
    int padded = (json.length + 7) / 8 * 8;
    ByteBuffer head = ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
    head.putLong(padded).put(json);
    while (head.hasRemaining()) {
      head.put((byte) ' ');
    }
    out.write(head.array());
    for (Tensor tensor : tensors) {
      write(tensor, out);
    }
  }

  private static void write(Tensor tensor, OutputStream out) throws IOException {
    float[] values = tensor.values().get();
    if (values.length != tensor.numElements()) {
      throw new IllegalStateException(
          tensor.name() + " has " + values.length + " elements, its shape is " + tensor.shape());
    }
    ByteBuffer block =
        ByteBuffer.allocate(Float.BYTES * Math.min(values.length, 1 << 16))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int from = 0; from < values.length; from += block.capacity() / Float.BYTES) {
      int count = Math.min(block.capacity() / Float.BYTES, values.length - from);
      block.clear().asFloatBuffer().put(values, from, count);
      out.write(block.array(), 0, count * Float.BYTES);
    }
  }

  /**
   * Reads a file from its beginning to its end.
   *
   * @param file its name, for messages
   * @param length of the file in bytes
   * @param wanted whether a tensor's elements are read
   * @throws BadInputException if it is no such file, is torn, or a wanted tensor has a type that is
   *     not read; names file, tensor and rule
   */
  public static void read(
      InputStream in, long length, String file, Predicate<String> wanted, Visitor visitor)
      throws IOException {
    List<Entry> entries = header(in, length, file);
    for (Entry entry : entries) {
      long bytes = entry.end() - entry.start();
      if (!wanted.test(entry.name())) {
        in.skipNBytes(bytes);
        continue;
      }
      Type type = type(entry, file);
      long elements = numElements(entry, file);
      if (elements * type.bytes != bytes || bytes > Integer.MAX_VALUE - 8) {
        throw invalid(
            file, entry.name() + " of shape " + entry.shape() + " has " + bytes + " bytes");
      }
      ByteBuffer raw = ByteBuffer.wrap(in.readNBytes((int) bytes)).order(ByteOrder.LITTLE_ENDIAN);
      float[] values = new float[(int) elements];
      for (int i = 0; i < values.length; i++) {
        values[i] = type.at(raw);
      }
      visitor.tensor(entry, values);
    }
  }

  /** The tensors in the order of their places, which have no gap. */
  private static List<Entry> header(InputStream in, long length, String file) throws IOException {
    if (length < Long.BYTES) {
      throw invalid(file, "it has " + length + " bytes");
    }
    long size = ByteBuffer.wrap(in.readNBytes(Long.BYTES)).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (size < 2 || size > MAX_HEADER || size > length - Long.BYTES) {
      throw invalid(file, "its header would have " + size + " bytes");
    }
    List<Entry> entries = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : fields(in.readNBytes((int) size), file).entrySet()) {
      if (!field.getKey().equals(METADATA)) {
        entries.add(entry(field.getKey(), field.getValue(), file));
      }
    }
    entries.sort(Comparator.comparingLong(Entry::start).thenComparingLong(Entry::end));
    long place = 0;
    for (Entry entry : entries) {
      if (entry.start() != place || entry.end() < entry.start() || entry.end() > length) {
        throw invalid(
            file,
            entry.name()
                + " lies at bytes "
                + entry.start()
                + " to "
                + entry.end()
                + ", must begin at "
                + place
                + " and end within the file");
      }
      place = entry.end();
    }
    long expected = Math.addExact(Long.BYTES + size, place);
    if (expected != length) {
      throw invalid(file, "it has " + length + " bytes, its header says " + expected);
    }
    return entries;
  }

  private static Map<String, JsonNode> fields(byte[] json, String file) {
    JsonNode header;
    try {
      header = JSON.readTree(new String(json, StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw invalid(file, "its header is no JSON, or names a tensor twice");
    }
    if (!header.isObject()) {
      throw invalid(file, "its header is no JSON object");
    }
    Map<String, JsonNode> fields = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> field : header.properties()) {
      fields.put(field.getKey(), field.getValue());
    }
    return fields;
  }

  private static Entry entry(String name, JsonNode json, String file) {
    List<Integer> shape = new ArrayList<>();
    for (JsonNode size : json.path("shape")) {
      if (!size.canConvertToInt() || size.asInt() < 0) {
        throw invalid(file, name + " has a size of " + size);
      }
      shape.add(size.asInt());
    }
    JsonNode offsets = json.path("data_offsets");
    if (!json.path("dtype").isTextual()
        || !json.path("shape").isArray()
        || offsets.size() != 2
        || !offsets.path(0).canConvertToLong()
        || !offsets.path(1).canConvertToLong()) {
      throw invalid(file, name + " needs dtype, shape and two data_offsets");
    }
    return new Entry(
        name,
        json.path("dtype").asText(),
        List.copyOf(shape),
        offsets.path(0).asLong(),
        offsets.path(1).asLong());
  }

  private static Type type(Entry entry, String file) {
    for (Type type : Type.values()) {
      if (type.name().equals(entry.type())) {
        return type;
      }
    }
    throw invalid(
        file, entry.name() + " has type " + entry.type() + ", read are " + List.of(Type.values()));
  }

  private static long numElements(Entry entry, String file) {
    try {
      return entry.shape().stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    } catch (ArithmeticException e) {
      throw invalid(file, entry.name() + " has shape " + entry.shape());
    }
  }

  private static BadInputException invalid(String file, String what) {
    return new BadInputException(
        file + " must be a whole safetensors file, but " + what + "; copy or save it again");
  }
}
