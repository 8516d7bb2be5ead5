package io.dialogbert.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class ReadmeTest {
  /** So the README's example compiles. */
  @Test
  void showsTheTaskAsItIsCompiledHere() throws IOException {
    String source = Files.readString(Path.of("src/test/java/io/dialogbert/train/MoodTask.java"));
    String task = source.substring(source.indexOf("record MoodTask")).strip();
    assertThat(Files.readString(Path.of("README.md"))).contains("```java\n" + task + "\n```");
  }
}
