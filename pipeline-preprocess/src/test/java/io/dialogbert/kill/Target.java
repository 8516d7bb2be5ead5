package io.dialogbert.kill;

import java.nio.file.Path;
import java.util.List;

/** A job with its settings, save for its output. */
record Target(String job, List<String> settings) {

  /** Makes messages up. */
  static Target sample(int numMessages) {
    return new Target("make-sample", List.of("make-sample.num-messages=" + numMessages));
  }

  /**
   * The jobs that make examples of a sample, and its statistics, in their order.
   *
   * @param reference where each finds the outputs of those before it, under their names
   * @param key file of the pseudonyms' key
   */
  static List<Target> corpus(Path sample, Path reference, Path key) {
    return List.of(
        new Target(
            "ingest-messages",
            List.of(
                "ingest-messages.input=[\"" + sample.resolve("data") + "\"]",
                "ingest-messages.pseudonym-key-file=" + key)),
        new Target(
            "build-dialogues",
            List.of("build-dialogues.messages=" + reference.resolve("ingest-messages"))),
        new Target(
            "train-tokenizer",
            List.of(
                "train-tokenizer.dialogues=" + reference.resolve("build-dialogues"),
                "train-tokenizer.vocab-size=1000")),
        new Target(
            "corpus-stats",
            List.of(
                "corpus-stats.messages=" + reference.resolve("ingest-messages"),
                "corpus-stats.dialogues=" + reference.resolve("build-dialogues"),
                "corpus-stats.tokenizer=" + reference.resolve("train-tokenizer"))),
        new Target(
            "build-examples",
            List.of(
                "build-examples.dialogues=" + reference.resolve("build-dialogues"),
                "build-examples.tokenizer=" + reference.resolve("train-tokenizer"))));
  }
}
