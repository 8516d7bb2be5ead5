package io.dialogbert.text;

import io.dialogbert.common.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A tokenizer on disk: {@code tokenizer.model}, which any SentencePiece library loads, and {@code
 * tokenizer.json}, which says how text is cut before the model sees it.
 */
public final class TokenizerDirectory {
  private TokenizerDirectory() {}

  /**
   * Writes both files.
   *
   * @param directory existing directory; the files must not be there yet
   * @throws IOException if a file is there already or cannot be written
   */
  public static void save(SerializedTokenizer tokenizer, Path directory) throws IOException {
    Files.write(
        directory.resolve(SerializedTokenizer.MODEL_NAME),
        tokenizer.model(),
        StandardOpenOption.CREATE_NEW);
    Files.write(
        directory.resolve(TokenizerFile.NAME), tokenizer.settings(), StandardOpenOption.CREATE_NEW);
  }

  /**
   * Reads both files and checks them.
   *
   * @throws BadInputException if a file is missing or damaged, or they do not belong together;
   *     names directory, file and rule
   * @throws IOException if a file cannot be read
   */
  public static SerializedTokenizer load(Path directory) throws IOException {
    SerializedTokenizer tokenizer =
        new SerializedTokenizer(
            read(directory.resolve(SerializedTokenizer.MODEL_NAME)),
            read(directory.resolve(TokenizerFile.NAME)));
    try {
      tokenizer.tokenizer();
    } catch (BadInputException e) {
      throw new BadInputException(directory + ": " + e.getMessage(), e);
    }
    return tokenizer;
  }

  private static byte[] read(Path file) throws IOException {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new BadInputException(
          file + " must be there; give the directory that train-tokenizer wrote", e);
    }
  }
}
