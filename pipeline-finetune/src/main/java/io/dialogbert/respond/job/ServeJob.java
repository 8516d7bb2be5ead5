package io.dialogbert.respond.job;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.respond.Responder;
import io.dialogbert.respond.http.HttpServer;
import io.dialogbert.respond.http.HttpSettings;
import io.dialogbert.respond.http.ServerMetrics;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.apache.spark.util.SignalUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers over HTTP until it gets SIGTERM or SIGINT; a second one ends it at once. */
public final class ServeJob implements Job<ServeConfig> {
  private static final Logger LOG = LoggerFactory.getLogger(ServeJob.class);

  public static void main(String[] args) {
    JobMain.run(new ServeJob(), args);
  }

  @Override
  public String name() {
    return "serve";
  }

  @Override
  public boolean usesSpark() {
    return false;
  }

  @Override
  public ServeConfig configure(ConfigReader in) {
    return ServeConfig.read(in);
  }

  @Override
  public Lineage lineage(ServeConfig config) {
    return config.responder().lineage();
  }

  @Override
  public void run(JobContext job, ServeConfig config) throws IOException, InterruptedException {
    CountDownLatch stop = new CountDownLatch(1);
    for (String signal : List.of("TERM", "INT")) {
      SignalUtils.register(
          signal,
          () -> {
            boolean isFirst = stop.getCount() > 0;
            stop.countDown();
            return isFirst;
          });
    }
    ServerMetrics metrics = new ServerMetrics();
    try (Responder responder = new ResponderLoader(job, config.responder(), metrics::batch).load();
        HttpServer server = start(responder, config.http(), metrics)) {
      job.out().printf("serving at http://%s:%d/%n", config.http().host(), server.port());
      job.out().flush();
      stop.await();
      LOG.info("stops when the requests that it has are answered; terminate again to stop at once");
    }
  }

  private static HttpServer start(
      Responder responder, HttpSettings settings, ServerMetrics metrics) {
    try {
      return HttpServer.start(responder, settings, metrics);
    } catch (RuntimeException e) {
      throw new BadConfigException(
          "cannot listen on %s:%d: %s"
              .formatted(settings.host(), settings.port(), ExceptionUtils.getRootCauseMessage(e)),
          e);
    }
  }
}
