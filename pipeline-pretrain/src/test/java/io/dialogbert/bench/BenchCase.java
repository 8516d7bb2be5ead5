package io.dialogbert.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.kernel.Precision;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * What both sides of a comparison repeat.
 *
 * @param kind {@code training} for steps with optimizer, {@code inference} for pooled outputs; with
 *     a classifier instead of the pretraining heads, {@code finetuning} for steps, {@code
 *     prediction} for logits, {@code cached} for steps with a teacher's logits at hand and {@code
 *     online} for steps with a teacher that is asked
 * @param precision of our products; with bfloat16, PyTorch trains in autocast and infers with
 *     parameters in bfloat16
 * @param teacher of {@code cached} and {@code online}; otherwise null
 * @param shared directory in which our side leaves its parameters and batches for the other, before
 *     it is ready; empty: each side makes up its own
 * @param batches lengths of the sequences of each batch, in tokens; repetitions cycle through them
 */
record BenchCase(
    String kind,
    int threads,
    Precision precision,
    EncoderConfig encoder,
    EncoderConfig teacher,
    String shared,
    List<List<Integer>> batches) {
  /** Classes of {@code finetuning} and {@code prediction}. */
  static final int NUM_CLASSES = 50;

  /** Of a teacher's logits. */
  static final double TEMPERATURE = 2;

  private static final JsonMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  static BenchCase read(String json) throws JsonProcessingException {
    return JSON.readValue(json, BenchCase.class);
  }

  String toJson() throws JsonProcessingException {
    return JSON.writeValueAsString(this);
  }

  static BenchCase training(EncoderConfig encoder, List<List<Integer>> batches) {
    return of("training", encoder, "", batches);
  }

  static BenchCase inference(EncoderConfig encoder, List<List<Integer>> batches) {
    return of("inference", encoder, "", batches);
  }

  static BenchCase finetuning(EncoderConfig encoder, Path shared, List<List<Integer>> batches) {
    return of("finetuning", encoder, shared.toString(), batches);
  }

  static BenchCase prediction(EncoderConfig encoder, Path shared, List<List<Integer>> batches) {
    return of("prediction", encoder, shared.toString(), batches);
  }

  private static BenchCase of(
      String kind, EncoderConfig encoder, String shared, List<List<Integer>> batches) {
    return new BenchCase(
        kind,
        Runtime.getRuntime().availableProcessors(),
        Precision.FLOAT32,
        encoder,
        null,
        shared,
        batches);
  }

  /** The same with a teacher, cached or online. */
  BenchCase taught(String how, EncoderConfig by) {
    return new BenchCase(how, threads, precision, encoder, by, shared, batches);
  }

  /** The same in another precision. */
  BenchCase in(Precision other) {
    return new BenchCase(kind, threads, other, encoder, teacher, shared, batches);
  }

  /** The same in all precisions that this processor multiplies fast; the fastest comes last. */
  List<BenchCase> inAllPrecisions() {
    Precision fastest = Precision.AUTO.here();
    return fastest == Precision.FLOAT32 ? List.of(this) : List.of(this, in(fastest));
  }

  /** One batch of {@code count} sequences of {@code length} tokens. */
  static List<List<Integer>> equal(int count, int length) {
    return List.of(Collections.nCopies(count, length));
  }

  static EncoderConfig encoder(int numLayers, int hiddenSize, int vocabSize) {
    return new EncoderConfig(
        hiddenSize,
        numLayers,
        hiddenSize / 64,
        4 * hiddenSize,
        vocabSize,
        48,
        2,
        2,
        0.1,
        0.1,
        0.02,
        1e-12);
  }

  /** Multiplications and additions of a training step's matrix products, in units of 1e9. */
  double trainingGflop() {
    double sum = 0;
    for (List<Integer> batch : batches) {
      double h = encoder.hiddenSize();
      double tokens = batch.stream().mapToInt(Integer::intValue).sum();
      double squares = batch.stream().mapToDouble(length -> (double) length * length).sum();
      double masked = batch.stream().mapToInt(BenchCase::numMasked).sum();
      double layer = tokens * (4 * h * h + 2 * h * encoder.intermediateSize()) + 2 * squares * h;
      double heads = masked * (h * h + h * encoder.vocabSize()) + batch.size() * h * h;
      sum += 3 * 2 * (encoder.numHiddenLayers() * layer + heads);
    }
    return sum / batches.size() / 1e9;
  }

  /** Number of masked tokens in a sequence: 15 %, at least one, at most eight. */
  static int numMasked(int length) {
    return (int) Math.min(8, Math.max(1, Math.round(0.15 * length)));
  }

  @Override
  public String toString() {
    double mean =
        batches.stream().flatMap(List::stream).mapToInt(Integer::intValue).average().orElseThrow();
    return String.format(
        Locale.ROOT,
        "%d layers / %d, batch %d, %.1f tokens, %s",
        encoder.numHiddenLayers(),
        encoder.hiddenSize(),
        batches.get(0).size(),
        mean,
        precisionName());
  }

  String precisionName() {
    return precision.name().toLowerCase(Locale.ROOT);
  }
}
