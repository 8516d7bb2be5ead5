package io.dialogbert.export.onnx;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorProto.DataType;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;
import org.nd4j.shade.protobuf.ByteString;

/**
 * A graph in the making. Values are known by their names; methods that add an operator return the
 * name of its first output.
 *
 * @see <a href="https://onnx.ai/onnx/operators/">ONNX's operators</a>
 */
final class OnnxGraph {
  /** The first with Gelu. */
  private static final int OPERATOR_SET = 20;

  private static final int IR_VERSION = 9;

  private final GraphProto.Builder graph = GraphProto.newBuilder();
  private int numValues;

  OnnxGraph(String name) {
    graph.setName(name);
  }

  private String newName(String operator) {
    return operator + "_" + numValues++;
  }

  /**
   * An input of the graph.
   *
   * @param sizes a number, or the name of a size that is known only later
   */
  String input(String name, DataType type, String... sizes) {
    graph.addInput(value(name, type, sizes));
    return name;
  }

  /** Makes a value an output of the graph, under another name. */
  void output(String value, String name, DataType type, String... sizes) {
    graph.addNode(NodeProto.newBuilder().setOpType("Identity").addInput(value).addOutput(name));
    graph.addOutput(value(name, type, sizes));
  }

  private static ValueInfoProto value(String name, DataType type, String... sizes) {
    TypeProto.Tensor.Builder tensor = TypeProto.Tensor.newBuilder().setElemType(type.getNumber());
    for (String size : sizes) {
      var dimension = tensor.getShapeBuilder().addDimBuilder();
      if (size.chars().allMatch(Character::isDigit)) {
        dimension.setDimValue(Long.parseLong(size));
      } else {
        dimension.setDimParam(size);
      }
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }

  /** A constant of floats, row-major. */
  String floats(String name, float[] values, long... shape) {
    ByteBuffer bytes = littleEndian(Math.multiplyExact(values.length, Float.BYTES));
    bytes.asFloatBuffer().put(values);
    return constant(name, DataType.FLOAT, bytes, shape);
  }

  /** A constant of whole numbers. */
  String longs(String name, long[] values, long... shape) {
    ByteBuffer bytes = littleEndian(values.length * Long.BYTES);
    bytes.asLongBuffer().put(values);
    return constant(name, DataType.INT64, bytes, shape);
  }

  /** A constant of signed bytes, row-major. */
  String bytes(String name, byte[] values, long... shape) {
    return constant(name, DataType.INT8, ByteBuffer.wrap(values), shape);
  }

  private String constant(String name, DataType type, ByteBuffer bytes, long... shape) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(type.getNumber())
            .setRawData(ByteString.copyFrom(bytes));
    for (long size : shape) {
      tensor.addDims(size);
    }
    graph.addInitializer(tensor);
    return name;
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Adds an operator without attributes. */
  String add(String operator, String... inputs) {
    return add(operator, List.of(), inputs);
  }

  /** Adds an operator. */
  String add(String operator, List<AttributeProto> attributes, String... inputs) {
    return add(operator, 1, attributes, inputs).get(0);
  }

  /** Adds an operator with several outputs. */
  List<String> add(
      String operator, int numOutputs, List<AttributeProto> attributes, String... inputs) {
    NodeProto.Builder node =
        NodeProto.newBuilder()
            .setOpType(operator)
            .addAllAttribute(attributes)
            .addAllInput(List.of(inputs));
    node.setName(newName(operator));
    for (int i = 0; i < numOutputs; i++) {
      node.addOutput(newName(operator + "_out"));
    }
    graph.addNode(node);
    return List.copyOf(node.getOutputList());
  }

  static AttributeProto whole(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  static AttributeProto real(String name, float value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.FLOAT)
        .setF(value)
        .build();
  }

  static AttributeProto wholes(String name, long... values) {
    AttributeProto.Builder ints =
        AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
    for (long value : values) {
      ints.addInts(value);
    }
    return ints.build();
  }

  /** Writes the graph as a model. */
  void write(OutputStream out) throws IOException {
    ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .setProducerName("dialogbert")
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPERATOR_SET))
        .setGraph(graph)
        .build()
        .writeTo(out);
  }
}
