package io.dialogbert.sample;

import java.util.SplittableRandom;

/** Makes rows that break the raw message form, each in one way. */
final class RowFaults {
  private final SplittableRandom random;

  RowFaults(SplittableRandom random) {
    this.random = random;
  }

  String broken(SampleMessage message) {
    String line = message.toJson();
    return switch (random.nextInt(6)) {
      case 0 -> line.substring(0, line.length() / 2);
      case 1 -> line.replace("\":\"", "\"=\"");
      case 2 -> message.toJson("\"yesterday\"", "\"\"");
      case 3 -> message.toJson(Long.toString(message.sentAtMillis()), "[1,2]");
      case 4 -> message.toJson("", "\"\"");
      default -> message.toJson("\"2024-02-30T25:61:00+09:00\"", "");
    };
  }
}
