package io.dialogbert.distill;

import io.dialogbert.frame.Job;
import io.dialogbert.frame.SettingsHelpTest;
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
}
