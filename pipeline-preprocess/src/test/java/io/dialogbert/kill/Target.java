package io.dialogbert.kill;

import java.nio.file.Path;
import java.util.List;

/** A job and its settings, except the output. */
record Target(String job, List<String> settings) {

  /** The job that makes up messages. */
  static Target sample(int numMessages) {
    return new Target("make-sample", List.of("make-sample.num-messages=" + numMessages));
  }

  /**
   * The jobs that make a sample's examples and statistics, in order.
   *
   * @param reference directory where each finds the outputs of earlier ones, under their names
   * @param key file with the pseudonymization key
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
