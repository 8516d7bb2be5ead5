package io.dialogbert.job.table;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Encoder;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.encoders.AgnosticEncoder;
import org.apache.spark.sql.catalyst.encoders.AgnosticEncoders;
import org.apache.spark.sql.catalyst.encoders.ExpressionEncoder;
import org.apache.spark.sql.catalyst.encoders.RowEncoder;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.collection.JavaConverters;

/**
 * Rows with Java arrays: {@code int[]}, {@code int[][]}, {@code String[]}. Spark's own row encoder
 * boxes every number, and an example has about 150.
 */
@SuppressWarnings("deprecation") // Scala 2.12 has no other converters than JavaConverters.
public final class ArrayRows {
  private ArrayRows() {}

  /** The encoder of a table; its arrays contain no nulls. */
  public static Encoder<Row> encoder(StructType schema) {
    AgnosticEncoders.RowEncoder stock = (AgnosticEncoders.RowEncoder) RowEncoder.encoderFor(schema);
    List<AgnosticEncoders.EncoderField> fields = new ArrayList<>();
    for (AgnosticEncoders.EncoderField field :
        JavaConverters.seqAsJavaListConverter(stock.fields()).asJava()) {
      fields.add(
          new AgnosticEncoders.EncoderField(
              field.name(),
              encoder(field.enc().dataType(), field.enc()),
              field.nullable(),
              field.metadata(),
              field.readMethod(),
              field.writeMethod()));
    }
    return ExpressionEncoder.apply(
        new AgnosticEncoders.RowEncoder(
            JavaConverters.asScalaBufferConverter(fields).asScala().toSeq()));
  }

  private static AgnosticEncoder<?> encoder(DataType type, AgnosticEncoder<?> stock) {
    if (type.equals(DataTypes.IntegerType)) {
      return AgnosticEncoders.PrimitiveIntEncoder$.MODULE$;
    }
    if (type instanceof ArrayType array) {
      AgnosticEncoder<?> element = ((AgnosticEncoders.IterableEncoder<?, ?>) stock).element();
      return new AgnosticEncoders.ArrayEncoder<>(encoder(array.elementType(), element), false);
    }
    return stock;
  }
}
