package io.dialogbert.distill;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the release says of parts inside its libraries, against these libraries. */
class EmbeddedPartsTest {
  private static final String EMPTY_MARKER = "listenablefuture";

  private static JsonNode document() throws IOException {
    return new ObjectMapper().readTree(Files.readString(Path.of("src/assembly/embedded.cdx.json")));
  }

  /** The jar files that the jobs run with, by name. */
  private static Map<String, Path> jars() throws IOException {
    return Stream.of(Files.readString(Path.of("target/run.classpath")).split(File.pathSeparator))
        .map(entry -> Path.of(entry.strip()))
        .collect(Collectors.toMap(jar -> jar.getFileName().toString(), jar -> jar));
  }

  private static List<String> partsOf(Path jar) {
    try (JarFile file = new JarFile(jar.toFile())) {
      List<String> parts = new ArrayList<>();
      for (var entry : file.stream().filter(e -> e.getName().endsWith("pom.properties")).toList()) {
        Properties pom = new Properties();
        try (InputStream in = file.getInputStream(entry)) {
          pom.load(in);
        }
        parts.add(
            "pkg:maven/%s/%s@%s"
                .formatted(
                    pom.getProperty("groupId"),
                    pom.getProperty("artifactId"),
                    pom.getProperty("version")));
      }
      return parts;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String jar(JsonNode library) {
    return library.path("name").asText() + "-" + library.path("version").asText() + ".jar";
  }

  private static List<String> texts(Iterable<JsonNode> nodes, String field) {
    List<String> texts = new ArrayList<>();
    nodes.forEach(node -> texts.add(node.path(field).asText()));
    return texts;
  }

  @Test
  void areThoseOfTheLibraries() throws IOException {
    Map<String, Path> jars = jars();
    for (JsonNode library : document().path("components")) {
      String jar = jar(library);
      assertThat(jars).containsKey(jar);
      if (library.path("components").path(0).has("purl")) {
        List<String> found = partsOf(jars.get(jar));
        found.remove(library.path("purl").asText());
        found.removeIf(part -> part.contains(EMPTY_MARKER));
        assertThat(texts(library.path("components"), "purl"))
            .as(jar)
            .containsExactlyInAnyOrderElementsOf(found);
      }
    }
  }

  @Test
  void areWhatWeaknessesAreStatedOf() throws IOException {
    List<String> refs = new ArrayList<>();
    for (JsonNode library : document().path("components")) {
      refs.addAll(texts(library.path("components"), "bom-ref"));
    }
    assertThat(refs).doesNotHaveDuplicates();
    for (JsonNode weakness : document().path("vulnerabilities")) {
      assertThat(refs).containsAll(texts(weakness.path("affects"), "ref"));
      assertThat(weakness.path("analysis").path("detail").asText()).isNotEmpty();
    }
  }
}
