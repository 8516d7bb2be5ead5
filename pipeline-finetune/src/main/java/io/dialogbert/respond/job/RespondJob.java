package io.dialogbert.respond.job;

import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.respond.Answer;
import io.dialogbert.respond.AnswerJson;
import io.dialogbert.respond.Context;
import io.dialogbert.respond.Deadline;
import io.dialogbert.respond.Responder;
import io.dialogbert.respond.TooSlowException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** Answers lines, as a person would try it. Writes nothing. */
public final class RespondJob implements Job<RespondConfig> {
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
    return config.lines().addTo(config.responder().lineage());
  }

  @Override
  public void run(JobContext job, RespondConfig config) throws IOException {
    try (Responder responder = new ResponderLoader(job, config.responder(), size -> {}).load()) {
      config.lines().answerAll(job, in, context -> answer(responder, config, context));
    }
  }

  private static String answer(Responder responder, RespondConfig config, Context context) {
    context.requireAtMost(config.responder().maxCharacters());
    try {
      Answer answer = responder.respond(context, Deadline.in(PATIENCE));
      return config.lines().format() == LineSettings.Format.JSON
          ? AnswerJson.of(answer).toString()
          : AnswerText.of(answer);
    } catch (TooSlowException e) {
      throw new IllegalStateException(e);
    }
  }
}
