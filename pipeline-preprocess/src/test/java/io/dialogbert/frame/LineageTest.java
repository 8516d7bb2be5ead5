package io.dialogbert.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LineageTest {
  /** Enough names that an unordered map does not have this order by chance. */
  private static final List<String> NAMES =
      IntStream.range(0, 20).mapToObj(i -> "input " + i).toList();

  @Test
  void inputsKeepTheirOrder() {
    Lineage lineage = Lineage.to("output");
    for (String name : NAMES) {
      lineage =
          lineage.dataset(name, "path").files(name, List.of("path")).fingerprint(name, "print");
    }
    assertThat(lineage.datasets().keySet()).containsExactlyElementsOf(NAMES);
    assertThat(lineage.files().keySet()).containsExactlyElementsOf(NAMES);
    assertThat(lineage.fingerprints().keySet()).containsExactlyElementsOf(NAMES);
  }
}
