package io.dialogbert.frame;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.common.BadInputException;
import io.dialogbert.common.Days;
import io.dialogbert.frame.store.DayDirectories;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.frame.store.Manifest;
import java.io.IOException;
import java.time.LocalDate;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;

/** The finished days of a stage beside the one that a job makes. */
public final class OtherDays {
  private final LocalDate day;
  private final SortedMap<LocalDate, InputDirectory> others;

  private OtherDays(LocalDate day, SortedMap<LocalDate, InputDirectory> others) {
    this.day = day;
    this.others = others;
  }

  /**
   * Finds the other days.
   *
   * @param output the directory of the day that is made
   * @throws BadConfigException if the directory that holds the days is itself the output of a job
   * @throws BadInputException if the directory of a day has no manifest
   */
  public static OtherDays of(Directories directories, String output) throws IOException {
    LocalDate day = Days.of(output).orElseThrow();
    String stage = new Path(output).getParent().toString();
    if (directories.manifest(stage).isPresent()) {
      throw new BadConfigException(
          "output holds a whole corpus, to which no day can be added: "
              + stage
              + "; choose another for the days");
    }
    SortedMap<LocalDate, InputDirectory> others = new TreeMap<>();
    for (String other : DayDirectories.in(directories, stage).requireAll(inputName(day)).paths()) {
      LocalDate date = Days.of(other).orElseThrow();
      if (!date.equals(day)) {
        Manifest manifest =
            directories
                .manifest(other)
                .orElseThrow(
                    () ->
                        new BadInputException(
                            "a day has no "
                                + Manifest.FILE_NAME
                                + ": "
                                + other
                                + "; let the run that writes it end, or make it again"));
        others.put(date, new InputDirectory(other, manifest));
      }
    }
    return new OtherDays(day, others);
  }

  /** The other days in their order. */
  public SortedMap<LocalDate, InputDirectory> all() {
    return Collections.unmodifiableSortedMap(others);
  }

  /**
   * The days that were made before this one: those whose manifests do not name it among their
   * inputs. The same whether this one is yet to be made or is there.
   */
  public SortedMap<LocalDate, InputDirectory> madeBefore() {
    SortedMap<LocalDate, InputDirectory> before = new TreeMap<>(others);
    before.values().removeIf(other -> other.manifest().inputs().stream().anyMatch(this::isThis));
    return before;
  }

  private boolean isThis(Manifest.Input input) {
    return input.name().equals(inputName(day));
  }

  /** What a manifest calls another day of the same stage. */
  public static String inputName(LocalDate other) {
    return Days.PREFIX + other;
  }

  /**
   * Checks that all days are made by the same rules.
   *
   * @param plan what this day is made of
   * @param free settings that may differ from day to day
   * @param fixed names of input directories that must be the same; inputs without a path, such as a
   *     key or lists of rules, always must
   * @throws BadConfigException naming a day and how it differs
   */
  public void requireAlike(Manifest plan, Collection<String> free, Set<String> fixed) {
    Manifest rules = rules(plan, free, fixed);
    for (InputDirectory other : others.values()) {
      List<String> differences = rules(other.manifest(), free, fixed).differences(rules);
      if (!differences.isEmpty()) {
        throw new BadConfigException(
            inputName(day)
                + " would be made by other rules than "
                + other.path()
                + "\n  "
                + String.join("\n  ", differences)
                + "\nuse the same, or choose another output for all days");
      }
    }
  }

  private static Manifest rules(Manifest manifest, Collection<String> free, Set<String> fixed) {
    SortedMap<String, String> settings = new TreeMap<>(manifest.settings());
    settings.remove("day");
    settings.keySet().removeAll(free);
    return Manifest.plan(
        manifest.job(),
        manifest.format(),
        settings,
        manifest.inputs().stream()
            .filter(input -> input.path().isEmpty() || fixed.contains(input.name()))
            .toList());
  }
}
