package io.dialogbert.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * How far {@code -Pcuda} can be tested without a card, and without the 600 MB of its kernels: the
 * build puts the other jars of that profile into {@code target/cuda}.
 */
class CudaLinkTest {
  private static final Path JARS = Path.of("target", "cuda");
  private static final String NO_CARD =
      "int cudaGetDeviceCount(int *count) { *count = 0; return 100; }\n";

  private static List<Path> jars;

  @TempDir Path directory;

  /** Asks for the GPU of a task. */
  static final class Task {
    private Task() {}

    public static void main(String[] args) {
      TaskGpu.use();
    }
  }

  @BeforeAll
  static void findJars() throws Exception {
    try (Stream<Path> files = Files.list(JARS)) {
      jars = files.sorted().toList();
    }
    assertThat(jars).hasSize(4);
  }

  private static ClassLinks links(List<Path> added, List<Path> checked) throws Exception {
    URL[] urls = new URL[added.size()];
    for (int i = 0; i < urls.length; i++) {
      urls[i] = added.get(i).toUri().toURL();
    }
    try (URLClassLoader loader = new URLClassLoader(urls, CudaLinkTest.class.getClassLoader())) {
      ClassLinks links = new ClassLinks(loader);
      for (Path jar : checked) {
        links.check(jar);
      }
      return links;
    }
  }

  /** ND4J's CUDA backend was built with an older JavaCPP, and its dependencies are excluded. */
  @Test
  void everythingThatTheCudaBackendNamesIsOnTheClassPath() throws Exception {
    ClassLinks links = links(jars, jars);
    assertThat(links.broken()).isEmpty();
    assertThat(links.checked()).isGreaterThan(10_000);
  }

  @Test
  void aMissingJarWouldBeSeen() throws Exception {
    List<Path> nd4j = jars.stream().filter(jar -> jar.toString().contains("nd4j-")).toList();
    assertThat(links(nd4j, nd4j).broken())
        .contains(
            "org/nd4j/linalg/jcublas/JCublasBackend -> org/bytedeco/cuda/global/cudart"
                + " cudaGetDeviceCount([I)I");
  }

  /**
   * JavaCPP's own libraries of CUDA load with an empty driver. A runtime that finds no card then
   * makes ND4J fall back to the CPU, which a task must refuse.
   */
  @Test
  @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
  void aTaskOfABuildForGpusSaysThatThereIsNoCard() throws Exception {
    compile("libcuda.so.1", "");
    compile("libcudart.so.11.0", NO_CARD);
    String classPath =
        Stream.concat(
                jars.stream().map(Path::toString), Stream.of(System.getProperty("java.class.path")))
            .collect(Collectors.joining(":"));
    ProcessBuilder builder =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                "-Dorg.bytedeco.javacpp.cachedir=" + directory.resolve("cache"),
                "-cp",
                classPath,
                Task.class.getName())
            .redirectErrorStream(true);
    builder.environment().put("LD_LIBRARY_PATH", directory.toString());
    assertThat(run(builder))
        .contains(
            "BadConfigException: this is a build for GPUs (-Pcuda), but ND4J computes on the CPU:"
                + " its CUDA backend does not run (")
        .contains("No CUDA devices were found in system); mend that, or build without -Pcuda");
  }

  /** Makes a shared library whose symbols have the version that JavaCPP's libraries ask for. */
  private void compile(String library, String code) throws Exception {
    Path source = Files.writeString(directory.resolve(library + ".c"), code);
    Path versions =
        Files.writeString(directory.resolve(library + ".map"), library + " { global: *; };\n");
    List<String> command = new ArrayList<>(List.of("cc", "-shared", "-fPIC", "-o"));
    command.add(directory.resolve(library).toString());
    command.add("-Wl,-soname," + library + ",--version-script=" + versions);
    command.add(source.toString());
    assertThat(run(new ProcessBuilder(command).redirectErrorStream(true))).isEmpty();
  }

  private String run(ProcessBuilder builder) throws Exception {
    Path log = directory.resolve("log");
    Process process = builder.redirectOutput(log.toFile()).start();
    try {
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("ended in time").isTrue();
    } finally {
      process.destroyForcibly();
    }
    return Files.readString(log);
  }
}
