package io.dialogbert.finetune.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.dialogue.Splits;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.task.tag.Entity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Texts with spans, in every format that can have them, with each kind of trouble. */
class TaggedFilesTest {
  private static final Configuration HADOOP = new Configuration();

  @TempDir private Path temp;

  private static LabeledFilesConfig config(String... settings) {
    List<String> all =
        new ArrayList<>(List.of("train=[somewhere]", "kind=tags", "labels=[\"PS=person\", LC]"));
    all.addAll(List.of(settings));
    ConfigReader reader =
        ConfigReader.open(
            Optional.empty(),
            all.stream().map(setting -> "build-task-data.labeled." + setting).toList());
    LabeledFilesConfig config =
        LabeledFilesConfig.read(reader.section("build-task-data").section("labeled"));
    reader.finish("build-task-data");
    return config;
  }

  private LabeledFiles.Result read(LabeledFilesConfig config, String name, String text)
      throws IOException {
    Path file = Files.writeString(temp.resolve(name), text);
    return LabeledFiles.read(
        Map.of(
            Splits.TRAIN,
            List.of(
                FileSystem.getLocal(HADOOP)
                    .getFileStatus(new org.apache.hadoop.fs.Path(file.toUri().toString())))),
        config,
        HADOOP);
  }

  private static List<String> texts(LabeledFiles.Result read) {
    return read.examples().get(Splits.TRAIN).stream()
        .map(text -> text.row() + " " + text.first() + " " + text.entities())
        .toList();
  }

  private static List<String> rejects(LabeledFiles.Result read) {
    return read.rejects().stream().map(reject -> reject.row() + " " + reject.reason()).toList();
  }

  @Test
  void readsTokensAndTagsALine() throws IOException {
    LabeledFiles.Result read =
        read(
            config("format=conll"),
            "a.tsv",
            """
            ## made up
            ## one\t<김:PS>은
            김\tB-PS
            수\tI-PS
             \tI-PS
            은\tO

            \t
            ## two
            서울\tB-LC
            역\tI-LC
            부산\tB-LC

            집\tO
            """);
    assertThat(texts(read))
        .containsExactly(
            "3 김수 은 " + List.of(new Entity(0, 3, 0)),
            "10 서울역부산 " + List.of(new Entity(0, 3, 1), new Entity(3, 5, 1)),
            "14 집 []");
    assertThat(read.rowsIn()).isEqualTo(3);
    assertThat(rejects(read)).isEmpty();
  }

  @Test
  void readsTokensOfMorphemesAndGroups() throws IOException {
    LabeledFiles.Result read =
        read(
            config(
                "format=conll",
                "conll.tag-column=3",
                "conll.space=_",
                "conll.group-comment=\"### file\""),
            "a.txt",
            """
            ### file 1
            ## 1
            김\t김\tNNP\tB-PS
            _\t_\t_\tI-PS
            수\t수\tNNP\tI-PS

            ### file 2
            집\t집\tNNG\tO
            """);
    assertThat(texts(read)).containsExactly("3 김 수 " + List.of(new Entity(0, 3, 0)), "8 집 []");
    assertThat(read.examples().get(Splits.TRAIN))
        .extracting(text -> text.group())
        .containsExactly("## file 1", "## file 2");
  }

  @Test
  void rejectsWhatIsNoBio() throws IOException {
    LabeledFiles.Result read =
        read(
            config("format=conll"),
            "a.tsv",
            String.join(
                    "\n\n",
                    "가\tI-PS",
                    "가\tB-PS\n나\tI-LC",
                    "가\tB-PS\n나\tO\n다\tI-PS",
                    "가\tX",
                    "가\tB-",
                    "가\tB-DT",
                    "가",
                    "\tO",
                    " \tO",
                    "가\tB-PS\n나\tE-PS\n다\tO")
                + "\n");
    assertThat(read.examples().get(Splits.TRAIN)).isEmpty();
    assertThat(rejects(read))
        .containsExactly(
            "1 no-bio-tag",
            "3 no-bio-tag",
            "6 no-bio-tag",
            "10 no-bio-tag",
            "12 no-bio-tag",
            "14 unknown-label",
            "16 wrong-number-of-columns",
            "18 empty-token",
            "20 empty-text",
            "22 no-bio-tag");
  }

  /** As Wikipedia's Japanese entities are published. */
  @Test
  void readsOneArrayOfObjects() throws IOException {
    LabeledFilesConfig config =
        config(
            "format=json-array",
            "columns.label=entities",
            "spans.start=/span/0",
            "spans.end=/span/1",
            "spans.label=/type",
            "spans.text=/name");
    LabeledFiles.Result read =
        read(
            config,
            "a.json",
            """
            [
            {"curid": "1", "text": "😀김수는 서울에", "entities": [
              {"name": "서울", "span": [5, 7], "type": "lc"}, {"name": "김수", "span": [1, 3], "type": "PS"}]},
            {"curid": "2", "text": "없다", "entities": []},
            {"curid": "3", "text": "김수", "entities": [{"name": "김", "span": [0, 2], "type": "PS"}]},
            {"curid": "4", "text": "김수"},
            ["김수"],
            {"text": "김수", "entities": "none"},
            {"text": {"is": "김수"}, "entities": []}
            ]
            """);
    assertThat(texts(read))
        .containsExactly(
            "1 😀김수는 서울에 " + List.of(new Entity(1, 3, 0), new Entity(5, 7, 1)), "2 없다 []");
    assertThat(rejects(read))
        .containsExactly(
            "3 span-text-differs", "4 missing-field", "5 not-json", "6 bad-spans", "7 wrong-type");
    for (String broken : List.of("{}", "[{}", "[{}] []", "", "[{\"text\": \"비밀}]", "[tru]")) {
      LabeledFiles.Result bad = read(config, "b.json", broken);
      assertThat(bad.badFile()).as(broken).isTrue();
      assertThat(bad.rejects())
          .extracting(reject -> reject.reason() + " " + reject.rule())
          .contains("not-json a file must be one JSON array, whole and well-formed");
    }
  }

  @Test
  void readsSpansOfAColumn() throws IOException {
    LabeledFiles.Result lines =
        read(
            config("format=json", "columns.label=spans"),
            "a.jsonl",
            String.join(
                "\n",
                "{\"text\": \" 김수 \", \"spans\": [{\"start\": 1, \"end\": 4, \"label\": \"PS\"}]}",
                spans("0.5", "1", "PS"),
                spans("1", "1", "PS"),
                spans("-1", "1", "PS"),
                spans("1", "4", "PS"),
                spans("0", "2", "DT"),
                "{\"text\": \"김수를\", \"spans\": [7]}",
                "{\"text\": \"김수를\", \"spans\": [{\"start\": 0, \"end\": 2, \"label\": \"PS\"},"
                    + " {\"start\": 1, \"end\": 3, \"label\": \"LC\"}]}"));
    assertThat(texts(lines)).containsExactly("1  김수  " + List.of(new Entity(1, 4, 0)));
    assertThat(rejects(lines))
        .containsExactly(
            "2 bad-spans",
            "3 span-outside-text",
            "4 span-outside-text",
            "5 span-outside-text",
            "6 unknown-label",
            "7 bad-spans",
            "8 overlapping-spans");
    LabeledFiles.Result tsv =
        read(
            config(),
            "a.tsv",
            "text\tlabel\n김수\t[{\"start\": 0, \"end\": 2, \"label\": \"PS\"}]\n김수\t[\n김수\t{}\n");
    assertThat(texts(tsv)).containsExactly("2 김수 " + List.of(new Entity(0, 2, 0)));
    assertThat(rejects(tsv)).containsExactly("3 bad-spans", "4 bad-spans");
  }

  private static String spans(String start, String end, String label) {
    return "{\"text\": \"김수를\", \"spans\": [{\"start\": %s, \"end\": %s, \"label\": \"%s\"}]}"
        .formatted(start, end, label);
  }

  @Test
  void refusesSettingsThatDoNotFitTogether() {
    assertProblem("must have at least one class", "labels=[]");
    assertProblem("must be empty if kind is tags", "columns.second=b");
    assertProblem("must not be conll if kind is not tags", "format=conll", "kind=classes");
    assertProblem("must be a JSON pointer, such as /start", "spans.start=start");
    assertProblem("must be a JSON pointer, such as /start", "spans.end=\"\"");
    assertProblem("must not be text-column", "format=conll", "conll.tag-column=0");
    assertProblem("must begin with comment", "format=conll", "conll.group-comment=\"# file\"");
  }

  private static void assertProblem(String problem, String... settings) {
    assertThatThrownBy(() -> config(settings))
        .isInstanceOf(BadConfigException.class)
        .hasMessageContaining(problem);
  }
}
