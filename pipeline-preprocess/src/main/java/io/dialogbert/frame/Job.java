package io.dialogbert.frame;

import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.frame.store.Directories;
import java.io.IOException;

/**
 * One step of the pipeline: directories in, one directory out. A job is looked up by name through
 * {@link java.util.ServiceLoader}, or started by its own {@code main}.
 *
 * @param <C> its settings, a record
 */
public interface Job<C> {
  /** Kebab-case; also the name of its section in the configuration file. */
  String name();

  /**
   * The version of the job's output format, from 1. An output with another version is rebuilt. So
   * the version is raised when the same settings and inputs give different bytes: a changed rule in
   * the code, column, layout or writer. A changed file of rules or words needs no new version if
   * the lineage includes its fingerprint.
   */
  default int format() {
    return 1;
  }

  /** Reads and checks the job's section; problems are recorded in the reader, not thrown. */
  C configure(ConfigReader in);

  /** What the job reads and where its output goes. */
  Lineage lineage(C config);

  /**
   * The lineage of a job whose inputs are found by searching a directory.
   *
   * @throws IOException if that cannot be read
   */
  default Lineage lineage(C config, Directories directories) throws IOException {
    return lineage(config);
  }

  /**
   * Whether the job modifies its inputs. If so, its manifest records them as the job leaves them.
   */
  default boolean changesInputs() {
    return false;
  }

  /** Whether the job uses Spark; if not, no session is started for it. */
  default boolean usesSpark() {
    return true;
  }

  /**
   * Whether the job reports its own progress. For all other jobs, progress is logged once a minute.
   */
  default boolean reportsProgress() {
    return false;
  }

  /**
   * Does the work. Writes only through {@code job}, so that the output appears whole or not at all.
   */
  void run(JobContext job, C config) throws Exception;
}
