package io.dialogbert.train.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dialogbert.common.BadConfigException;
import io.dialogbert.common.BadInputException;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.frame.store.Manifest;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The states of a run, one directory each, on a file system that all workers see. A state exists
 * once its {@code position.json} does. That file is written last, and appears atomically: by a
 * rename or, on an object store, at once.
 */
public final class RunDirectory {
  private static final Logger LOG = LoggerFactory.getLogger(RunDirectory.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<SortedMap<String, Double>> VALUES = new TypeReference<>() {};
  private static final String POSITION = "position.json";
  private static final String PREFIX = "step-";
  private static final String ROUND = "round";
  private static final String PLAN = "run.json";
  private static final String OWNER = "owner";
  private static final String STOP = "STOP";
  private static final String EVALUATION = "evaluation.json";

  /** The figure in a checkpoint's manifest that selects the best checkpoint: the lowest wins. */
  public static final String COST = "validation_cost";

  private final Directories directories;
  private final PieceFiles files;
  private final Path root;
  private final Selection selection;
  private final String owner = UUID.randomUUID().toString();

  /** The directory of a run in which the state with the least loss is the best. */
  public RunDirectory(Configuration hadoop, String root) {
    this(hadoop, root, Selection.LEAST_LOSS);
  }

  /**
   * The directory of a run.
   *
   * @param selection tells which state is the best
   */
  public RunDirectory(Configuration hadoop, String root, Selection selection) {
    this.selection = selection;
    this.directories = new Directories(hadoop);
    this.files = new PieceFiles(hadoop, root);
    this.root = new Path(root);
  }

  public Directories directories() {
    return directories;
  }

  public String root() {
    return root.toString();
  }

  /** Name of a state's directory. */
  public static String state(long step) {
    return String.format(java.util.Locale.ROOT, "%s%012d", PREFIX, step);
  }

  /** Directory where the workers of a round leave what is to be averaged. */
  public static String round() {
    return ROUND;
  }

  private FileSystem fileSystem() throws IOException {
    return directories.fileSystem(root);
  }

  public Path path(long step) {
    return new Path(root, state(step));
  }

  /** Directory of the metrics. */
  public Path metrics() {
    return new Path(root, "metrics");
  }

  /**
   * Claims the directory for a run.
   *
   * @param plan what the run will make
   * @param numSteps total number of steps
   * @param resume whether to resume an earlier run of the same plan
   * @param overwrite whether states may be deleted; never those of a run that was to be resumed
   * @return the state to resume from, if there is one
   * @throws BadInputException if there are states of another plan, or states of this plan that may
   *     be neither resumed nor deleted
   * @throws BadConfigException if the state to resume has more than {@code numSteps} steps
   */
  public Optional<Position> open(Manifest plan, long numSteps, boolean resume, boolean overwrite)
      throws IOException {
    Path file = new Path(root, PLAN);
    if (fileSystem().exists(file)) {
      Manifest left = Manifest.fromJson(directories.readString(file), file.toString());
      List<String> changes = left.differences(plan);
      List<String> differences = changes.stream().filter(line -> !PlanChanges.mayBe(line)).toList();
      if (resume && differences.isEmpty()) {
        // Before the claim, which takes the run away from a process that may still be running it.
        requireAtLeastDone(numSteps);
        claim();
        Optional<Position> newest = newest();
        deleteAfter(newest.map(Position::step).orElse(-1L));
        if (!changes.isEmpty()) {
          LOG.warn("the run in {} goes on with changes:\n  {}", root, String.join("\n  ", changes));
          directories.writeWhole(file, plan.toJson());
        }
        return newest;
      }
      if (resume || !overwrite) {
        throw new BadInputException(
            differences.isEmpty()
                ? root + " holds an earlier run; --resume goes on with it, --overwrite begins again"
                : root
                    + " holds another run:\n  "
                    + String.join("\n  ", differences)
                    + "\nchoose another directory for training.checkpoints, or pass --overwrite"
                    + " without --resume to delete it");
      }
      for (FileStatus old : fileSystem().listStatus(root)) {
        // The plan is deleted last: without it, a killed process leaves files of no known run.
        if (!old.getPath().equals(fileSystem().makeQualified(file))) {
          fileSystem().delete(old.getPath(), true);
        }
      }
    } else if (!isEmpty()) {
      throw new BadInputException(
          root + " is not empty and has no " + PLAN + ", so it is not of a training run");
    }
    directories.writeWhole(file, plan.toJson());
    return Optional.empty();
  }

  private void requireAtLeastDone(long numSteps) throws IOException {
    for (Path state : states()) {
      if (step(state) > numSteps && fileSystem().exists(new Path(state, POSITION))) {
        throw new BadConfigException(
            "num-steps = "
                + numSteps
                + " is less than the "
                + step(state)
                + " steps that the run in "
                + root
                + " has done; give so many at least, or pass --overwrite without --resume to begin"
                + " again");
      }
    }
  }

  private boolean isEmpty() throws IOException {
    if (!fileSystem().exists(root)) {
      return true;
    }
    // A killed process may have left a partial first file, which is hidden.
    return Stream.of(fileSystem().listStatus(root))
        .allMatch(file -> Directories.hidden(file.getPath()));
  }

  /** Deletes states that were skipped as incomplete or damaged; the run will reach them again. */
  private void deleteAfter(long step) throws IOException {
    for (Path state : states()) {
      if (step < 0 || state.getName().compareTo(state(step)) > 0) {
        fileSystem().delete(state, true);
      }
    }
  }

  /**
   * Makes this the only process that may continue the run. Any other process that is still running
   * it is refused at its next write. So a scheduler may restart a job after it has lost contact
   * with the driver.
   */
  public void claim() throws IOException {
    directories.writeWhole(new Path(root, OWNER), owner);
  }

  /**
   * Checks that no other process has taken over the run.
   *
   * @throws BadInputException if one has
   */
  private void requireOwned() throws IOException {
    Path file = new Path(root, OWNER);
    if (!fileSystem().exists(file) || !directories.readString(file).equals(owner)) {
      throw new BadInputException(
          "another process has taken up the run in " + root + "; this one ends");
    }
  }

  /**
   * Makes a state visible. All of its pieces must already be written.
   *
   * @throws BadInputException if another process has taken over the run
   */
  public void commit(Position position) throws IOException {
    write(new Path(path(position.step()), POSITION), JSON.writeValueAsString(position));
  }

  /** Saves a state's evaluation in its directory, for {@link #best}. */
  public void evaluated(Evaluation evaluation) throws IOException {
    write(
        new Path(path(evaluation.step()), EVALUATION),
        JSON.writeValueAsString(evaluation.values()));
  }

  /** The best of the states with a saved evaluation. */
  public Optional<Evaluation> best() throws IOException {
    return evaluations().stream().min(selection.bestFirst());
  }

  /** The earliest of the states whose main figure is the best: since then it has not improved. */
  public Optional<Evaluation> lastImproved() throws IOException {
    return evaluations().stream().min(selection.bestByFigureFirst());
  }

  private List<Evaluation> evaluations() throws IOException {
    List<Evaluation> all = new ArrayList<>();
    for (Path state : states()) {
      Path file = new Path(state, EVALUATION);
      if (fileSystem().exists(file)) {
        all.add(new Evaluation(step(state), JSON.readValue(directories.readString(file), VALUES)));
      }
    }
    return all;
  }

  /** What an evaluation costs; the best state costs least. */
  public double cost(Evaluation evaluation) {
    return selection.cost(evaluation.values());
  }

  /**
   * A state that {@link #best} returned. Reads all of it to check that it is intact.
   *
   * @throws BadInputException if it is damaged
   */
  public Position bestPosition(long step) throws IOException {
    Position position = position(path(step));
    Optional<String> damage = damage(position);
    if (damage.isPresent()) {
      throw new BadInputException(
          "the best state is damaged: "
              + damage.get()
              + "; restore the file, or delete "
              + path(step)
              + " and run again with --resume, which takes the best of the states that are left");
    }
    return position;
  }

  private Position position(Path state) throws IOException {
    return JSON.readValue(directories.readString(new Path(state, POSITION)), Position.class);
  }

  /** Writes a file atomically, if this process still owns the run. */
  public void write(Path file, String text) throws IOException {
    requireOwned();
    directories.writeWhole(file, text);
  }

  /** Deletes the files of a discarded round that was to end at a step. */
  public void discard(long step) throws IOException {
    requireOwned();
    fileSystem().delete(new Path(root, ROUND), true);
    fileSystem().delete(path(step), true);
  }

  /**
   * Deletes everything in a state's directory except the state and its evaluation: partial
   * checkpoints and files of failed attempts.
   */
  public void deleteFilesExcept(Position position) throws IOException {
    requireOwned();
    Path state = path(position.step());
    Set<String> own =
        position.vectors().values().stream()
            .flatMap(List::stream)
            .map(piece -> new Path(piece.file()).getName())
            .collect(Collectors.toSet());
    for (FileStatus file : fileSystem().listStatus(state)) {
      String name = file.getPath().getName();
      if (!own.contains(name) && !name.equals(POSITION) && !name.equals(EVALUATION)) {
        fileSystem().delete(file.getPath(), true);
      }
    }
  }

  /** Deletes the stop file; returns whether there was one. */
  public boolean takeStopFile() throws IOException {
    return fileSystem().delete(new Path(root, STOP), false);
  }

  /** The newest intact state; logs the others and skips them. */
  public Optional<Position> newest() throws IOException {
    for (Path state : states()) {
      try {
        Position position = position(state);
        Optional<String> damage = damage(position);
        if (damage.isEmpty()) {
          return Optional.of(position);
        }
        LOG.warn("passed over {}: {}", state, damage.get());
      } catch (FileNotFoundException e) {
        LOG.info("skipped the state in {}, which was not completed", state);
      } catch (JsonProcessingException e) {
        LOG.warn("skipped the state in {}, whose {} is torn", state, POSITION);
      }
    }
    return Optional.empty();
  }

  /** Reads a state's pieces and reports what is wrong with them. */
  private Optional<String> damage(Position position) throws IOException {
    try {
      for (List<VectorPiece> pieces : position.vectors().values()) {
        files.read(pieces, (from, values, length) -> {});
      }
      return Optional.empty();
    } catch (BadInputException e) {
      return Optional.of(e.getMessage());
    }
  }

  private static long step(Path state) {
    return Long.parseLong(state.getName().substring(PREFIX.length()));
  }

  /** Directories of states, newest first. */
  private List<Path> states() throws IOException {
    if (!fileSystem().exists(root)) {
      return List.of();
    }
    return Stream.of(fileSystem().listStatus(root))
        .filter(FileStatus::isDirectory)
        .map(FileStatus::getPath)
        .filter(path -> path.getName().startsWith(PREFIX))
        .sorted(Comparator.comparing(Path::getName).reversed())
        .toList();
  }

  /**
   * Deletes the files of rounds, and all states except the newest checkpoints, the best checkpoint,
   * the best state, the first of equal main figure, and the state that the run continues from.
   */
  public void keep(int checkpoints, Optional<Long> current) throws IOException {
    requireOwned();
    fileSystem().delete(new Path(root, ROUND), true);
    List<String> kept = new ArrayList<>();
    current.ifPresent(step -> kept.add(state(step)));
    best().ifPresent(evaluation -> kept.add(state(evaluation.step())));
    lastImproved().ifPresent(evaluation -> kept.add(state(evaluation.step())));
    String best = "";
    double least = Double.POSITIVE_INFINITY;
    int newest = 0;
    for (Path state : states()) {
      Optional<Manifest> manifest = directories.manifest(state.toString());
      if (manifest.isPresent() && checkpoints > 0) {
        if (newest++ < checkpoints) {
          kept.add(state.getName());
        }
        double cost = manifest.get().figures().getOrDefault(COST, Double.POSITIVE_INFINITY);
        if (cost < least) {
          least = cost;
          best = state.getName();
        }
      }
    }
    kept.add(best);
    for (Path state : states()) {
      if (!kept.contains(state.getName())) {
        fileSystem().delete(state, true);
      }
    }
  }
}
