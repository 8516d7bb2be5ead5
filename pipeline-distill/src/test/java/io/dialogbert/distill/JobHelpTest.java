package io.dialogbert.distill;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.frame.Job;
import io.dialogbert.frame.SettingsHelpTest;
import io.dialogbert.frame.config.JobCatalog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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
    List<String> jobs = new ArrayList<>();
    for (Job<?> job : ServiceLoader.load(Job.class)) {
      jobs.add(job.name());
    }
    assertThat(JobCatalog.names()).containsExactlyInAnyOrderElementsOf(jobs);
  }
}
