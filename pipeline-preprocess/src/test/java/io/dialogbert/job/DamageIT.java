package io.dialogbert.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.common.Seeds;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.store.FlippedFile;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.dialogue.BuildDialoguesJob;
import io.dialogbert.job.example.BuildExamplesJob;
import io.dialogbert.job.example.InspectExamplesJob;
import io.dialogbert.job.forget.ForgetJob;
import io.dialogbert.job.ingest.IngestMessagesJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Inputs with flipped bytes: one sentence that locates the damage, and no output. */
class DamageIT {
  private static final long SEED = Long.getLong("tests.seed", 20191029L);
  private static final int FLIPS = 12;
  private static final String DAMAGED =
      ": bad input: input %s is damaged: %s of %s is not as it was written;"
          + " restore the file, or make the directory again with --overwrite\n";

  private static SampleChain chain;

  @TempDir private Path temp;

  @BeforeAll
  static void runChain() throws IOException {
    chain = SampleChain.shared();
  }

  @Test
  void bytesFlippedAnywhereEndTheJobOrChangeNothing() throws IOException {
    Path messages = chain.copy("ingest-messages", temp.resolve("messages"));
    Path output = temp.resolve("dialogues");
    List<Path> files = parquetFiles(messages);
    for (int flip = 0; flip < FLIPS; flip++) {
      SplittableRandom random = Seeds.of(SEED, "flip", flip);
      Path file = files.get(random.nextInt(files.size()));
      byte[] sound = Files.readAllBytes(file);
      int at = random.nextInt(sound.length);
      Files.write(file, FlippedFile.flip(sound, at, 1 + random.nextInt(8), random));
      JobRun run = dialogues(new BuildDialoguesJob(), messages, output);
      String tried = "byte %d of %s, repeat with -Dtests.seed=%d".formatted(at, file, SEED);
      assertThat(run.exitCode()).as(tried).isEqualTo(JobMain.BAD_INPUT);
      assertThat(run.err())
          .as(tried)
          .containsOnlyOnce("\n")
          .contains("is damaged: ", " of " + file);
      assertThat(output).as(tried).doesNotExist();
      Files.write(file, sound);
    }
    assertMadeOfTheSoundInput(messages, output);
  }

  @Test
  void damagedTimesAreNamedAndTheSoundInputIsReadAfterwards() throws IOException {
    Path messages = chain.copy("ingest-messages", temp.resolve("messages"));
    Path output = temp.resolve("dialogues");
    Path file = parquetFiles(messages).get(0);
    byte[] sound = Files.readAllBytes(file);
    FlippedFile.flip(file, data(file, "sent_at"), new SplittableRandom(SEED));
    JobRun run = dialogues(new BuildDialoguesJob(), messages, output);
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(run.err())
        .isEqualTo("build-dialogues" + DAMAGED.formatted("messages", "row group 0", file));
    Files.write(file, sound);
    assertMadeOfTheSoundInput(messages, output);
  }

  @Test
  void damageThatHappensWhileAJobReadsIsNamed() throws IOException {
    Path messages = chain.copy("ingest-messages", temp.resolve("messages"));
    Path output = temp.resolve("dialogues");
    Path file = parquetFiles(messages).get(0);
    int at = data(file, "sent_at");
    byte[] sound = Files.readAllBytes(file);
    JobRun run =
        dialogues(
            new JobInTheMiddle<>(
                new BuildDialoguesJob(),
                () -> FlippedFile.flip(file, at, new SplittableRandom(SEED))),
            messages,
            output);
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(run.err())
        .isEqualTo("build-dialogues" + DAMAGED.formatted("messages", "row group 0", file));
    Files.write(file, sound);
    assertMadeOfTheSoundInput(messages, output);
  }

  @ParameterizedTest
  @CsvSource({
    "train-tokenizer, dialogues, build-dialogues",
    "build-examples, dialogues, build-dialogues",
    "corpus-stats, messages, ingest-messages",
    "inspect-examples, examples, build-examples",
  })
  void everyJobNamesItsDamagedInput(String name, String input, String maker) throws IOException {
    Path damaged = chain.copy(maker, temp.resolve("damaged"));
    Path file = parquetFiles(damaged).get(0);
    FlippedFile.flip(file, (int) Files.size(file) / 2, new SplittableRandom(SEED));
    List<String> arguments =
        new ArrayList<>(
            name.equals("inspect-examples")
                ? List.of("--set", name + ".tokenizer=" + chain.output("train-tokenizer"))
                : chain.arguments(name, temp.resolve("output")));
    arguments.addAll(List.of("--set", name + "." + input + "=" + damaged));
    Job<?> job =
        Stream.concat(SampleChain.JOBS.stream(), Stream.of(new InspectExamplesJob()))
            .filter(one -> one.name().equals(name))
            .findFirst()
            .get();
    JobRun run = JobRun.of(job, arguments);
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.BAD_INPUT);
    // A job that only prints has its heading on standard error.
    String error =
        name.equals("inspect-examples")
            ? run.err().substring(run.err().indexOf(name + ": "))
            : run.err();
    assertThat(error)
        .startsWith(name + ": bad input: input " + input + " is damaged: ")
        .contains(" of " + file + " is not as it was written; ")
        .containsOnlyOnce("\n");
    assertThat(temp.resolve("output")).doesNotExist();
  }

  @Test
  void damagedTokenizerIsNamed() throws IOException {
    Path tokenizer = chain.copy("train-tokenizer", temp.resolve("tokenizer"));
    Path settings = tokenizer.resolve("tokenizer.json");
    FlippedFile.flip(settings, 20, new SplittableRandom(SEED));
    JobRun run =
        JobRun.of(
            new BuildExamplesJob(),
            chain.arguments(
                "build-examples",
                temp.resolve("examples"),
                "build-examples.tokenizer=" + tokenizer));
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(run.err())
        .isEqualTo(
            "build-examples: bad input: input tokenizer is damaged: "
                + settings
                + " is not as it was written; restore the file, or make the directory again with --overwrite\n");
  }

  @Test
  void nothingIsForgottenInADamagedDirectory() throws IOException {
    Path messages = chain.copy("ingest-messages", temp.resolve("messages"));
    Path file = parquetFiles(messages).get(0);
    // Also in the footer, which holds the schema.
    FlippedFile.flip(file, (int) Files.size(file) - 60, new SplittableRandom(SEED));
    String before = Files.readString(messages.resolve(Manifest.FILE_NAME));
    Path users = Files.writeString(temp.resolve("users.txt"), "nobody\n");
    JobRun run =
        JobRun.of(
            new ForgetJob(),
            List.of(
                "--set", "forget.users=[\"" + users + "\"]",
                "--set", "forget.directories=[\"" + messages + "\"]",
                "--set", "forget.pseudonym-key-file=" + chain.root().resolve("pseudonym.key"),
                "--set", "forget.output=" + temp.resolve("report")));
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(run.err())
        .startsWith("forget: bad input: input ingest-messages is damaged: the footer")
        .contains(file + " is not as it was written; ");
    assertThat(messages.resolve(Manifest.FILE_NAME)).hasContent(before);
  }

  @Test
  void overwriteMakesADamagedOutputAgain() throws IOException {
    Path output = chain.copy("build-dialogues", temp.resolve("dialogues"));
    Path file = parquetFiles(output).get(0);
    FlippedFile.flip(file, (int) Files.size(file) / 2, new SplittableRandom(SEED));
    List<String> arguments = new ArrayList<>(chain.arguments("build-dialogues", output));
    arguments.add("--overwrite");
    JobRun run = JobRun.of(new BuildDialoguesJob(), arguments);
    assertThat(run.exitCode()).as(run.printed()).isZero();
    assertThat(run.out()).contains("build-dialogues done in ");
    assertThat(SampleChain.manifest(output).fingerprint())
        .isEqualTo(chain.manifest("build-dialogues").fingerprint());
    assertThat(JobRun.of(new BuildDialoguesJob(), arguments).out()).contains("done already");
  }

  @Test
  void parquetFromOutsideIsHeldAgainstItsOwnChecksums() throws IOException {
    for (boolean checksums : List.of(true, false)) {
      Path raw = temp.resolve("raw-" + checksums);
      SparkTestSession.get()
          .read()
          .json(chain.output("make-sample").resolve("data").toString())
          .drop("_corrupt_record")
          .coalesce(1)
          .write()
          .options(
              Map.of(
                  "parquet.page.write-checksum.enabled",
                  String.valueOf(checksums),
                  "compression",
                  "none"))
          .parquet(raw.toString());
      Path file = parquetFiles(raw).get(0);
      Files.deleteIfExists(raw.resolve("." + file.getFileName() + ".crc"));
      JobRun sound = ingest(raw, temp.resolve("sound-" + checksums));
      assertThat(sound.exitCode()).as(sound.printed()).isZero();
      if (checksums) {
        FlippedFile.flip(file, data(file, "text"), new SplittableRandom(SEED));
        JobRun damaged = ingest(raw, temp.resolve("damaged"));
        assertThat(damaged.exitCode()).as(damaged.printed()).isEqualTo(JobMain.BAD_INPUT);
        assertThat(damaged.err())
            .contains("an input file cannot be read to its end\n  " + file.getFileName() + " row 1")
            .contains("(must be readable to its end: row group 0, ParquetDecodingException)");
      }
    }
  }

  private JobRun ingest(Path raw, Path output) {
    return JobRun.of(
        new IngestMessagesJob(),
        chain.arguments(
            "ingest-messages",
            output,
            "ingest-messages.format=parquet",
            "ingest-messages.input=[\"" + raw + "\"]"));
  }

  private JobRun dialogues(Job<?> job, Path messages, Path output) {
    return JobRun.of(
        job, chain.arguments("build-dialogues", output, "build-dialogues.messages=" + messages));
  }

  private void assertMadeOfTheSoundInput(Path messages, Path output) {
    JobRun run = dialogues(new BuildDialoguesJob(), messages, output);
    assertThat(run.exitCode()).as(run.printed()).isZero();
    assertThat(run.out()).doesNotContain("done already");
    assertThat(SampleChain.manifest(output).fingerprint())
        .isEqualTo(chain.manifest("build-dialogues").fingerprint());
  }

  /** The position of the last page's data in a column. */
  private static int data(Path file, String column) throws IOException {
    try (ParquetFileReader reader =
        ParquetFileReader.open(
            HadoopInputFile.fromPath(
                new org.apache.hadoop.fs.Path(file.toUri()), new Configuration(false)))) {
      ColumnChunkMetaData chunk =
          reader.getRowGroups().get(0).getColumns().stream()
              .filter(one -> one.getPath().toDotString().equals(column))
              .findFirst()
              .get();
      return (int) (chunk.getStartingPos() + chunk.getTotalSize() - 16);
    }
  }

  private static List<Path> parquetFiles(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(file -> file.toString().endsWith(".parquet")).sorted().toList();
    }
  }
}
