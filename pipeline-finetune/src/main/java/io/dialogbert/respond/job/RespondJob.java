package io.dialogbert.respond.job;

import io.dialogbert.common.BadInputException;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.respond.Answer;
import io.dialogbert.respond.AnswerJson;
import io.dialogbert.respond.BadContextException;
import io.dialogbert.respond.Context;
import io.dialogbert.respond.Deadline;
import io.dialogbert.respond.Responder;
import io.dialogbert.respond.TooSlowException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers lines, as a person would try it. Writes nothing. */
public final class RespondJob implements Job<RespondConfig> {
  private static final Logger LOG = LoggerFactory.getLogger(RespondJob.class);

  /** Between the turns of a context that is one line. */
  static final String TURN_SEPARATOR = " / ";

  private static final Duration PATIENCE = Duration.ofHours(1);

  private final InputStream in;

  public RespondJob() {
    this(System.in);
  }

  /**
   * A job.
   *
   * @param in where lines are read from if no other is set
   */
  RespondJob(InputStream in) {
    this.in = in;
  }

  public static void main(String[] args) {
    JobMain.run(new RespondJob(), args);
  }

  @Override
  public String name() {
    return "respond";
  }

  @Override
  public boolean usesSpark() {
    return false;
  }

  @Override
  public RespondConfig configure(ConfigReader in) {
    return RespondConfig.read(in);
  }

  @Override
  public Lineage lineage(RespondConfig config) {
    return config.responder().lineage().files("input", config.input());
  }

  @Override
  public void run(JobContext job, RespondConfig config) throws IOException {
    try (Responder responder = new ResponderLoader(job, config.responder(), size -> {}).load()) {
      Lines lines = new Lines(responder, config, job.out());
      if (!config.line().isEmpty()) {
        lines.answer(config.line());
      } else if (!config.input().isEmpty()) {
        for (FileStatus file : job.files("input")) {
          lines.answerAll(job.directories().open(file.getPath()));
        }
      } else {
        LOG.info("answers each line of standard input, until it ends");
        lines.answerAll(in);
      }
      lines.requireAllAnswered();
    }
  }

  /** Answers one line after another. */
  private static final class Lines {
    private final Responder responder;
    private final RespondConfig config;
    private final PrintStream out;
    private int count;
    private int unanswerable;

    Lines(Responder responder, RespondConfig config, PrintStream out) {
      this.responder = responder;
      this.config = config;
      this.out = out;
    }

    void answerAll(InputStream stream) throws IOException {
      try (BufferedReader reader =
          new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
          if (!line.isBlank()) {
            answer(line);
          }
        }
      }
    }

    void answer(String line) {
      count++;
      try {
        Context context = context(line);
        Answer answer = responder.respond(context, Deadline.in(PATIENCE));
        out.println(
            config.format() == RespondConfig.Format.JSON
                ? AnswerJson.of(answer).toString()
                : AnswerText.of(answer));
      } catch (BadContextException e) {
        unanswerable++;
        out.println(
            config.format() == RespondConfig.Format.JSON
                ? AnswerJson.error(e.problem().code(), e.getMessage()).toString()
                : "cannot be answered: " + e.getMessage());
      } catch (TooSlowException e) {
        throw new IllegalStateException(e);
      }
      out.flush();
    }

    private Context context(String line) {
      List<String> turns =
          Stream.of(line.strip().split(TURN_SEPARATOR, -1)).map(String::strip).toList();
      Context context =
          config.lang().equals(RespondConfig.AUTO)
              ? Context.detect(turns)
              : new Context(config.lang(), turns);
      context.requireAtMost(config.responder().maxCharacters());
      return context;
    }

    void requireAllAnswered() {
      if (unanswerable > 0) {
        throw new BadInputException(
            unanswerable + " of " + count + " lines cannot be answered; see the output");
      }
    }
  }
}
