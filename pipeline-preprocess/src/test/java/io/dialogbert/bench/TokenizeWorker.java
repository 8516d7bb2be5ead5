package io.dialogbert.bench;

import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.text.Tokenizer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Encodes texts on one thread. Arguments: a file of texts, one per line; their language; the files
 * of a tokenizer. Answers each line {@code FROM TO} with the seconds it takes to encode these
 * texts, and the number of their ids.
 */
final class TokenizeWorker {
  private TokenizeWorker() {}

  public static void main(String[] args) throws IOException {
    List<String> texts = Files.readAllLines(Path.of(args[0]));
    Tokenizer tokenizer =
        new SerializedTokenizer(
                Files.readAllBytes(Path.of(args[2])), Files.readAllBytes(Path.of(args[3])))
            .tokenizer();
    System.out.println("ready");
    BufferedReader requests =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String request = requests.readLine(); request != null; request = requests.readLine()) {
      String[] bounds = request.split(" ");
      long start = System.nanoTime();
      long numIds = 0;
      for (String text : texts.subList(Integer.parseInt(bounds[0]), Integer.parseInt(bounds[1]))) {
        numIds += tokenizer.encode(text, args[1]).length;
      }
      // Using the ids keeps the compiler from optimizing them away.
      System.out.println((System.nanoTime() - start) / 1e9 + " " + numIds);
    }
  }
}
