package io.dialogbert.frame.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.common.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputDirectoryTest {
  @TempDir private Path temp;

  private OutputDirectory output() throws IOException {
    return new OutputDirectory(
        new Directories(new Configuration(false)), temp.resolve("messages").toString(), () -> {});
  }

  private static Path written(OutputDirectory output, String text) throws IOException {
    Path directory = Files.createDirectories(Path.of(output.hidden().toUri().getPath()));
    return Files.writeString(directory.resolve("part"), text);
  }

  @Test
  void belongsToTheProcessThatBeganLast() throws IOException {
    OutputDirectory first = output();
    first.begin();
    written(first, "of the first");
    OutputDirectory second = output();
    second.begin();
    written(second, "of the second");
    // The first one's tasks may still be running.
    written(first, "of the first, late");

    assertThatThrownBy(first::commit)
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "another process makes %s, too, and began later; this one ends", first.target());
    assertThatThrownBy(first::discard).isInstanceOf(BadInputException.class);
    assertThat(temp.resolve("messages")).doesNotExist();
    second.commit();
    assertThat(temp.resolve("messages/part")).hasContent("of the second");
    try (Stream<Path> left = Files.list(temp)) {
      assertThat(left).containsExactly(temp.resolve("messages"));
    }
    assertThatThrownBy(first::commit).isInstanceOf(BadInputException.class);
    assertThat(temp.resolve("messages/part")).hasContent("of the second");
  }

  /** A second start that finds the work done must not disturb one that is just replacing it. */
  @Test
  void isNotSweptByAProcessThatOnlyLooks() throws IOException {
    OutputDirectory first = output();
    first.begin();
    written(first, "of the first");
    output().recover();
    first.commit();
    assertThat(temp.resolve("messages/part")).hasContent("of the first");
  }

  @Test
  void isSweptOfWhatARunLeftThatWasKilledAfterItsCommit() throws IOException {
    Files.writeString(
        Files.createDirectory(temp.resolve(".messages.unfinished")).resolve("owner"), "a run");
    Files.createFile(
        Files.createDirectory(temp.resolve(".messages.committing")).resolve("a run-3"));
    output().recover();
    assertThat(temp).isEmptyDirectory();
  }

  @Test
  void isNeitherAFileNorALinkThatLeadsNowhere() throws IOException {
    Path messages = Files.createFile(temp.resolve("messages"));
    OutputDirectory output = output();
    assertThatThrownBy(output::recover)
        .isInstanceOf(BadConfigException.class)
        .hasMessage(
            "output must be a directory, not a file: "
                + messages
                + "; move it away or choose another");
    Files.delete(messages);
    Files.createSymbolicLink(messages, temp.resolve("nowhere"));
    assertThatThrownBy(this::output)
        .isInstanceOf(BadConfigException.class)
        .hasMessage("output is a link that leads nowhere: " + messages);
  }

  @Test
  void isThereThoughWhatIsLeftOverCannotBeDeleted() throws IOException {
    Path messages = Files.createDirectory(temp.resolve("messages"));
    Files.writeString(messages.resolve("part"), "old");
    Configuration hadoop = new Configuration(false);
    hadoop.setClass("fs.faulty.impl", FaultyFileSystem.class, FileSystem.class);
    OutputDirectory output =
        new OutputDirectory(new Directories(hadoop), FaultyFileSystem.path(messages), () -> {});
    output.recover();
    output.begin();
    written(output, "new");
    // The marker, its old file, and two renames.
    FaultyFileSystem.failAfter(4);
    try {
      output.commit();
    } finally {
      FaultyFileSystem.heal();
    }
    assertThat(messages.resolve("part")).hasContent("new");
  }

  /** On a file system that renames file by file, or after a power loss. */
  @Test
  void comesBackWhereTheNewOnesManifestIsDamaged() throws IOException {
    Files.writeString(
        Files.createDirectory(temp.resolve("messages")).resolve(Manifest.FILE_NAME), "{\"jo");
    Files.writeString(
        Files.createDirectory(temp.resolve(".messages.replaced")).resolve("part"), "old");
    output().recover();
    assertThat(temp.resolve("messages/part")).hasContent("old");
    assertThat(temp.resolve(".messages.replaced")).doesNotExist();
  }

  @Test
  void isNoRoot() {
    assertThatThrownBy(() -> new OutputDirectory(new Directories(new Configuration(false)), "/"))
        .isInstanceOf(BadConfigException.class)
        .hasMessage("output must not be the root of a file system: /");
  }
}
