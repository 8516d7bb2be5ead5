package io.dialogbert.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.BadInputException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SafetensorsTest {
  private static Map<String, float[]> read(byte[] file) throws IOException {
    Map<String, float[]> tensors = new LinkedHashMap<>();
    Safetensors.read(
        new ByteArrayInputStream(file),
        file.length,
        "model.safetensors",
        name -> !name.equals("left"),
        (entry, values) -> tensors.put(entry.name() + entry.shape(), values));
    return tensors;
  }

  /** A file with a header as it is and some bytes behind it. */
  private static byte[] file(String header, byte... data) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(Long.BYTES + json.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .put(data)
        .array();
  }

  @Test
  void readsWhatItWrote() throws IOException {
    float[] large = new float[70_000];
    for (int i = 0; i < large.length; i++) {
      large[i] = i / 7f;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Safetensors.write(
        List.of(
            new Safetensors.Tensor("b", List.of(2, 1), () -> new float[] {-1.5f, Float.MIN_VALUE}),
            new Safetensors.Tensor("large", List.of(7, 10_000), () -> large),
            new Safetensors.Tensor("a", List.of(), () -> new float[] {3})),
        out);
    byte[] file = out.toByteArray();
    assertThat(file.length % Long.BYTES).isEqualTo(Float.BYTES);
    assertThat(read(file))
        .containsOnlyKeys("b[2, 1]", "large[7, 10000]", "a[]")
        .containsEntry("b[2, 1]", new float[] {-1.5f, Float.MIN_VALUE})
        .containsEntry("large[7, 10000]", large)
        .containsEntry("a[]", new float[] {3});
  }

  @Test
  void refusesValuesOfAnotherShape() {
    assertThatThrownBy(
            () ->
                Safetensors.write(
                    List.of(new Safetensors.Tensor("w", List.of(2, 2), () -> new float[3])),
                    new ByteArrayOutputStream()))
        .hasMessage("w has 3 elements, its shape is [2, 2]");
  }

  /** Values of numpy's float16 and of ml_dtypes' bfloat16. */
  @Test
  void readsHalves() throws IOException {
    byte[] file =
        file(
            "{\"h\":{\"dtype\":\"F16\",\"shape\":[4],\"data_offsets\":[0,8]},"
                + "\"left\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[8,16]},"
                + "\"b\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[16,20]}}",
            // 1.5, -2, the least subnormal, minus infinity
            (byte) 0x00,
            (byte) 0x3e,
            (byte) 0x00,
            (byte) 0xc0,
            (byte) 1,
            (byte) 0,
            (byte) 0,
            (byte) 0xfc,
            (byte) 0,
            (byte) 0,
            (byte) 0,
            (byte) 0,
            (byte) 0,
            (byte) 0,
            (byte) 0,
            (byte) 0,
            // 3.140625, -1
            (byte) 0x49,
            (byte) 0x40,
            (byte) 0x80,
            (byte) 0xbf);
    assertThat(read(file))
        .containsOnlyKeys("h[4]", "b[2]")
        .containsEntry("h[4]", new float[] {1.5f, -2, 0x1p-24f, Float.NEGATIVE_INFINITY})
        .containsEntry("b[2]", new float[] {3.140625f, -1});
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          nonsense | its header is no JSON, or names a tensor twice
          [1]      | its header is no JSON object
          {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{}} | its header is no JSON, or names a tensor twice
          {"a":{"dtype":"F32","shape":[1]}} | a needs dtype, shape and two data_offsets
          {"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}} | a has a size of -1
          {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}} | a of shape [2] has 4 bytes
          {"a":{"dtype":"I8","shape":[4],"data_offsets":[0,4]}} | a has type I8, read are [F32, F16, BF16]
          {"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}} | a lies at bytes 4 to 8, must begin at 0
          {"a":{"dtype":"F32","shape":[0],"data_offsets":[0,-4]}} | a lies at bytes 0 to -4
          {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,9223372036854775807]}} | and end within the file
          {"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}} | its header says
          {"a":{"dtype":"F32","shape":[65536,65536,65536,65536],"data_offsets":[0,4]}} | a has shape [65536
          """)
  void refusesDamagedHeaders(String header, String what) {
    assertThatThrownBy(() -> read(file(header, new byte[4])))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith("model.safetensors must be a whole safetensors file, but ")
        .hasMessageContaining(what);
  }

  @Test
  void refusesTornFiles() {
    assertThatThrownBy(() -> read(new byte[7])).hasMessageContaining("it has 7 bytes");
    byte[] whole =
        file("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", new byte[4]);
    byte[] torn = Arrays.copyOf(whole, whole.length - 1);
    assertThatThrownBy(() -> read(torn)).isInstanceOf(BadInputException.class);
    byte[] hostile = whole.clone();
    hostile[7] = 0x7f;
    assertThatThrownBy(() -> read(hostile)).hasMessageContaining("its header would have ");
  }
}
