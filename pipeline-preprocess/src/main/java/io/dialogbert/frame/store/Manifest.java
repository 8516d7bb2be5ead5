package io.dialogbert.frame.store;

import static java.util.stream.Collectors.toSet;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.dialogbert.common.BadInputException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Records what made a directory. It is written last, so its presence means that the directory is
 * complete. Holds counts, hashes and settings; never text, names or keys.
 *
 * @param job name of the job
 * @param format format version of the job's output, see {@code Job.format}; 0 in manifests written
 *     before formats existed, and for output that no job of this version makes
 * @param settings the job's effective settings, without paths
 * @param inputs one per input directory or file
 * @param counts rows in, rows out, rows dropped and rejected by reason, and the job's other counts
 * @param figures measured values that are not counts, such as a loss
 * @param files every file of the directory except the manifest, in path order
 * @param run what may differ between runs: start, seconds, memory, versions of the code and its
 *     platform, machine
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Manifest(
    String job,
    int format,
    SortedMap<String, String> settings,
    List<Input> inputs,
    SortedMap<String, Long> counts,
    SortedMap<String, Double> figures,
    List<OutputFile> files,
    SortedMap<String, String> run) {

  public static final String FILE_NAME = "manifest.json";

  /**
   * Something the job read.
   *
   * @param name the job's name for it; {@code file} if the job has only one kind of file
   * @param path where it was
   * @param fingerprint of an input directory's manifest, or of a file's name, length and
   *     modification time
   */
  public record Input(String name, String path, String fingerprint) {}

  /**
   * A file of the directory.
   *
   * @param path relative to the directory
   * @param rows number of rows of a Parquet file, otherwise -1
   */
  public record OutputFile(String path, long bytes, long rows, String sha256)
      implements Serializable {}

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  /** The manifest of an output that is yet to be made. */
  public static Manifest plan(
      String job, int format, SortedMap<String, String> settings, List<Input> inputs) {
    return new Manifest(
        job,
        format,
        settings,
        inputs,
        new TreeMap<>(),
        new TreeMap<>(),
        List.of(),
        new TreeMap<>());
  }

  /** This plan with the results of the run. */
  public Manifest with(
      SortedMap<String, Long> newCounts,
      SortedMap<String, Double> newFigures,
      List<OutputFile> newFiles,
      SortedMap<String, String> newRun) {
    return new Manifest(job, format, settings, inputs, newCounts, newFigures, newFiles, newRun);
  }

  public String toJson() {
    try {
      return JSON.writeValueAsString(this) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a manifest of plain values could not be written", e);
    }
  }

  /**
   * Reads a manifest.
   *
   * @param place shown in the error message
   * @throws BadInputException if it is not one
   */
  public static Manifest fromJson(String json, String place) {
    try {
      Manifest manifest = JSON.readValue(json, Manifest.class);
      if (manifest == null
          || Stream.of(
                  manifest.job(),
                  manifest.settings(),
                  manifest.inputs(),
                  manifest.counts(),
                  manifest.figures(),
                  manifest.files(),
                  manifest.run())
              .anyMatch(Objects::isNull)) {
        throw damaged("a part of it is missing", place, null);
      }
      return manifest;
    } catch (JsonProcessingException e) {
      throw damaged(e.getClass().getSimpleName(), place, e);
    }
  }

  private static BadInputException damaged(String reason, String place, Exception cause) {
    return new BadInputException(
        "not a manifest (" + reason + "): " + place + "; delete its directory and make it again",
        cause);
  }

  /** Identifies the directory's content and origin. Equal for two runs that did the same work. */
  public String fingerprint() {
    List<Input> placeless =
        inputs.stream().map(i -> new Input(i.name(), "", i.fingerprint())).toList();
    Manifest stable =
        new Manifest(job, format, settings, placeless, counts, figures, files, new TreeMap<>());
    return DigestUtils.sha256Hex(stable.toJson());
  }

  /** Whether this was written before formats existed. */
  boolean isOlder() {
    return format == 0;
  }

  /** The rows of a table of this directory, summed over its files. */
  public long rows(String table) {
    return files.stream()
        .filter(f -> f.path().startsWith(table + "/"))
        .mapToLong(f -> Math.max(0, f.rows()))
        .sum();
  }

  /**
   * How this finished output differs from what is now requested.
   *
   * @return one line per difference; empty if the work is already done
   */
  public List<String> differences(Manifest wanted) {
    List<String> lines = new ArrayList<>();
    compare(lines, "job", job, wanted.job);
    if (isOlder()) {
      lines.add("it was made by an older version of Dialog-BERT, whose output may differ");
    } else {
      compare(lines, "format", String.valueOf(format), String.valueOf(wanted.format));
    }
    TreeMap<String, String> all = new TreeMap<>(settings);
    all.putAll(wanted.settings);
    for (String key : all.keySet()) {
      compare(
          lines,
          key,
          settings.getOrDefault(key, "(not set)"),
          wanted.settings.getOrDefault(key, "(not set)"));
    }
    List<Input> wantedInputs = wanted.inputs;
    Set<String> had = inputs.stream().map(Manifest::identity).collect(toSet());
    Set<String> want = wantedInputs.stream().map(Manifest::identity).collect(toSet());
    if (inputs.size() != wantedInputs.size() || !had.equals(want)) {
      wantedInputs.stream()
          .filter(input -> !had.contains(identity(input)))
          .forEach(input -> lines.add(named(input) + " is new or has changed" + place(input)));
      inputs.stream()
          .filter(input -> !want.contains(identity(input)))
          // An input without a path, such as a list of rules, is unique by name and was already
          // reported.
          .filter(input -> !input.path().isEmpty() || !names(wantedInputs).contains(input.name()))
          .forEach(input -> lines.add(named(input) + " was another" + place(input)));
      if (inputs.size() != wantedInputs.size()) {
        lines.add("inputs were " + inputs.size() + ", are now " + wantedInputs.size());
      }
    }
    return lines;
  }

  private static String named(Input input) {
    return "input " + input.name();
  }

  private static String place(Input input) {
    return input.path().isEmpty() ? "" : ": " + input.path();
  }

  private static Set<String> names(List<Input> inputs) {
    return inputs.stream().map(Input::name).collect(toSet());
  }

  private static String identity(Input input) {
    return input.name() + " " + input.fingerprint();
  }

  private static void compare(List<String> lines, String what, String had, String want) {
    if (!had.equals(want)) {
      lines.add(what + " was " + had + ", is now " + want);
    }
  }
}
