package io.dialogbert.kill;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.commons.io.FileUtils;

/**
 * The directories that change when users are forgotten, and the report about it. A directory may
 * lack a manifest while it changes; no job takes it for complete then.
 */
final class ForgottenDirectories implements Subject {
  private static final String STAGED = ".rewrite";
  private static final String READY = "ready";

  private final Path reference;
  private final Path stages;
  private final OutputDirectory report;
  private final Map<String, Map<String, String>> before = new TreeMap<>();
  private final Map<String, Map<String, String>> after = new TreeMap<>();
  private final Map<String, Set<String>> fingerprints = new TreeMap<>();
  private Map<String, String> firstReport = Map.of();
  private Map<String, String> secondReport = Map.of();

  /**
   * Creates the directories.
   *
   * @param reference holds them as they are before a run; never changed
   * @param stages where they are copied and changed
   */
  ForgottenDirectories(Path reference, Path stages, OutputDirectory report) throws IOException {
    this.reference = reference;
    this.stages = stages;
    this.report = report;
    for (String name : Directory.names(reference)) {
      Directory directory = new Directory(reference.resolve(name));
      before.put(name, directory.contents());
      fingerprints.put(name, new HashSet<>(Set.of(directory.fingerprint())));
    }
  }

  @Override
  public void reset(boolean replaces) throws IOException {
    report.reset(replaces);
    report.want(firstReport);
    FileUtils.deleteDirectory(stages.toFile());
    FileUtils.copyDirectory(reference.toFile(), stages.toFile());
  }

  @Override
  public Moment moment() throws IOException {
    Moment ofReport = report.moment();
    if (ofReport == Moment.BEFORE_WRITING || ofReport == Moment.AFTER) {
      return ofReport;
    }
    if (isReady()) {
      return Moment.COMMITTING;
    }
    return isChanged() ? Moment.AFTER : Moment.WRITING;
  }

  /** Whether all new files exist, but not all are in place. */
  private boolean isReady() {
    return before.keySet().stream()
        .anyMatch(name -> Files.exists(stages.resolve("." + name + STAGED).resolve(READY)));
  }

  private boolean isChanged() throws IOException {
    for (String name : before.keySet()) {
      Optional<String> manifest = new Directory(reference.resolve(name)).manifestText();
      if (!new Directory(stages.resolve(name)).manifestText().equals(manifest)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void learn() throws IOException {
    for (String name : before.keySet()) {
      Directory directory = new Directory(stages.resolve(name));
      after.put(name, directory.contents());
      fingerprints.get(name).add(directory.fingerprint());
    }
    if (after.equals(before)) {
      throw new IllegalStateException("nothing was forgotten");
    }
    report.learn();
    firstReport = report.contents();
  }

  /** Records the present report as that of a run that finds everything already changed. */
  void learnSecondReport() throws IOException {
    report.learn();
    secondReport = report.contents();
  }

  @Override
  public Optional<String> halfWritten() throws IOException {
    for (String name : before.keySet()) {
      Optional<String> wrong =
          new Directory(stages.resolve(name)).halfWritten(fingerprints.get(name), false);
      if (wrong.isPresent()) {
        return wrong;
      }
    }
    return report.halfWritten();
  }

  @Override
  public Optional<String> wrongWhenKilled() throws IOException {
    Optional<String> wrong = report.wrongWhenKilled();
    for (String name : before.keySet()) {
      Directory directory = new Directory(stages.resolve(name));
      if (directory.manifestText().isEmpty()) {
        if (!isReady()) {
          wrong = Optional.of(name + " has no manifest, and nothing tells how to go on");
        }
      } else {
        Map<String, String> now = directory.contents();
        if (!now.equals(before.get(name)) && !now.equals(after.get(name))) {
          wrong = Optional.of(name + " is neither as before nor as after");
        }
      }
    }
    if (report.moment() != Moment.AFTER && moment().compareTo(Moment.COMMITTING) >= 0) {
      // The run that continues completes the work first, and then finds nothing to do.
      report.want(secondReport);
    }
    return wrong;
  }

  @Override
  public Optional<String> wrongWhenDone() throws IOException {
    Set<String> names = Directory.names(stages);
    if (!names.equals(before.keySet())) {
      return Optional.of("something is left, or gone: " + names);
    }
    for (String name : names) {
      Set<String> others =
          Directory.differences(new Directory(stages.resolve(name)).contents(), after.get(name));
      if (!others.isEmpty()) {
        return Optional.of(name + " is not as after an undisturbed run: " + others);
      }
    }
    return report.wrongWhenDone();
  }
}
