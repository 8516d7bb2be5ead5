package io.dialogbert.frame.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryTreeTest {
  private final Directories directories = new Directories(new Configuration(false));
  @TempDir private Path temp;
  private Path root;

  @BeforeEach
  void make() throws IOException {
    root = Files.createDirectories(temp.resolve("root")).toRealPath();
  }

  @Test
  void findsDirectoriesAtAnyDepth() throws IOException {
    finish("messages");
    finish("a/b/c/dialogues");
    finish("a/b/c/dialogues/within");
    finish("_old/examples");
    assertThat(finished(root))
        .containsExactly("_old/examples", "a/b/c/dialogues", "a/b/c/dialogues/within", "messages");
    assertThat(finished(root.resolve("messages"), root)).hasSize(4);
  }

  @Test
  void searchesNeitherTablesNorWhatIsHidden() throws IOException {
    finish("messages");
    finish("messages/data/lang=ko");
    finish(".Trash/messages");
    assertThat(finished(root)).containsExactly("messages");
  }

  @Test
  void linksAreFollowedOnce() throws IOException {
    finish("disk/messages");
    Path work = Files.createDirectories(root.resolve("work"));
    Files.createSymbolicLink(work.resolve("linked"), root.resolve("disk/messages"));
    Files.createSymbolicLink(work.resolve("linked-too"), root.resolve("disk"));
    Files.createSymbolicLink(work.resolve("upwards"), work);
    Files.createSymbolicLink(work.resolve("nowhere"), root.resolve("missing"));
    assertThat(finished(work)).containsExactly("work/linked");
  }

  @Test
  void namesWhatKilledJobsLeave() throws IOException {
    OutputDirectory output = new OutputDirectory(directories, root + "/a/b/dialogues");
    output.begin();
    Path left = root.resolve("a/b/.dialogues.unfinished");
    assertThat(left).isDirectory();
    assertThat(left("unfinished", root)).containsExactly(left);
    // Next to a place, which need not be finished.
    Files.createDirectories(root.resolve("a/b/dialogues"));
    assertThat(left("unfinished", root.resolve("a/b/dialogues"))).containsExactly(left);

    finish("a/.examples.replaced");
    assertThat(left("replaced", root)).containsExactly(root.resolve("a/.examples.replaced"));
    // A job takes this for an old output.
    new OutputDirectory(directories, root + "/a/examples").recover();
    assertThat(finished(root)).containsExactly("a/examples");
  }

  @Test
  void refusesWhatItCannotLookInto() throws IOException {
    String missing = root + "/missing";
    assertThatThrownBy(() -> DirectoryTree.of(directories, List.of(missing)))
        .isInstanceOf(BadInputException.class)
        .hasMessage("directory does not exist: " + missing);
    Files.writeString(Files.createDirectories(root.resolve("app")).resolve("manifest.json"), "{}");
    assertThatThrownBy(() -> DirectoryTree.of(directories, List.of(root.toString())))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("not a manifest")
        .hasMessageContaining("app/manifest.json");
  }

  private void finish(String name) throws IOException {
    Path directory = Files.createDirectories(root.resolve(name));
    Manifest manifest =
        Manifest.plan("job", 1, new TreeMap<>(), List.of())
            .with(
                new TreeMap<>(),
                new TreeMap<>(),
                List.of(new Manifest.OutputFile("data/part-00000", 0, -1, "")),
                new TreeMap<>());
    Files.createDirectories(directory.resolve("data"));
    Files.writeString(directory.resolve("data/part-00000"), "");
    Files.writeString(directory.resolve(Manifest.FILE_NAME), manifest.toJson());
  }

  private List<String> finished(Path... places) throws IOException {
    return tree(places).having(Manifest.FILE_NAME).stream()
        .map(path -> root.relativize(Path.of(path.substring("file:".length()))).toString())
        .toList();
  }

  private List<Path> left(String state, Path... places) throws IOException {
    return tree(places).inState(state).stream()
        .map(path -> Path.of(path.toUri().getPath()))
        .toList();
  }

  private DirectoryTree tree(Path... places) throws IOException {
    return DirectoryTree.of(directories, List.of(places).stream().map(Path::toString).toList());
  }
}
