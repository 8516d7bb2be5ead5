package io.dialogbert.frame;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.common.Days;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The parsed command line after the job's name.
 *
 * @param config the configuration file, if one is given
 * @param sets settings that override the file, as {@code KEY=VALUE}
 * @param day the day to which the job is restricted
 * @param overwrite whether a finished output of other settings or inputs may be replaced
 * @param resume whether a job that can do so continues a run that was stopped
 */
record Arguments(
    Optional<String> config,
    List<String> sets,
    Optional<LocalDate> day,
    boolean overwrite,
    boolean resume) {
  static final String USAGE =
      """
      usage: dialogbert JOB --config FILE [--set KEY=VALUE]... [--day DAY] [--overwrite] [--resume]

        --config FILE    HOCON; the job reads its own section
        --set KEY=VALUE  overrides one setting, keys dotted from the root of the file; a value that
                         begins with ", [ or { is HOCON ("" is empty, "\\t" a tab), any other
                         stands for itself
        --day DAY        such as 2026-11-27: makes only that day's part of the output, below it as
                         day=2026-11-27; in the file, ${day} stands for it
        --overwrite      replaces a finished output that was made with other settings or inputs, or
                         that lost a file or was damaged
        --resume         lets a training job, predict or embed go on where a run of it was stopped;
                         begins if none was
        --help           prints this; after JOB, its settings with their defaults, too
        --version        instead of JOB: prints the version

      exit codes: 0 done, 2 bad configuration, 3 bad input, 4 stopped on request (go on with
      --resume), 1 anything else
      DIALOGBERT_LOG=debug in the environment logs what led to an error, too
      """;

  private static final Set<String> HELP = Set.of("--help", "-h");

  /** Whether one of the arguments asks for help. */
  static boolean askForHelp(String... args) {
    return Stream.of(args).anyMatch(HELP::contains);
  }

  /**
   * Reads the arguments.
   *
   * @throws BadConfigException if one is unknown, lacks its value or is given twice; with the usage
   */
  static Arguments parse(String[] args) {
    Optional<String> config = Optional.empty();
    List<String> sets = new ArrayList<>();
    Optional<LocalDate> day = Optional.empty();
    boolean overwrite = false;
    boolean resume = false;
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--overwrite" -> overwrite = true;
        case "--resume" -> resume = true;
        case "--config" -> {
          if (config.isPresent()) {
            throw new BadConfigException(
                "--config is given twice; let one file include the other\n" + USAGE);
          }
          config = Optional.of(valueAfter(i++, args));
        }
        case "--set" -> sets.add(valueAfter(i++, args));
        case "--day" -> {
          if (day.isPresent()) {
            throw new BadConfigException("--day is given twice; run one day after the other");
          }
          day = Optional.of(day(valueAfter(i++, args)));
        }
        default -> throw new BadConfigException("unknown argument " + args[i] + "\n" + USAGE);
      }
    }
    return new Arguments(config, sets, day, overwrite, resume);
  }

  private static String valueAfter(int flag, String... args) {
    if (flag + 1 == args.length) {
      throw new BadConfigException(args[flag] + " needs a value\n" + USAGE);
    }
    return args[flag + 1];
  }

  private static LocalDate day(String text) {
    return Days.parse(text)
        .orElseThrow(
            () -> new BadConfigException("--day must be a date such as 2026-11-27, not " + text));
  }
}
