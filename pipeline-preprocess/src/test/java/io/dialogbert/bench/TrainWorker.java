package io.dialogbert.bench;

import io.dialogbert.text.SentencePieceModel;
import io.dialogbert.text.TokenizerMethod;
import io.dialogbert.text.piece.Piece;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Trains a unigram model. Arguments: a count table with one word and its count per line, separated
 * by a tab; the size of the vocabulary; the model's file. Answers a line with the seconds from the
 * one file to the other.
 */
final class TrainWorker {
  private TrainWorker() {}

  public static void main(String[] args) throws IOException {
    System.out.println("ready");
    BufferedReader requests =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while (requests.readLine() != null) {
      long start = System.nanoTime();
      train(Path.of(args[0]), Integer.parseInt(args[1]), Path.of(args[2]));
      System.out.println((System.nanoTime() - start) / 1e9);
    }
  }

  private static void train(Path table, int vocabSize, Path model) throws IOException {
    Map<String, Long> counts = new HashMap<>();
    try (BufferedReader lines = Files.newBufferedReader(table)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        int tab = line.indexOf('\t');
        counts.put(line.substring(0, tab), Long.valueOf(line.substring(tab + 1)));
      }
    }
    List<Piece> pieces =
        TokenizerMethod.MORPHEME_SUBWORD
            .trainer(BenchCorpus.trainer(vocabSize, false))
            .train(counts);
    Files.write(model, new SentencePieceModel(pieces, false).toBytes());
  }
}
