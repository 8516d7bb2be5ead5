package io.dialogbert.job.forget;

import io.dialogbert.frame.config.ConfigReader;
import java.util.List;
import java.util.Optional;

/**
 * Settings of {@link ForgetJob}.
 *
 * @param users text files of user ids
 * @param directories the pipeline's directories, or any of their ancestors
 * @param pseudonymKeyFile file that holds the pseudonym key
 * @param pseudonymKeyVariable environment variable that holds it, if no file is named
 */
public record ForgetConfig(
    List<String> users,
    List<String> directories,
    String output,
    Optional<String> pseudonymKeyFile,
    String pseudonymKeyVariable) {

  static ForgetConfig read(ConfigReader in) {
    return new ForgetConfig(
        in.paths("users"),
        in.paths("directories"),
        in.path("output"),
        in.optionalPath("pseudonym-key-file"),
        in.string("pseudonym-key-variable"));
  }
}
