package io.dialogbert.distill;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.frame.Job;
import io.dialogbert.frame.SettingsHelpTest;
import io.dialogbert.frame.config.JobCatalog;
import java.io.IOException;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

/** Of the jobs of all modules. */
class JobHelpTest {
  @Test
  void everyNumberAndFlagHasItsRule() throws IOException {
    for (Job<?> job : ServiceLoader.load(Job.class)) {
      SettingsHelpTest.requireRules(job);
    }
  }

  @Test
  void catalogListsEveryJob() {
    assertThat(JobCatalog.names())
        .containsExactlyInAnyOrderElementsOf(
            ServiceLoader.load(Job.class).stream().map(job -> job.get().name()).toList());
  }
}
