package io.dialogbert.finetune.mine;

import io.dialogbert.common.BadInputException;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.reaction.ReactionRow;
import io.dialogbert.reaction.ReactionRules;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;

/**
 * What mine-reactions found, as later jobs read it.
 *
 * @param rows the table of members
 * @param harmful regular expressions of more harmful replies
 */
public record MinedReactions(List<ReactionRow> rows, List<String> harmful) {
  static final String HARMFUL_FILE = "harmful-patterns.txt";

  /** A lineage with the output of mine-reactions, and with the rules that find classes by it. */
  public static Lineage lineage(Lineage lineage, String name, String directory) {
    return withRules(lineage.dataset(name, directory, "mine-reactions"));
  }

  /** A lineage with all that a reply's key depends on. */
  static Lineage withRules(Lineage lineage) {
    return Tokenizers.withDictionaries(
        lineage.fingerprint("reaction-rules", ReactionRules.fingerprint()));
  }

  /**
   * Reads an input directory.
   *
   * @param input the job's name for it
   * @throws BadInputException if it was mined by other rules than those of this version, under
   *     which replies would have other keys
   */
  public static MinedReactions load(JobContext job, String input) throws IOException {
    String directory = job.inputPath(input);
    // Inputs without a path are the fingerprints of rules.
    List<Manifest.Input> rules =
        job.input(input).inputs().stream().filter(mined -> mined.path().isEmpty()).toList();
    if (!job.plan().inputs().containsAll(rules)) {
      throw new BadInputException(
          directory + " was mined by other rules than those of this version; mine it again");
    }
    List<ReactionRow> rows =
        job.read(input, ReactionTables.REACTIONS).collectAsList().stream()
            .map(ReactionTables::fromRow)
            .toList();
    return new MinedReactions(rows, harmful(job, new Path(directory, HARMFUL_FILE)));
  }

  private static List<String> harmful(JobContext job, Path file) throws IOException {
    try {
      return Stream.of(job.directories().readString(file).split("\n"))
          .filter(line -> !line.isEmpty())
          .toList();
    } catch (FileNotFoundException e) {
      throw new BadInputException(
          file + " must be there; an earlier version did not write it: mine the reactions again",
          e);
    }
  }

  /** Writes the patterns into the job's output. */
  static void saveHarmful(JobContext job, List<String> patterns) throws IOException {
    StringBuilder lines = new StringBuilder();
    patterns.forEach(pattern -> lines.append(pattern).append('\n'));
    job.directories().writeString(job.outputPath(HARMFUL_FILE), lines.toString());
  }
}
