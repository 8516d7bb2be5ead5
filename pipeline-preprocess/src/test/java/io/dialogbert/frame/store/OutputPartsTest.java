package io.dialogbert.frame.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputPartsTest {
  private static final String RANDOM = "-0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f-c000.parquet";

  @TempDir private Path temp;

  private final Directories directories = new Directories(new Configuration(false));

  private static Manifest plan(String input) {
    return Manifest.plan(
        "embed",
        1,
        new TreeMap<>(Map.of("width", "4")),
        List.of(new Manifest.Input("checkpoint", "a/model", input)));
  }

  private OutputDirectory output() throws IOException {
    return new OutputDirectory(directories, temp.resolve("vectors").toString(), () -> {});
  }

  private OutputParts parts(OutputDirectory output) throws IOException {
    return new OutputParts(directories, output.hidden(), plan("model 1"));
  }

  private static void write(OutputParts parts, int part, String text, int numFiles)
      throws IOException {
    Path directory = Files.createDirectories(Path.of(parts.path(part).toUri().getPath()));
    for (int file = 0; file < numFiles; file++) {
      Files.writeString(directory.resolve("part-0000" + file + RANDOM), text + " " + file);
    }
    Files.createFile(directory.resolve("_SUCCESS"));
  }

  /** A run that wrote parts 0 and 2, and was killed while it wrote part 1. */
  private void killedRun() throws IOException {
    OutputDirectory killed = output();
    killed.begin();
    OutputParts parts = parts(killed);
    parts.begin();
    write(parts, 0, "old", 2);
    parts.setWhole(0);
    write(parts, 1, "old", 1);
    write(parts, 2, "old", 1);
    parts.setWhole(2);
  }

  @Test
  void takesOverWholePartsAndNamesTheirFilesByTheirNumbers() throws IOException {
    killedRun();
    OutputDirectory output = output();
    OutputParts parts = parts(output);
    OutputParts.requireOf(plan("model 1"), directories, output.others());
    output.begin(parts::takeOver);
    assertThat(output.others()).isEmpty();
    assertThat(List.of(parts.isWhole(0), parts.isWhole(1), parts.isWhole(2)))
        .containsExactly(true, false, true);
    assertThat(Path.of(parts.path(1).toUri().getPath())).doesNotExist();
    write(parts, 1, "new", 1);
    parts.setWhole(1);
    parts.install(new org.apache.hadoop.fs.Path(output.hidden(), "data"), 3);
    new OutputFiles(directories).tidy(output.hidden());
    output.commit();
    Path data = temp.resolve("vectors/data");
    assertThat(data.resolve("part-00000-00000.parquet")).hasContent("old 0");
    assertThat(data.resolve("part-00000-00001.parquet")).hasContent("old 1");
    assertThat(data.resolve("part-00001-00000.parquet")).hasContent("new 0");
    assertThat(data.resolve("part-00002-00000.parquet")).hasContent("old 0");
    try (Stream<Path> all = Files.walk(temp)) {
      assertThat(all.filter(Files::isRegularFile)).hasSize(4);
    }
  }

  @Test
  void takesOverWhatARunThatTookOverLeft() throws IOException {
    killedRun();
    OutputDirectory second = output();
    second.begin(parts(second)::takeOver);
    OutputDirectory third = output();
    OutputParts parts = parts(third);
    third.begin(parts::takeOver);
    assertThat(List.of(parts.isWhole(0), parts.isWhole(1), parts.isWhole(2)))
        .containsExactly(true, false, true);
  }

  /** A part that is being installed has lost some of its files. */
  @Test
  void makesPartsAnewThatWereBeingInstalled() throws IOException {
    killedRun();
    OutputDirectory killed = output();
    OutputParts installing = parts(killed);
    killed.begin(installing::takeOver);
    // Part 1 is not there.
    assertThatThrownBy(
            () -> installing.install(new org.apache.hadoop.fs.Path(killed.hidden(), "data"), 2))
        .isInstanceOf(IOException.class);
    OutputDirectory output = output();
    OutputParts parts = parts(output);
    output.begin(parts::takeOver);
    assertThat(List.of(parts.isWhole(0), parts.isWhole(2))).containsExactly(false, true);
  }

  @Test
  void refusesPartsOfAnotherRunAndLeavesThem() throws IOException {
    killedRun();
    OutputDirectory output = output();
    List<org.apache.hadoop.fs.Path> left = output.others();
    assertThatThrownBy(() -> OutputParts.requireOf(plan("model 2"), directories, left))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            left.get(0)
                + " holds parts of another run:\n"
                + "  input checkpoint is new or has changed: a/model\n"
                + "  input checkpoint was another: a/model\n"
                + "choose another output, or run without --resume to begin again");
    assertThat(output.others()).hasSize(1);
  }

  @Test
  void isDeletedByARunThatDoesNotTakeOver() throws IOException {
    killedRun();
    OutputDirectory output = output();
    output.begin();
    assertThat(output.others()).isEmpty();
    assertThat(parts(output).isWhole(0)).isFalse();
  }
}
