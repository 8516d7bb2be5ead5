package io.dialogbert.job.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.frame.JobMain;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.SampleChain;
import io.dialogbert.job.tokenizer.TrainTokenizerJob;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectExamplesIT {
  private static SampleChain chain;

  @BeforeAll
  static void runChain() throws IOException {
    chain = SampleChain.shared();
  }

  private static JobRun inspect(String... settings) {
    List<String> arguments = new ArrayList<>();
    arguments.add("--set");
    arguments.add("inspect-examples.tokenizer=" + chain.output("train-tokenizer"));
    for (String setting : settings) {
      arguments.add("--set");
      arguments.add("inspect-examples." + setting);
    }
    return JobRun.of(new InspectExamplesJob(), arguments);
  }

  @Test
  void showsTheSameExamplesEachTime() {
    String examples = "examples=" + chain.output("build-examples");
    JobRun run = inspect(examples, "num-examples=3", "split=test");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out().lines())
        .filteredOn(line -> line.startsWith("example "))
        .hasSize(3)
        .allMatch(line -> line.matches(".* test  \\d+ tokens, \\d masked  second part .*"));
    assertThat(run.out()).contains("[CLS] ").contains("[SEP]").contains("[MASK](");
    assertThat(inspect(examples, "num-examples=3", "split=test").out()).isEqualTo(run.out());
  }

  @Test
  void encodesAndDecodesALine() {
    JobRun run = inspect("encode=안녕 나는 ㅋㅋㅋㅋ");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("decoded 안녕 나는 ㅋㅋ").contains("piece");
    String ids = run.out().lines().filter(line -> line.startsWith("ids ")).findFirst().get();
    JobRun back = inspect("decode=" + ids.replace("ids", "").strip());
    assertThat(back.out().lines()).contains("안녕 나는 ㅋㅋ");
  }

  @Test
  void refusesIdsAndLanguagesThatAreNotThere() {
    assertThat(inspect("decode=[99999999]").err())
        .contains("decode: ids must be whole numbers in [0, 1000), but one is 99999999");
    assertThat(inspect("decode=[a]").exitCode()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(inspect("encode=hello", "lang=en").err())
        .contains("lang must be ko or ja, but was en");
  }

  @Test
  void refusesExamplesOfAnotherTokenizer(@TempDir Path temp) {
    Path other = temp.resolve("tokenizer");
    JobRun trained =
        JobRun.of(
            new TrainTokenizerJob(),
            chain.arguments("train-tokenizer", other, "train-tokenizer.method=wordpiece"));
    assertThat(trained.exitCode()).as(trained.err()).isZero();
    String hint = "cuts at spaces alone, which Japanese hardly has";
    assertThat(trained.printed()).contains("method wordpiece " + hint);
    assertThat(chain.runs().get("train-tokenizer").printed()).doesNotContain(hint);
    JobRun run = inspect("examples=" + chain.output("build-examples"), "tokenizer=" + other);
    assertThat(run.exitCode()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(run.err()).contains("was built with another tokenizer than ");
  }
}
