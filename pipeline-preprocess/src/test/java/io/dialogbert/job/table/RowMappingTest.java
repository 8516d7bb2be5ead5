package io.dialogbert.job.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class RowMappingTest {
  private static final StructType SCHEMA =
      new StructType()
          .add("text", DataTypes.StringType)
          .add("length", DataTypes.IntegerType)
          .add("lang", DataTypes.StringType);

  @Test
  void columnsFollowTheSchemaInWhateverOrderTheyAreSet() {
    RowMapping<String> mapping =
        new RowMapping.Builder<String>(SCHEMA)
            .setNull("lang")
            .set("length", String::length)
            .set("text", text -> text)
            .build();
    assertThat(mapping.row("안녕")).isEqualTo(RowFactory.create("안녕", 2, null));
  }

  @Test
  void columnThatTheTableLacksIsRefused() {
    RowMapping.Builder<String> columns = new RowMapping.Builder<>(SCHEMA);
    assertThatThrownBy(() -> columns.set("size", String::length))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("unknown column size, expected one of [text, length, lang]");
    assertThatThrownBy(() -> columns.setNull("text", "language"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("unknown column language, expected one of [text, length, lang]");
  }

  @Test
  void columnMustBeSetOnce() {
    RowMapping.Builder<String> columns =
        new RowMapping.Builder<String>(SCHEMA).set("text", text -> text).setNull("lang");
    assertThatThrownBy(() -> columns.set("text", String::strip))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("column text is set twice");
    assertThatThrownBy(columns::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("column length is not set");
  }
}
