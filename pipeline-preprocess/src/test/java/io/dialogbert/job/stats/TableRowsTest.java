package io.dialogbert.job.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.report.StatisticsTable;
import java.util.Map;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;

class TableRowsTest {
  private final TableRows rows = new TableRows(StatisticsTable.UNKNOWN_TOKENS);

  @Test
  void valuesStandInTheOrderOfTheColumns() {
    rows.add(Map.of("unknown_rate", 0.25, "unknown", 1L, "tokens", 4L, "lang", "ko"));
    assertThat(rows.rows()).containsExactly(RowFactory.create("ko", 4L, 1L, 0.25));
  }

  @Test
  void rowOfOtherColumnsIsRefused() {
    assertThatThrownBy(() -> rows.add(Map.of("lang", "ko")))
        .hasMessage(
            "row of unknown_tokens has columns [lang], "
                + "expected [lang, tokens, unknown, unknown_rate]");
  }

  @Test
  void valueOfAnotherKindIsRefused() {
    assertThatThrownBy(
            () -> rows.add(Map.of("unknown_rate", 0.25, "unknown", 1, "tokens", 4L, "lang", "ko")))
        .hasMessage("column unknown of unknown_tokens holds Long, got Integer");
  }
}
