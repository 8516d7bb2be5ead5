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
 * What made a directory: written last, so that its presence says that all of the directory is
 * there. Holds counts, hashes and settings; never text, names or keys.
 *
 * @param job name of the job
 * @param format of the job's output, see {@code Job.format}; 0 in manifests from before there were
 *     formats, and for what no job of this version makes
 * @param settings the job's settings as they took effect, locations left out
 * @param inputs one per input directory or file
 * @param counts rows in, out, dropped and rejected by reason, and whatever else the job counts
 * @param figures measured values that are no counts, such as a loss
 * @param files every file of the directory but this one, in path order
 * @param run what may differ from one run to the next: start, seconds, memory, versions of the code
 *     and of what it runs on, machine
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
   * @param name what the job calls it; {@code file} where it has one kind of files
   * @param path where it lay
   * @param fingerprint of an input directory's manifest, or of a file's name, length and time of
   *     change
   */
  public record Input(String name, String path, String fingerprint) {}

  /**
   * A file of the directory.
   *
   * @param path relative to the directory
   * @param rows of a Parquet file, else -1
   */
  public record OutputFile(String path, long bytes, long rows, String sha256)
      implements Serializable {}

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  /** What a job is to make, before it is made. */
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

  /** This plan, carried out. */
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
   * @param place for the error message
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

  /** Identifies the directory's content and origin; equal for two runs that did the same work. */
  public String fingerprint() {
    List<Input> placeless =
        inputs.stream().map(i -> new Input(i.name(), "", i.fingerprint())).toList();
    Manifest stable =
        new Manifest(job, format, settings, placeless, counts, figures, files, new TreeMap<>());
    return DigestUtils.sha256Hex(stable.toJson());
  }

  /** Whether this is from before there were formats. */
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
   * How this finished output differs from what a job is now asked to make.
   *
   * @return one line per difference; empty if the work is done already
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
          // What lies nowhere, such as a list of rules, is one of its name, and told of already.
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
