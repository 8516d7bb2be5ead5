package io.dialogbert.frame.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.common.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DirectoriesTest {
  private final Directories directories = new Directories(new Configuration(false));
  @TempDir private Path root;

  @Test
  void whatIsHiddenBelowADirectoryIsNoInput() throws IOException {
    write("day/a.jsonl");
    write("day/deep/b.jsonl");
    write("day/_SUCCESS");
    write("day/_temporary/0/c.jsonl");
    write("day/.Trash/d.jsonl");
    write("day/manifest.json");
    assertThat(files("day")).containsExactly("a.jsonl", "b.jsonl");
    assertThat(files("day/*")).containsExactly("a.jsonl", "b.jsonl");
    assertThat(files("{day,night}/*")).containsExactly("a.jsonl", "b.jsonl");
    assertThatThrownBy(() -> files("day/*/0/*"))
        .isInstanceOf(BadInputException.class)
        .hasMessage("no input file matches " + root + "/day/*/0/*");
  }

  @Test
  void daysAreFoundInTheirOrderAndNoneIsMissedWhileItIsReplaced() throws IOException {
    write("stage/day=2026-11-27/manifest.json");
    write("stage/day=2026-02-03/manifest.json");
    write("stage/.day=2026-11-28.unfinished/manifest.json");
    write("stage/.day=2026-11-27.replaced/manifest.json");
    assertThat(days("stage").requireAll().paths())
        .extracting(day -> Path.of(day).getFileName().toString())
        .containsExactly("day=2026-02-03", "day=2026-11-27");
    assertThat(days("stage/day=2026-1*").paths()).hasSize(1);
    assertThat(days("nowhere").paths()).isEmpty();

    Files.delete(root.resolve("stage/day=2026-11-27/manifest.json"));
    Files.delete(root.resolve("stage/day=2026-11-27"));
    assertThat(days("stage").paths()).hasSize(1);
    assertThatThrownBy(() -> days("stage").requireAll())
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("day=2026-11-27 is just being replaced");
    assertThat(days("stage").requireAll("day=2026-11-27").paths()).hasSize(1);
    write("stage/day=2026-11/manifest.json");
    assertThatThrownBy(() -> days("stage"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("must be named by its date: ")
        .hasMessageEndingWith("stage/day=2026-11");
  }

  private DayDirectories days(String place) throws IOException {
    return DayDirectories.in(directories, root.resolve(place).toString());
  }

  @Test
  void whatIsHiddenMayBeNamed() throws IOException {
    write("_raw/a.jsonl");
    write("_raw/.b.jsonl");
    assertThat(files("_raw")).containsExactly("a.jsonl");
    assertThat(files("_raw/*")).containsExactly("a.jsonl");
    assertThat(files("_raw/.b.jsonl")).containsExactly(".b.jsonl");
  }

  @Test
  void nameThatLooksLikeAGlobIsAName() throws IOException {
    write("[LINE] a talk.txt");
    write("L.txt");
    assertThat(files("[LINE] a talk.txt")).containsExactly("[LINE] a talk.txt");
    assertThat(files("[LINE].txt")).containsExactly("L.txt");
    assertThatThrownBy(() -> files("[X].txt")).isInstanceOf(BadInputException.class);
  }

  /** Thai, Arabic, and ASCII. */
  @Test
  void partsThatAnExecutorNumbersInOtherDigitsGetTheSameNames() throws IOException {
    String random = "-0a1b2c3d-0a1b-4c3d-8e5f-0a1b2c3d4e5f-c000.zstd.parquet";
    for (String part : List.of("\u0e50\u0e50\u0e51", "\u0660\u0661\u0662", "003")) {
      write("out/month=2019-10/part-" + part + random);
    }
    assertThat(new OutputFiles(directories).tidy(new org.apache.hadoop.fs.Path(root + "/out")))
        .containsExactly(
            "month=2019-10/part-001.zstd.parquet",
            "month=2019-10/part-003.zstd.parquet",
            "month=2019-10/part-012.zstd.parquet");
  }

  @Test
  void linkThatLeadsNowhereIsAnError() throws IOException {
    write("day/a.jsonl");
    Path link = link("day/deep/b.jsonl");
    for (String glob : List.of("day", "d*", "day/deep")) {
      assertThatThrownBy(() -> directories.files(root + "/" + glob, file -> file.toString()))
          .as(glob)
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("link leads nowhere: file:" + link);
      assertThatThrownBy(() -> files(glob))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("link leads nowhere: (a file) in file:" + root);
    }
    link("day/_temporary/c.jsonl");
    Files.delete(link);
    Files.createSymbolicLink(link, root.resolve("day/a.jsonl"));
    assertThat(files("day")).containsExactly("a.jsonl", "b.jsonl");
    Files.createSymbolicLink(root.resolve("day/loop"), root.resolve("day"));
    assertThatThrownBy(() -> files("day"))
        .isInstanceOf(BadInputException.class)
        .hasMessageEndingWith("/day (FileSystemLoopException)");
  }

  @Test
  void linkThatAGlobMatchesAndThatLeadsNowhereIsAnError() throws IOException {
    write("day/a.jsonl");
    write("day/deep/a.jsonl");
    write("night/a.jsonl");
    link("day/deep/b.jsonl");
    for (String glob : List.of("day/deep/*.jsonl", "*/deep/*", "{day/deep,night}/?.jsonl")) {
      assertThatThrownBy(() -> files(glob))
          .as(glob)
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("link leads nowhere: (a file) in file:" + root);
    }
    for (String glob : List.of("*/*.jsonl", "day/deep/a*", "{day,night}/a.jsonl", "n*")) {
      assertThat(files(glob)).as(glob).containsOnly("a.jsonl");
    }
  }

  /** For example in an archive that was packed in Korea. */
  @Test
  void nameOfAnotherCharacterSetIsNotLeftOutInSilence() throws Exception {
    write("day/a.jsonl");
    int made =
        new ProcessBuilder("sh", "-c", "touch \"$(printf '\\300\\372')\"")
            .directory(root.resolve("day").toFile())
            .start()
            .waitFor();
    assumeThat(made).as("not every file system allows it").isZero();
    for (String glob : List.of("day", "*", "day/*")) {
      assertThatThrownBy(() -> files(glob))
          .as(glob)
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining(" is not in the character set of this process's locale, UTF-8,");
    }
    assertThat(files("day/a*")).containsExactly("a.jsonl");
  }

  @Test
  void fileThatHadoopCannotOpenForItsColonIsNamedAsItMayBeShown() throws IOException {
    write("day/Kim: 09:30.txt");
    write("day/a.jsonl");
    for (String glob : List.of("day", "*", "day/*")) {
      assertThatThrownBy(() -> files(glob))
          .as(glob)
          .isInstanceOf(BadInputException.class)
          .hasMessageStartingWith(
              "Hadoop cannot open local files with a colon in their name: (a file) in file:" + root)
          .hasMessageNotContaining("Kim");
    }
    assertThatThrownBy(() -> files("day/a*"))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "Hadoop cannot search where a name has a colon: "
                + root
                + "/day/a*; name the directory instead");
    write("to: Kim/a.jsonl");
    assertThat(files("to: Kim")).as("of a directory it is no matter").containsExactly("a.jsonl");
  }

  @Test
  void malformedGlobIsAMistakeOfTheConfiguration() {
    assertThatThrownBy(() -> files("day/[ab"))
        .isInstanceOf(BadConfigException.class)
        .hasMessageStartingWith("not a glob: file:" + root + "/day/[ab (");
  }

  @ParameterizedTest
  @CsvSource({
    "raw, true",
    "raw/, true",
    "raw/out/deep, true",
    "'', true",
    "raw/*, true",
    "raw/o*, true",
    "'*/out/*.jsonl', true",
    "'{raw,x/y}/out', true",
    "link, true",
    "raw2, false",
    "raw/*.jsonl, false",
    "x/*, false",
    "'raw/[^o]*', false"
  })
  void outputWithinTheReachOfAnInputOverlapsIt(String input, boolean overlaps) throws IOException {
    write("raw/a.jsonl");
    Files.createSymbolicLink(root.resolve("link"), root.resolve("raw"));
    for (String output : List.of("raw/out", "link/out", "raw/../raw/out")) {
      assertThat(directories.overlap(root + "/" + output, root + "/" + input))
          .as(output)
          .isEqualTo(overlaps);
    }
  }

  @Test
  void whatATaskThatWasGivenUpStillWritesIsNoOutput() throws IOException {
    write("out/data/part-003.zstd.parquet");
    write("out/data/_temporary/0/attempt_1/part-004.zstd.parquet");
    assertThat(new OutputFiles(directories).tidy(new org.apache.hadoop.fs.Path(root + "/out")))
        .containsExactly("data/part-003.zstd.parquet");
  }

  @Test
  void fileIsNoInputDirectory() throws IOException {
    write("messages");
    assertThatThrownBy(() -> directories.finished("messages", root + "/messages"))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "input messages must be a directory that a job has made, not a file: "
                + root
                + "/messages");
  }

  @Test
  void damagedManifestSaysWhatToDo() throws IOException {
    write("messages/manifest.json");
    Files.writeString(root.resolve("messages/manifest.json"), "{\"job\": \"ing");
    assertThatThrownBy(() -> directories.finished("messages", root + "/messages"))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "not a manifest (JsonMappingException): "
                + root
                + "/messages/manifest.json; delete its directory and make it again");
  }

  @Test
  void fileSystemThatDoesNotOpenIsAMistakeOfTheConfiguration() {
    assertThatThrownBy(() -> directories.finished("messages", "hdfs:/messages"))
        .isInstanceOf(BadConfigException.class)
        .hasMessage(
            "file system of hdfs:/messages does not open (Incomplete HDFS URI, no host:"
                + " hdfs:/messages)");
  }

  private Path link(String file) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    return Files.createSymbolicLink(path, root.resolve("nowhere"));
  }

  @Test
  void inputOfAnOlderVersionIsRefusedInOneSentence() throws IOException {
    Path old = Files.createDirectory(root.resolve("old"));
    Files.writeString(
        old.resolve(Manifest.FILE_NAME),
        """
        {"job": "ingest-messages", "codeVersion": "0.1.0-SNAPSHOT", "settings": {}, "inputs": [],
         "counts": {}, "figures": {}, "files": [], "run": {}}
        """);
    assertThatThrownBy(() -> directories.finished("messages", old.toString()))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "input messages was made by an older version of Dialog-BERT: "
                + old
                + "; make it again, with --overwrite");
  }

  @Test
  void namelessFileIsKnownByTheMarkOfItsPath() {
    assertThat(nameless("file:/raw/somebody/chat.txt.gz")).isEqualTo("file-25.txt.gz");
    assertThat(nameless("/raw/chat.somebody")).isEqualTo("file-18");
  }

  private static String nameless(String path) {
    return Directories.pseudonymousName(
        new org.apache.hadoop.fs.Path(path), text -> "" + text.length());
  }

  private void write(String file) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, "{}");
  }

  private List<String> files(String glob) throws IOException {
    return directories.files(root + "/" + glob, file -> "(a file)").stream()
        .map(file -> file.getPath().getName())
        .toList();
  }
}
