package io.dialogbert.job.table;

import io.dialogbert.common.BadInputException;
import io.dialogbert.frame.InputDirectory;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.text.morpheme.MorphemeDictionary;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.fs.Path;

/** Tokenizer directories on any Hadoop file system. */
public final class Tokenizers {
  /** Jobs that write a tokenizer, alone or with a network. */
  private static final List<String> PRODUCERS =
      List.of("train-tokenizer", "prune-vocabulary", "import-model");

  private Tokenizers() {}

  /** A lineage with a tokenizer, which may use the bundled dictionaries. */
  public static Lineage lineage(Lineage lineage, String directory) {
    return withDictionaries(
        lineage.dataset("tokenizer", directory, PRODUCERS.toArray(String[]::new)));
  }

  /** A lineage with the bundled dictionaries. */
  public static Lineage withDictionaries(Lineage lineage) {
    return lineage.fingerprint("morpheme-dictionaries", MorphemeDictionary.bundledVersion());
  }

  /**
   * Reads and checks a tokenizer.
   *
   * @throws BadInputException naming directory, file and rule
   */
  public static SerializedTokenizer load(Directories directories, String directory)
      throws IOException {
    byte[] settings = read(directories, directory, SerializedTokenizer.SETTINGS_NAME);
    try {
      String vocabularyName = SerializedTokenizer.vocabularyName(settings);
      SerializedTokenizer tokenizer =
          new SerializedTokenizer(read(directories, directory, vocabularyName), settings);
      tokenizer.tokenizer();
      return tokenizer;
    } catch (BadInputException e) {
      throw e.getMessage().startsWith(directory)
          ? e
          : new BadInputException(directory + ": " + e.getMessage(), e);
    }
  }

  /** Writes a tokenizer's files into an existing directory. */
  public static void save(Directories directories, Path directory, SerializedTokenizer tokenizer)
      throws IOException {
    write(
        directories,
        new Path(directory, SerializedTokenizer.vocabularyName(tokenizer.settings())),
        tokenizer.vocabulary());
    saveSettings(directories, directory, tokenizer);
  }

  /** Writes a tokenizer's settings, which identify it, beside token ids that it produced. */
  public static void saveSettings(
      Directories directories, Path directory, SerializedTokenizer tokenizer) throws IOException {
    write(
        directories, new Path(directory, SerializedTokenizer.SETTINGS_NAME), tokenizer.settings());
  }

  /** Checks the same of an input, a directory or days. */
  public static void requireIdsOf(JobContext job, String input, SerializedTokenizer tokenizer)
      throws IOException {
    for (InputDirectory part : job.inputs(input)) {
      requireIdsOf(job.directories(), part.path(), tokenizer);
    }
  }

  /**
   * Checks that the token ids of a directory came from a tokenizer; they mean nothing with another
   * one.
   *
   * @throws BadInputException naming both if they did not
   */
  public static void requireIdsOf(
      Directories directories, String directory, SerializedTokenizer tokenizer) throws IOException {
    byte[] settings;
    try {
      settings = read(directories, directory, SerializedTokenizer.SETTINGS_NAME);
    } catch (BadInputException e) {
      throw new BadInputException(
          directory + " does not say which tokenizer gave its ids; build it anew", e);
    }
    if (!Arrays.equals(settings, tokenizer.settings())) {
      throw new BadInputException(
          directory
              + " was built with another tokenizer than "
              + tokenizer.sha256()
              + "; give the one that it was built with, or build it anew");
    }
  }

  /**
   * Checks that a tokenizer covers the text it was given.
   *
   * @param unknownRatio {@code [UNK]} as a share of all tokens, in [0, 1]
   * @param directory the tokenizer's directory, for the message
   * @throws BadInputException if {@code unknownRatio} exceeds {@code maxUnknownRate}
   */
  public static void requireKnown(double unknownRatio, double maxUnknownRate, String directory) {
    if (unknownRatio > maxUnknownRate) {
      throw new BadInputException(
          String.format(
              Locale.ROOT,
              "%.4f of all tokens are [UNK], more than max-unknown-rate = %s; is %s the tokenizer"
                  + " of this corpus?",
              unknownRatio,
              maxUnknownRate,
              directory));
    }
  }

  private static byte[] read(Directories directories, String directory, String name)
      throws IOException {
    Path path = new Path(directory, name);
    try (InputStream in = directories.fileSystem(path).open(path)) {
      return in.readAllBytes();
    } catch (FileNotFoundException e) {
      throw new BadInputException(
          path + " must be there; give the directory that train-tokenizer wrote", e);
    }
  }

  private static void write(Directories directories, Path path, byte[] bytes) throws IOException {
    try (OutputStream out = directories.fileSystem(path).create(path, false)) {
      out.write(bytes);
    }
  }
}
