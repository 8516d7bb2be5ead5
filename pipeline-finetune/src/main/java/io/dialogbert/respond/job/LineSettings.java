package io.dialogbert.respond.job;

import io.dialogbert.common.BadInputException;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.respond.AnswerJson;
import io.dialogbert.respond.BadContextException;
import io.dialogbert.respond.Context;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where lines come from, and how they are read.
 *
 * @param line the only one; empty if there are others
 * @param input files of lines, if {@code line} is empty; without either, lines are read from
 *     standard input
 * @param lang of all lines; auto tells it by their letters
 * @param format of what is printed
 */
record LineSettings(String line, List<String> input, String lang, Format format) {
  private static final Logger LOG = LoggerFactory.getLogger(LineSettings.class);

  private static final String AUTO = "auto";
  private static final String INPUT = "input";

  /** Between the turns of a line. */
  private static final String TURN_SEPARATOR = " / ";

  /** How answers are printed. */
  enum Format {
    /** For people. */
    TEXT,
    /** An object a line. */
    JSON
  }

  /** What is printed for a line. */
  @FunctionalInterface
  interface Answerer {
    /**
     * Answers a line.
     *
     * @throws BadContextException if it cannot be answered
     */
    String answer(Context context) throws IOException;
  }

  static LineSettings read(ConfigReader in) {
    return new LineSettings(
        in.string("line"),
        in.optionalPaths(INPUT),
        in.string(
            "lang", "must be ko, ja or auto", lang -> List.of("ko", "ja", AUTO).contains(lang)),
        in.choice("format", Format.class));
  }

  Lineage addTo(Lineage lineage) {
    return lineage.files(INPUT, input);
  }

  /**
   * Prints an answer to each line.
   *
   * @param standardInput read if there are no other lines
   * @throws BadInputException after the last line, if some cannot be answered
   */
  void answerAll(JobContext job, InputStream standardInput, Answerer answerer) throws IOException {
    Lines lines = new Lines(answerer, job.out());
    if (!line.isEmpty()) {
      lines.answer(line);
    } else if (!input.isEmpty()) {
      for (FileStatus file : job.files(INPUT)) {
        lines.answerAll(job.directories().open(file.getPath()));
      }
    } else {
      LOG.info("answers each line of standard input, until it ends");
      lines.answerAll(standardInput);
    }
    lines.requireAllAnswered();
  }

  private Context context(String text) {
    List<String> turns =
        Stream.of(text.strip().split(TURN_SEPARATOR, -1)).map(String::strip).toList();
    return lang.equals(AUTO) ? Context.detect(turns) : new Context(lang, turns);
  }

  private String problem(BadContextException e) {
    return format == Format.JSON
        ? AnswerJson.error(e.problem().code(), e.getMessage()).toString()
        : "cannot be answered: " + e.getMessage();
  }

  /** Answers one line after another. */
  private final class Lines {
    private final Answerer answerer;
    private final PrintStream out;
    private int count;
    private int unanswerable;

    Lines(Answerer answerer, PrintStream out) {
      this.answerer = answerer;
      this.out = out;
    }

    void answerAll(InputStream stream) throws IOException {
      try (BufferedReader reader =
          new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
        for (String next = reader.readLine(); next != null; next = reader.readLine()) {
          if (!next.isBlank()) {
            answer(next);
          }
        }
      }
    }

    void answer(String text) throws IOException {
      count++;
      try {
        out.println(answerer.answer(context(text)));
      } catch (BadContextException e) {
        unanswerable++;
        out.println(problem(e));
      }
      out.flush();
    }

    void requireAllAnswered() {
      if (unanswerable > 0) {
        throw new BadInputException(
            unanswerable + " of " + count + " lines cannot be answered; see the output");
      }
    }
  }
}
