package io.dialogbert.kill;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dialogbert.frame.store.Manifest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** A directory with a manifest, as a reader sees it. */
record Directory(Path path) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Prefix of a manifest's facts about changes; their values begin with the time. */
  private static final String CHANGE = "forget.";

  private static final String TIME = "^\\S+ ";

  private Path manifest() {
    return path.resolve(Manifest.FILE_NAME);
  }

  boolean exists() {
    return Files.exists(path);
  }

  /** The manifest's text, if there is one. */
  Optional<String> manifestText() throws IOException {
    try {
      return Optional.of(Files.readString(manifest()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /**
   * What a reader would take for complete although it is not, if anything.
   *
   * @param fingerprints fingerprints of the manifests that may be found
   * @param needsManifest whether an existing directory must have a manifest
   */
  Optional<String> halfWritten(Set<String> fingerprints, boolean needsManifest) throws IOException {
    while (true) {
      Optional<Object> place = place();
      Optional<String> text = manifestText();
      Optional<String> wrong = Optional.empty();
      if (text.isPresent()) {
        wrong = wrong(Manifest.fromJson(text.get(), manifest().toString()), fingerprints);
      } else if (place.isPresent() && needsManifest) {
        wrong = Optional.of("no manifest in " + path.getFileName());
      }
      // If it was replaced meanwhile, two directories were checked.
      if (wrong.isEmpty() || (place.equals(place()) && text.equals(manifestText()))) {
        return wrong;
      }
    }
  }

  /** What distinguishes the directory from another one with the same name. */
  private Optional<Object> place() throws IOException {
    try {
      return Optional.of(Files.readAttributes(path, BasicFileAttributes.class).fileKey());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private Optional<String> wrong(Manifest manifest, Set<String> fingerprints) throws IOException {
    if (!fingerprints.contains(manifest.fingerprint())) {
      return Optional.of(path.getFileName() + " has a manifest that is neither old nor new");
    }
    for (Manifest.OutputFile part : manifest.files()) {
      Path file = path.resolve(part.path());
      try {
        if (Files.size(file) != part.bytes()) {
          return Optional.of(file + " is not as long as the manifest says");
        }
      } catch (NoSuchFileException e) {
        return Optional.of(file + " is missing");
      }
    }
    return Optional.empty();
  }

  /** The fingerprint of its manifest. */
  String fingerprint() throws IOException {
    return Manifest.fromJson(manifestText().orElseThrow(), manifest().toString()).fingerprint();
  }

  /** Directories and every file's bytes; of the manifest, all but what may differ between runs. */
  Map<String, String> contents() throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> entries = Files.walk(path)) {
      for (Path entry : entries.toList()) {
        String name = path.relativize(entry).toString();
        if (Files.isDirectory(entry)) {
          contents.put(name, "");
        } else if (name.equals(Manifest.FILE_NAME)) {
          contents.put(name, withoutRun(entry));
        } else {
          // One character per byte, so that nothing is lost.
          contents.put(name, Files.readString(entry, StandardCharsets.ISO_8859_1));
        }
      }
    }
    return contents;
  }

  /** Names that only one of two directories has, or whose contents differ. */
  static Set<String> differences(Map<String, String> one, Map<String, String> other) {
    Set<String> names = new TreeSet<>(one.keySet());
    names.addAll(other.keySet());
    names.removeIf(name -> Objects.equals(one.get(name), other.get(name)));
    return names;
  }

  /** Changes and their number must not differ; only their times may. */
  private static String withoutRun(Path manifest) throws IOException {
    ObjectNode tree = (ObjectNode) JSON.readTree(manifest.toFile());
    ObjectNode changes = JSON.createObjectNode();
    for (Map.Entry<String, JsonNode> fact : tree.get("run").properties()) {
      if (fact.getKey().startsWith(CHANGE)) {
        changes.put(fact.getKey(), fact.getValue().asText().replaceFirst(TIME, ""));
      }
    }
    tree.set("run", changes);
    return tree.toString();
  }

  /** Names of everything in a directory, hidden or not. */
  static Set<String> names(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      Set<String> names = new TreeSet<>();
      entries.forEach(entry -> names.add(Objects.toString(entry.getFileName())));
      return names;
    }
  }
}
