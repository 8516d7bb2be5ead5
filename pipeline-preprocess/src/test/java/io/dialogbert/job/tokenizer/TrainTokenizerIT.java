package io.dialogbert.job.tokenizer;

import static java.util.stream.Collectors.partitioningBy;
import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.SampleChain;
import io.dialogbert.job.SparkTestSession;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.text.Tokenizer;
import io.dialogbert.text.TokenizerMethod;
import io.dialogbert.text.piece.Vocabulary;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrainTokenizerIT {
  private static final String TEXT = "안녕 나는 뭐 먹을까 ㅋㅋ";

  private static SampleChain chain;

  @TempDir private Path temp;

  @BeforeAll
  static void runChain() throws IOException {
    chain = SampleChain.shared();
  }

  private JobRun train(Path output, String... settings) {
    List<String> all = new ArrayList<>();
    for (String setting : settings) {
      all.add("train-tokenizer." + setting);
    }
    return JobRun.of(
        new TrainTokenizerJob(),
        chain.arguments("train-tokenizer", output, all.toArray(String[]::new)));
  }

  private static Tokenizer load(Path output) throws IOException {
    return Tokenizers.load(new Directories(new Configuration()), output.toString()).tokenizer();
  }

  @ParameterizedTest
  @EnumSource(TokenizerMethod.class)
  void trainsEveryMethod(TokenizerMethod method) throws IOException {
    Path output = temp.resolve("tokenizer");
    JobRun run = train(output, "method=" + method, "vocab-size=800", "lower-case=true");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(output.resolve(method.isUnigram() ? "tokenizer.model" : "vocab.txt")).exists();
    Tokenizer tokenizer = load(output);
    assertThat(tokenizer.vocabulary().size()).isBetween(100, 800);
    assertThat(tokenizer.vocabulary().id("[PHONE]")).isPresent();
    int[] ids = tokenizer.encode(TEXT, "ko");
    assertThat(tokenizer.decode(ids)).as(Arrays.toString(ids)).startsWith("안녕");
  }

  @Test
  void leavesOutWordsOfOnePersonOrOneConversation() throws IOException {
    Path output = temp.resolve("tokenizer");
    JobRun run = train(output, "method=space", "vocab-size=100000");
    assertThat(run.exitCode()).as(run.err()).isZero();
    Vocabulary vocabulary = load(output).vocabulary();
    Map<String, List<String>> writers = new HashMap<>();
    Map<String, Set<String>> conversations = new HashMap<>();
    for (Row row :
        SparkTestSession.get()
            .read()
            .parquet(chain.output("build-dialogues").resolve("data").toString())
            .filter("split = 'train'")
            .selectExpr("conversation_id", "explode(turns) as turn")
            .select("turn.text", "turn.speaker", "conversation_id")
            .collectAsList()) {
      for (String word : row.getString(0).split(" ")) {
        if (word.indexOf('[') < 0) {
          writers.computeIfAbsent(word, any -> new ArrayList<>()).add(row.getString(1));
          conversations.computeIfAbsent(word, any -> new HashSet<>()).add(row.getString(2));
        }
      }
    }
    Map<Boolean, List<String>> frequent =
        writers.keySet().stream()
            .filter(word -> writers.get(word).size() > 1)
            .collect(
                partitioningBy(
                    word ->
                        Set.copyOf(writers.get(word)).size() > 1
                            && conversations.get(word).size() > 1));
    assertThat(frequent.get(true)).hasSizeGreaterThan(100);
    assertThat(frequent.get(false)).isNotEmpty();
    frequent.get(true).forEach(word -> assertThat(vocabulary.id("▁" + word)).isPresent());
    frequent.get(false).forEach(word -> assertThat(vocabulary.id("▁" + word)).isEmpty());
  }

  @Test
  void takesThePiecesOfAModelFromElsewhere() throws IOException {
    Path model = temp.resolve("foreign.model");
    try (InputStream golden = getClass().getResourceAsStream("/golden/sentencepiece.model")) {
      Files.copy(golden, model);
    }
    Path output = temp.resolve("tokenizer");
    JobRun refused = train(output, "method=subword", "sentencepiece-model=" + model);
    assertThat(refused.exitCode()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(refused.err())
        .contains(model + ": must be a SentencePiece unigram model")
        .contains("byte-fallback must be true for this model");
    assertThat(output).doesNotExist();
    JobRun run =
        train(output, "method=subword", "sentencepiece-model=" + model, "byte-fallback=true");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(load(output).vocabulary().id("▁서머사")).isPresent();
  }

  @Test
  void cutsWithADictionaryOfMecab() throws IOException {
    Path dictionary = Files.createDirectory(temp.resolve("dictionary"));
    try (ZipInputStream zip =
        new ZipInputStream(getClass().getResourceAsStream("/golden/mecab-tiny.zip"))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Files.copy(zip, dictionary.resolve(entry.getName()));
      }
    }
    Path output = temp.resolve("tokenizer");
    String setting = "mecab-dictionary.ko=" + dictionary;
    JobRun run = train(output, "method=morpheme", setting);
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(load(output).encode(TEXT, "ko")).isNotEmpty();
    // The dictionary is an input: an output made with another dictionary does not match.
    Files.writeString(dictionary.resolve("dicrc"), "left-space-penalty-factor = 10,1\n");
    JobRun changed = train(output, "method=morpheme", setting);
    assertThat(changed.exitCode()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(changed.err()).contains("mecab-dictionary-ko");
    JobRun missing = train(temp.resolve("other"), "mecab-dictionary.ko=" + temp.resolve("none"));
    assertThat(missing.exitCode()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(missing.err()).contains("must be a local directory with sys.dic");
  }

  @Test
  void refusesSettingsThatDoNotGoTogether() {
    JobRun run =
        train(
            temp.resolve("tokenizer"),
            "method=wordpiece",
            "byte-fallback=true",
            "mecab-dictionary.ko=x",
            "sentencepiece-model=x.model");
    assertThat(run.exitCode()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(run.err())
        .contains("train-tokenizer.byte-fallback = true")
        .contains("must be false for method wordpiece")
        .contains("3 problems")
        .contains("must be empty for method wordpiece");
  }
}
