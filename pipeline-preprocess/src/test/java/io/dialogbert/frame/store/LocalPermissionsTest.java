package io.dialogbert.frame.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.dialogbert.common.BadInputException;
import io.dialogbert.privacy.PseudonymKey;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Unreadable files are reported as such. The superuser can read everything, and skips most of this.
 */
class LocalPermissionsTest {
  @TempDir private Path root;
  private Path closed;

  private final Directories directories = new Directories(new Configuration());

  @BeforeEach
  void write() throws IOException {
    closed = Files.createDirectory(root.resolve("closed"));
    Files.writeString(closed.resolve("a.jsonl"), "{}");
    Files.writeString(root.resolve("b.jsonl"), "{}");
  }

  @AfterEach
  void open() throws IOException {
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void whatIsNotThereIsNotForbidden() {
    for (String path :
        new String[] {
          "file:" + root + "/no/such", "file:" + root + "/b.jsonl/such", "hdfs://nowhere/x"
        }) {
      assertThatCode(() -> LocalPermissions.require(new org.apache.hadoop.fs.Path(path)))
          .doesNotThrowAnyException();
    }
    assertThatThrownBy(() -> directories.files(root + "/x*", Object::toString))
        .isInstanceOf(BadInputException.class)
        .hasMessage("no input file matches " + root + "/x*");
  }

  @Test
  void directoryThatMayNotBeListedIsNamed() throws IOException {
    forbid(closed, "---------");
    for (String input : new String[] {"closed", "closed/a.jsonl", "closed/*.jsonl"}) {
      assertThatThrownBy(() -> directories.files(root + "/" + input, Object::toString))
          .as(input)
          .isInstanceOf(AccessDeniedException.class)
          .hasMessageContaining("/closed");
    }
    assertThatThrownBy(() -> directories.files(root.toString(), Object::toString))
        .isInstanceOf(AccessDeniedException.class)
        .hasMessageStartingWith("all of directory ");
  }

  @Test
  void fileThatMayNotBeReadIsNamedAsItMayBeShown() throws IOException {
    Path file = root.resolve("b.jsonl");
    forbid(file, "-wx------");
    assertThatThrownBy(() -> directories.files(file.toString(), path -> "file-1.jsonl"))
        .isInstanceOf(AccessDeniedException.class)
        .hasMessage("file-1.jsonl");
    assertThatThrownBy(() -> directories.open(new org.apache.hadoop.fs.Path(file.toUri())))
        .isInstanceOf(AccessDeniedException.class);
    assertThatThrownBy(() -> PseudonymKey.ofFile(file))
        .isInstanceOf(BadInputException.class)
        .hasMessage("no permission: pseudonym key file " + file);
  }

  private static void forbid(Path path, String permissions) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    assumeFalse(Files.isReadable(path), "the superuser may read everything");
    assertThat(path).exists();
  }
}
