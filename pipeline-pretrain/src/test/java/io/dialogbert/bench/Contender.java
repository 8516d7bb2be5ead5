package io.dialogbert.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One side of a comparison, in its own process so that its memory can be measured. It reads its
 * case, one line of JSON. It prints {@code ready}, its number of parameters, and the mean of the
 * first logits if it is a classifier, else 0. Then it answers each number of repetitions with a
 * JSON list of the seconds that each took.
 */
final class Contender implements AutoCloseable {
  private final String name;
  private final Process process;
  private final Writer requests;
  private final BufferedReader replies;
  private final long parameters;
  private final double firstLogits;

  private Contender(String name, BenchCase benchCase, ProcessBuilder builder) {
    this.name = name;
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("OMP_NUM_THREADS", Integer.toString(benchCase.threads()));
    try {
      process = builder.start();
      requests = process.outputWriter(StandardCharsets.UTF_8);
      replies = process.inputReader(StandardCharsets.UTF_8);
      send(benchCase.toJson());
      String[] ready = receive().split(" ");
      parameters = Long.parseLong(ready[1]);
      firstLogits = Double.parseDouble(ready[2]);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + name, e);
    }
  }

  /** This project, in its own JVM. */
  static Contender ours(BenchCase benchCase) {
    List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java"));
    command.add("-Xmx1g");
    command.add("@" + System.getProperty("bench.root") + "/conf/jvm.options");
    command.add("-Dlog4j2.configurationFile=" + System.getProperty("log4j2.configurationFile"));
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), BenchWorker.class.getName()));
    return new Contender("ours", benchCase, new ProcessBuilder(command));
  }

  /** PyTorch, one operation after another. */
  static Contender torch(BenchCase benchCase) {
    return python("PyTorch", benchCase, "eager");
  }

  /** PyTorch after {@code torch.compile}. */
  static Contender compiled(BenchCase benchCase) {
    return python("torch.compile", benchCase, "compiled");
  }

  /** ONNX Runtime, over what PyTorch exports; predicts only. */
  static Contender onnx(BenchCase benchCase) {
    return python("ONNX Runtime", benchCase, "onnx");
  }

  /** {@code torch_contender.py} under the Python that bin/bench found. */
  private static Contender python(String name, BenchCase benchCase, String mode) {
    String script =
        System.getProperty("bench.root") + "/pipeline-pretrain/src/test/python/torch_contender.py";
    ProcessBuilder builder = new ProcessBuilder(System.getProperty("bench.python"), script, mode);
    builder.environment().put("PYTHONWARNINGS", "ignore");
    // This setting is ours; users of PyTorch do not have it.
    builder.environment().remove("OMP_WAIT_POLICY");
    return new Contender(name, benchCase, builder);
  }

  String name() {
    return name;
  }

  /** Mean of the logits of the first batch, before any training and without dropout. */
  double firstLogits() {
    return firstLogits;
  }

  long parameters() {
    return parameters;
  }

  /** Seconds of each of {@code count} repetitions. */
  List<Double> run(int count) throws IOException {
    send(Integer.toString(count));
    return Arrays.stream(new ObjectMapper().readValue(receive(), double[].class)).boxed().toList();
  }

  private void send(String line) throws IOException {
    requests.write(line + "\n");
    requests.flush();
  }

  private String receive() throws IOException {
    String line = replies.readLine();
    if (line == null) {
      throw new IOException(name + " ended; its message is above");
    }
    return line;
  }

  /** Peak memory of the process, in MiB. */
  double peakMemory() throws IOException {
    return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
        .sum();
  }

  @Override
  public void close() throws IOException {
    requests.close();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
