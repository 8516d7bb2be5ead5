package io.dialogbert.job.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/**
 * Makes the rows of a table, each column by its name. The names are looked up once, when the
 * mapping is built; a row costs one call per column.
 */
public final class RowMapping<T> {
  /** In the order of the schema. */
  private final List<Function<? super T, ?>> columns;

  private RowMapping(List<Function<? super T, ?>> columns) {
    this.columns = columns;
  }

  /** Collects the columns of a mapping, in any order. */
  public static final class Builder<T> {
    private final StructType schema;
    private final Map<String, Function<? super T, ?>> byName = new HashMap<>();

    public Builder(StructType schema) {
      this.schema = schema;
    }

    /**
     * Says where a column's value comes from.
     *
     * @throws IllegalArgumentException if the table has no such column, or it is set already
     */
    public Builder<T> set(String column, Function<? super T, ?> value) {
      if (!Arrays.asList(schema.fieldNames()).contains(column)) {
        throw new IllegalArgumentException(
            "unknown column " + column + ", expected one of " + List.of(schema.fieldNames()));
      }
      if (byName.put(column, value) != null) {
        throw new IllegalArgumentException("column " + column + " is set twice");
      }
      return this;
    }

    /** Says that columns are always null. */
    public Builder<T> setNull(String... columns) {
      for (String column : columns) {
        set(column, any -> null);
      }
      return this;
    }

    /**
     * Builds the mapping.
     *
     * @throws IllegalArgumentException if a column is not set
     */
    public RowMapping<T> build() {
      List<Function<? super T, ?>> columns = new ArrayList<>();
      for (String column : schema.fieldNames()) {
        if (!byName.containsKey(column)) {
          throw new IllegalArgumentException("column " + column + " is not set");
        }
        columns.add(byName.get(column));
      }
      return new RowMapping<>(columns);
    }
  }

  /** The row of a value, in the order of the schema. */
  public Row row(T value) {
    Object[] cells = new Object[columns.size()];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = columns.get(i).apply(value);
    }
    return RowFactory.create(cells);
  }
}
