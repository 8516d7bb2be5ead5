package io.dialogbert.frame;

import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.frame.store.Directories;
import java.io.IOException;

/**
 * One arrow of the pipeline: directories in, one directory out. A job is found by its name through
 * {@link java.util.ServiceLoader}, or started by its own {@code main}.
 *
 * @param <C> its settings, a record
 */
public interface Job<C> {
  /** Kebab-case; also the name of its section in the configuration file. */
  String name();

  /**
   * Number of the form of the job's output, from 1. An output is made again where it differs, so it
   * is raised when the same settings and inputs give other bytes: another rule in the code, column,
   * layout or writer. Files of rules and lists need no new number where the lineage has their
   * fingerprint.
   */
  default int format() {
    return 1;
  }

  /** Reads and checks the job's section; problems are noted in the reader, not thrown. */
  C configure(ConfigReader in);

  /** What the job reads and where its output goes. */
  Lineage lineage(C config);

  /**
   * The same where inputs are what is found in a directory.
   *
   * @throws IOException if that cannot be read
   */
  default Lineage lineage(C config, Directories directories) throws IOException {
    return lineage(config);
  }

  /**
   * Whether the job changes what its lineage names, so that its manifest records the inputs as it
   * leaves them.
   */
  default boolean changesInputs() {
    return false;
  }

  /** Whether the job works with Spark; one that does not gets along without a session. */
  default boolean usesSpark() {
    return true;
  }

  /** Whether the job says itself how far it is; of all others, the log does once a minute. */
  default boolean tellsProgress() {
    return false;
  }

  /**
   * Does the work; writes only through {@code job}, so that the output appears at once or not at
   * all.
   */
  void run(JobContext job, C config) throws Exception;
}
