package io.dialogbert.frame.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommitMarkerTest {
  @TempDir private Path temp;

  @AfterEach
  void stopObserving() {
    ObservedFileSystem.observe(false, () -> {});
  }

  @Test
  void goesOnBeatingWhateverABeatFailsOf() throws IOException {
    Configuration hadoop = new Configuration(false);
    hadoop.setClass("fs.observed.impl", ObservedFileSystem.class, FileSystem.class);
    org.apache.hadoop.fs.Path directory =
        new org.apache.hadoop.fs.Path("observed://" + temp.resolve(".messages.committing"));
    CommitMarker marker = new CommitMarker(directory.getFileSystem(hadoop), directory, () -> {});
    ObservedFileSystem.observe(
        false,
        () -> {
          throw new IllegalStateException("closed");
        });
    marker.tryBeat();
    ObservedFileSystem.observe(false, () -> {});
    assertThat(marker.isSet()).isFalse();
    marker.tryBeat();
    assertThat(marker.isSet()).isTrue();
  }
}
