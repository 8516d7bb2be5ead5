package io.dialogbert.frame;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.frame.store.Manifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/** An output that exists before the job runs, compared with what is requested. */
final class FinishedOutput {
  private final Directories directories;
  private final JobSession session;
  private final Path target;

  FinishedOutput(Directories directories, JobSession session, Path target) {
    this.directories = directories;
    this.session = session;
    this.target = target;
  }

  /**
   * Whether the output is exactly what is requested.
   *
   * @param plan what is requested
   * @param overwrite whether it may be replaced if it is not
   * @throws BadConfigException if it is not and may not be replaced, or is not of the job
   */
  boolean fulfills(Manifest plan, boolean overwrite) throws IOException {
    List<String> differences = differences(requireOwn(plan.job()), plan, overwrite);
    if (!differences.isEmpty() && !overwrite) {
      throw new BadConfigException(
          "output is not what is asked for: "
              + target
              + "\n  "
              + String.join("\n  ", differences)
              + "\nchoose another output, or pass --overwrite to replace it");
    }
    return differences.isEmpty();
  }

  private Manifest requireOwn(String job) throws IOException {
    Optional<Manifest> existing = directories.manifest(target.toString());
    if (existing.isEmpty()) {
      throw new BadConfigException(
          "output directory is not empty and has no "
              + Manifest.FILE_NAME
              + ", so it is not of this pipeline: "
              + target
              + "; move it away or choose another");
    }
    if (!existing.get().job().equals(job)) {
      throw new BadConfigException(
          "output directory is of another job, "
              + existing.get().job()
              + ": "
              + target
              + "; move it away or choose another");
    }
    return existing.get();
  }

  private List<String> differences(Manifest existing, Manifest plan, boolean overwrite)
      throws IOException {
    List<String> differences = new ArrayList<>(existing.differences(plan));
    directories.findDamage(target.toString(), existing).ifPresent(differences::add);
    if (differences.isEmpty() && overwrite) {
      // A user who passes --overwrite may have been told that the output is damaged.
      JobContext.findDamage(session, target.toString(), existing.files())
          .ifPresent(differences::add);
    }
    return differences;
  }
}
