package io.dialogbert.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    assertThat(files("day/*")).contains("a.jsonl", "b.jsonl").doesNotContain("_SUCCESS");
  }

  @Test
  void hiddenDirectoryMayBeNamed() throws IOException {
    write("_raw/a.jsonl");
    assertThat(files("_raw")).containsExactly("a.jsonl");
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
    assertThat(directories.tidy(new org.apache.hadoop.fs.Path(root + "/out")))
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
          .hasMessageContaining("link leads nowhere: (a file) in file:" + root + "/day");
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
    return Directories.nameless(new org.apache.hadoop.fs.Path(path), text -> "" + text.length());
  }

  private void write(String file) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, "{}");
  }

  private List<String> files(String glob) throws IOException {
    return directories.files(root + "/" + glob).stream()
        .map(file -> file.getPath().getName())
        .toList();
  }
}
