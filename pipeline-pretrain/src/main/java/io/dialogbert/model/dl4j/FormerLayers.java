package io.dialogbert.model.dl4j;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dialogbert.model.head.Head;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Translates the JSON of networks that earlier versions wrote. At that time, each kind of network
 * had a layer class of its own, and classes were in other packages.
 *
 * <p>DL4J reads the result with a Jackson of 2022, which creates any class that the text names and
 * recurses as deep as it nests. Both are limited here, with the Jackson of Spark.
 */
final class FormerLayers {
  private static final int MAX_DEPTH = 100;
  private static final List<String> KNOWN_CLASSES =
      List.of("io.dialogbert.", "org.deeplearning4j.", "org.nd4j.");
  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
              .build());
  private static final String CLASS = "@class";
  private static final Set<String> FORMER_PACKAGES =
      Set.of("io.dialogbert.model", BertLayer.class.getPackageName());

  private FormerLayers() {}

  /**
   * Translates a graph's configuration.
   *
   * @return the same text if there is nothing to translate
   * @throws IllegalArgumentException if it is not JSON, nests too deep, or names a class that is
   *     neither DL4J's nor of this project
   */
  static String translate(String json) {
    try {
      JsonNode root = JSON.readTree(json);
      return translate(root)
          ? JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root)
          : json;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static boolean translate(JsonNode node) {
    boolean changed = node instanceof ObjectNode object && translateOne(object);
    for (JsonNode child : node) {
      changed |= translate(child);
    }
    return changed;
  }

  private static boolean translateOne(ObjectNode node) {
    String name = node.path(CLASS).asText();
    if (!name.isEmpty() && KNOWN_CLASSES.stream().noneMatch(name::startsWith)) {
      throw new IllegalArgumentException("it names the class " + name);
    }
    int dot = name.lastIndexOf('.');
    if (dot < 0 || !FORMER_PACKAGES.contains(name.substring(0, dot))) {
      return false;
    }
    String simple = name.substring(dot + 1);
    switch (simple) {
      case "PretrainingLayer" -> pretraining(node);
      case "ClassificationLayer" -> classification(node);
      case "FusedAdam", "TrustRatioDecay" -> {
        node.put(CLASS, BertLayer.class.getPackageName() + "." + simple);
        return !name.startsWith(BertLayer.class.getPackageName());
      }
      default -> {
        return false;
      }
    }
    node.put(CLASS, BertLayer.class.getName());
    return true;
  }

  private static void pretraining(ObjectNode layer) {
    ArrayNode heads = layer.putArray("heads");
    head(heads, Head.MASKED_LM, Head.Pooling.TOKENS, Head.Projection.TIED_DECODER, false)
        .put("task", "tokens")
        .put("size", layer.path("encoder").path("vocabSize").asInt())
        .put("sha256", "");
    head(heads, Head.NEXT_SENTENCE, Head.Pooling.FIRST, Head.Projection.LINEAR, false)
        .put("task", "next sentence")
        .put("size", 2)
        .put("sha256", "");
    ArrayNode losses = layer.putArray("losses");
    loss(losses, "class", "mlm", Head.MASKED_LM, 1);
    loss(losses, "class", "nsp", Head.NEXT_SENTENCE, 1);
  }

  private static void classification(ObjectNode layer) {
    JsonNode numClasses = layer.remove("numClasses");
    JsonNode task = layer.remove("task");
    JsonNode sha256 = layer.remove("classesSha256");
    JsonNode distillation = layer.remove("distillationLoss");
    head(layer.putArray("heads"), Head.CLASSIFIER, Head.Pooling.FIRST, Head.Projection.LINEAR, true)
        .put("task", task == null ? "classes" : task.asText())
        .put("size", numClasses == null ? 0 : numClasses.asInt())
        .put("sha256", sha256 == null ? "" : sha256.asText());
    ArrayNode losses = layer.putArray("losses");
    JsonNode weights =
        distillation == null
            ? JSON.valueToTree(Map.of("hardWeight", 1, "softWeight", 0, "temperature", 1))
            : distillation;
    loss(losses, "class", "", Head.CLASSIFIER, weights.path("hardWeight").asDouble());
    double softWeight = weights.path("softWeight").asDouble();
    if (softWeight > 0) {
      loss(losses, "soft-class", "soft", Head.CLASSIFIER, softWeight)
          .put("temperature", weights.path("temperature").asDouble());
    }
  }

  /** Adds a head; returns the object that describes its outputs. */
  private static ObjectNode head(
      ArrayNode heads,
      String name,
      Head.Pooling pooling,
      Head.Projection projection,
      boolean dropout) {
    return heads
        .addObject()
        .put("name", name)
        .put("pooling", pooling.name())
        .put("projection", projection.name())
        .put("dropout", dropout)
        .putObject("outputs");
  }

  private static ObjectNode loss(
      ArrayNode losses, String type, String name, String head, double weight) {
    ObjectNode loss = losses.addObject().put("type", type).put("name", name).put("head", head);
    loss.putObject("weight").put("from", weight).put("to", weight).put("steps", 0);
    return loss;
  }
}
