package io.dialogbert.job.stats;

import io.dialogbert.report.StatisticsTable;
import io.dialogbert.report.StatisticsTable.Column;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** The rows of a statistics table, each made by the names of its columns. */
final class TableRows {
  private final StatisticsTable table;
  private final List<Row> rows = new ArrayList<>();

  TableRows(StatisticsTable table) {
    this.table = table;
  }

  /**
   * Adds a row.
   *
   * @param values by column, one for each
   * @throws IllegalArgumentException if the columns are not those of the table, or a value has
   *     another type
   */
  void add(Map<String, ?> values) {
    if (!values.keySet().equals(new HashSet<>(table.columnNames()))) {
      throw new IllegalArgumentException(
          "row of "
              + table.directory()
              + " has columns "
              + values.keySet()
              + ", expected "
              + table.columnNames());
    }
    Object[] row = new Object[table.columns().size()];
    for (int i = 0; i < row.length; i++) {
      Column column = table.columns().get(i);
      Class<?> type = column.kind().type();
      Object value = values.get(column.name());
      if (!type.isInstance(value)) {
        throw new IllegalArgumentException(
            "column "
                + column.name()
                + " of "
                + table.directory()
                + " holds "
                + type.getSimpleName()
                + ", got "
                + value.getClass().getSimpleName());
      }
      row[i] = value;
    }
    rows.add(RowFactory.create(row));
  }

  int size() {
    return rows.size();
  }

  StatisticsTable table() {
    return table;
  }

  List<Row> rows() {
    return rows;
  }
}
