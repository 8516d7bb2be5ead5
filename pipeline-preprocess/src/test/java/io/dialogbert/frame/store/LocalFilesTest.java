package io.dialogbert.frame.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.common.BadInputException;
import io.dialogbert.common.LocalFiles;
import io.dialogbert.privacy.PseudonymKey;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Links to themselves stand in for files without permission, because root can read those, too. */
class LocalFilesTest {
  private final Directories directories = new Directories(new Configuration(false));
  @TempDir private Path temp;

  @Test
  void reasonIsThatOfTheOperatingSystem() {
    assertThat(LocalFiles.reason(new FileNotFoundException("/a (b) (Permission denied)")))
        .isEqualTo("Permission denied");
    assertThat(LocalFiles.reason(new AccessDeniedException("/a"))).isEqualTo("Permission denied");
    assertThat(LocalFiles.reason(new NoSuchFileException("/a")))
        .isEqualTo("No such file or directory");
    assertThat(LocalFiles.reason(new NotDirectoryException("/a"))).isEqualTo("Not a directory");
    assertThat(LocalFiles.reason(new FileAlreadyExistsException("/a"))).isEqualTo("File exists");
    assertThat(LocalFiles.reason(new FileSystemException("/a", null, "Read-only file system")))
        .isEqualTo("Read-only file system");
    assertThat(LocalFiles.reason(new IOException("what it says may be of a file's text")))
        .isEqualTo("IOException");
  }

  @Test
  void outputThatCannotBeMadeNamesTheReasonAndTheNearestPathThatIsThere() throws IOException {
    Path file = Files.createFile(temp.resolve("file"));
    assertCannotBeMade(file.resolve("deep/out"), file + ": Not a directory");
    assertCannotBeMade(temp.resolve("n".repeat(300)).resolve("out"), temp + ": File name too long");
    Path closed = Files.createDirectory(temp.resolve("closed"));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-xr-xr-x"));
    assumeThat(Files.isWritable(closed)).isFalse();
    assertCannotBeMade(closed.resolve("deep/out"), closed + ": Permission denied");
  }

  private void assertCannotBeMade(Path output, String reason) {
    assertThatThrownBy(() -> new OutputDirectory(directories, output.toString()).begin())
        .isInstanceOf(BadConfigException.class)
        .hasMessageStartingWith("output directory cannot be made: ")
        .hasMessageEndingWith(" (" + reason + ")");
  }

  @Test
  void inputThatIsThereButCannotBeReadIsNotCalledMissing() throws IOException {
    Path loop = temp.resolve("loop");
    Files.createSymbolicLink(loop, loop);
    String reason = "cannot be read (Too many levels of symbolic links";
    assertThatThrownBy(() -> directories.finished("messages", loop + "/messages"))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith(loop + "/messages " + reason);
    assertThatThrownBy(() -> directories.files(loop + "/a.jsonl", Object::toString))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith(loop + "/a.jsonl " + reason);

    Path unreadable = Files.createDirectory(temp.resolve("unreadable"));
    Path manifest = unreadable.resolve(Manifest.FILE_NAME);
    Files.createSymbolicLink(manifest, manifest);
    assertThatThrownBy(() -> directories.finished("messages", unreadable.toString()))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith(manifest + " " + reason);
  }

  /** Reading it would wait for a writer, and then there would be no reader left. */
  @Test
  @Timeout(60)
  void pipeIsNotOpenedToSeeWhetherItCanBeRead() throws Exception {
    Path pipe = temp.resolve("pipe");
    assumeThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    assertThatCode(() -> LocalFiles.requireReadable(pipe)).doesNotThrowAnyException();
    assertThatThrownBy(() -> LocalFiles.requireReadable(temp))
        .isInstanceOf(FileSystemException.class)
        .hasMessageEndingWith("Is a directory");
    assertThatThrownBy(() -> LocalFiles.requireReadable(temp.resolve("gone")))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void missingInputIsCalledMissing() {
    assertThatThrownBy(() -> directories.finished("messages", temp + "/gone"))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith("input messages does not exist: ");
    assertThatThrownBy(() -> directories.files(temp + "/*.jsonl", Object::toString))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith("no input file matches ");
  }

  @Test
  void keyFileThatCannotBeReadNamesTheReason() {
    assertThatThrownBy(() -> PseudonymKey.ofFile(temp.resolve("gone.key")))
        .isInstanceOf(BadConfigException.class)
        .hasMessage(
            "pseudonym key file cannot be read: %s/gone.key (No such file or directory)", temp);
  }
}
