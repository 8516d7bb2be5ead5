package io.dialogbert.distill.search;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dialogbert.common.BadInputException;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.frame.store.Manifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/**
 * What a search has found so far, in a file beside the states of the candidates. A search that is
 * resumed chooses by the latencies and scores of before: measured again, they might be others.
 */
final class SearchLog {
  private static final String FILE = "search.json";
  private static final String PLAN = "search-plan.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Directories directories;
  private final Path file;
  private final Map<String, Candidate> candidates = new LinkedHashMap<>();

  private SearchLog(Directories directories, Path file) {
    this.directories = directories;
    this.file = file;
  }

  /**
   * Opens the log of a search.
   *
   * @param root directory of all states
   * @param plan what the search will make
   * @param resume whether to go on with what is there
   * @param overwrite whether what is there may be deleted
   * @throws BadInputException if something is there that it may neither go on with nor delete
   */
  static SearchLog open(
      Directories directories, String root, Manifest plan, boolean resume, boolean overwrite)
      throws IOException {
    SearchLog log = new SearchLog(directories, new Path(root, FILE));
    Path planFile = new Path(root, PLAN);
    boolean exists = directories.fileSystem(planFile).exists(planFile);
    if (exists && !resume && !overwrite) {
      throw new BadInputException(
          root + " holds an earlier search; --resume goes on with it, --overwrite begins again");
    }
    if (exists && resume) {
      Manifest left = Manifest.fromJson(directories.readString(planFile), planFile.toString());
      List<String> differences = left.differences(plan);
      if (!differences.isEmpty()) {
        throw new BadInputException(
            root
                + " holds another search:\n  "
                + String.join("\n  ", differences)
                + "\nchoose another directory for training.checkpoints, or pass --overwrite without"
                + " --resume to delete it");
      }
      log.read();
    } else {
      directories.fileSystem(log.file).delete(log.file, false);
      directories.writeWhole(planFile, plan.toJson());
    }
    return log;
  }

  private void read() throws IOException {
    if (directories.fileSystem(file).exists(file)) {
      try {
        List<Candidate> left =
            JSON.readValue(directories.readString(file), new TypeReference<List<Candidate>>() {});
        left.forEach(one -> candidates.put(one.shape(), one));
      } catch (JsonProcessingException e) {
        throw new BadInputException(
            file + " is torn; pass --overwrite without --resume to search again", e);
      }
    }
  }

  /** What is known of a shape. */
  Optional<Candidate> find(Shape shape) {
    return Optional.ofNullable(candidates.get(shape.toString()));
  }

  /** Notes a candidate; replaces what was known of it. */
  void put(Candidate candidate) throws IOException {
    candidates.put(candidate.shape(), candidate);
    directories.writeWhole(file, JSON.writeValueAsString(candidates.values()));
  }

  /** Notes the score after a stage. */
  Candidate score(Candidate candidate, double score) throws IOException {
    List<Double> scores = new ArrayList<>(candidate.scores());
    scores.add(score);
    Candidate scored = candidate.with(scores);
    put(scored);
    return scored;
  }

  /** All candidates, in the order in which they were noted first. */
  List<Candidate> all() {
    return List.copyOf(candidates.values());
  }
}
