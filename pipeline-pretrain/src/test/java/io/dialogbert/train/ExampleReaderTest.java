package io.dialogbert.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.BadInputException;
import io.dialogbert.common.Seeds;
import io.dialogbert.frame.store.FlippedFile;
import io.dialogbert.frame.store.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ExampleReaderTest {
  private static final long SEED = Long.getLong("tests.seed", 20191029L);
  private static final String REPEAT = "repeat with -Dtests.seed=" + SEED;

  /** Numbers and lists in Spark's schema. */
  private static final MessageType SCHEMA =
      MessageTypeParser.parseMessageType(
          """
          message spark_schema {
            required int32 number;
            required group ids (LIST) { repeated group list { required int32 element; } }
            required group logits (LIST) { repeated group list { required float element; } }
          }
          """);

  /** Files of unequal size, one without rows; more than the reader caches. */
  private static final int[] ROWS = {5, 1, 0, 7, 4};

  private static final int SIZE = 17;
  private static final int FLIPS = 300;

  @TempDir static Path directory;
  private static List<ExampleReader.Part> parts;

  @BeforeAll
  static void writeFiles() throws IOException {
    parts = new ArrayList<>();
    int number = 0;
    for (int file = 0; file < ROWS.length; file++) {
      Path path = directory.resolve("part-0000" + file + ".parquet");
      List<Group> rows = new ArrayList<>();
      for (int row = 0; row < ROWS[file]; row++) {
        rows.add(row(number++));
      }
      write(path, rows);
      parts.add(new ExampleReader.Part(path.toString(), ROWS[file], ""));
    }
  }

  private static Group row(int number) {
    Group row = new SimpleGroupFactory(SCHEMA).newGroup().append("number", number);
    Group ids = row.addGroup("ids");
    Group logits = row.addGroup("logits");
    for (int i = 0; i < number; i++) {
      ids.addGroup("list").append("element", 100 * number + i);
      logits.addGroup("list").append("element", number + i / 8f);
    }
    return row;
  }

  private static void write(Path path, List<Group> rows) throws IOException {
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new org.apache.hadoop.fs.Path(path.toUri()))
            .withConf(new Configuration())
            .withType(SCHEMA)
            .build()) {
      for (Group row : rows) {
        writer.write(row);
      }
    }
  }

  private static ExampleReader<Integer> reader(long seed) {
    return new ExampleReader<>(
        new Configuration(), parts, row -> row.getInteger("number", 0), seed);
  }

  @Test
  void anotherDayComesInBetweenAndLeavesTheOrderOfTheOthers() throws IOException {
    List<ExampleReader.Part> days = new ArrayList<>();
    int number = 0;
    for (String day : List.of("2026-11-24", "2026-11-25", "2026-11-26")) {
      Path data = Files.createDirectories(directory.resolve("examples/day=" + day + "/data"));
      for (int file = 0; file < 3; file++) {
        Path path = data.resolve("part-0000" + file + ".parquet");
        write(path, List.of(row(number), row(number + 1), row(number + 2)));
        days.add(new ExampleReader.Part(path.toString(), 3, ""));
        number += 3;
      }
    }
    for (List<Integer> without : List.of(List.of(0, 1, 2), List.of(3, 4, 5), List.of(6, 7, 8))) {
      List<ExampleReader.Part> before = new ArrayList<>(days);
      before.removeAll(without.stream().map(days::get).toList());
      for (int epoch = 0; epoch < 3; epoch++) {
        List<Integer> all = epoch(days, epoch);
        List<Integer> some = epoch(before, epoch);
        assertThat(all).as(REPEAT).hasSize(27).doesNotHaveDuplicates();
        assertThat(all.stream().filter(some::contains).toList()).as(REPEAT).isEqualTo(some);
      }
    }
    List<Integer> first = epoch(days, 0);
    assertThat(first)
        .as("days are mixed, %s", REPEAT)
        .isNotEqualTo(first.stream().sorted().toList());
    assertThat(epoch(days, 1)).as(REPEAT).isNotEqualTo(first);
  }

  private static List<Integer> epoch(List<ExampleReader.Part> parts, long epoch)
      throws IOException {
    ExampleReader<Integer> reader =
        new ExampleReader<>(new Configuration(), parts, row -> row.getInteger("number", 0), SEED);
    return reader.read(epoch * reader.size(), Math.toIntExact(reader.size()));
  }

  @Test
  void givesEveryExampleOnceInAnEpoch() throws IOException {
    ExampleReader<Integer> reader = reader(SEED);
    assertThat(reader.size()).isEqualTo(SIZE);
    for (int epoch = 0; epoch < 4; epoch++) {
      assertThat(reader.read((long) epoch * SIZE, SIZE))
          .as("epoch %d, %s", epoch, REPEAT)
          .containsExactlyInAnyOrderElementsOf(IntStream.range(0, SIZE).boxed().toList());
    }
  }

  @Test
  void shufflesFilesAndRowsAnewInEachEpoch() throws IOException {
    ExampleReader<Integer> reader = reader(SEED);
    Set<List<Integer>> fileOrders = new HashSet<>();
    Set<List<Integer>> rowOrders = new HashSet<>();
    for (int epoch = 0; epoch < 8; epoch++) {
      List<Integer> examples = reader.read((long) epoch * SIZE, SIZE);
      fileOrders.add(files(examples));
      rowOrders.add(rowsOfLargestFile(examples));
    }
    assertThat(fileOrders).as(REPEAT).hasSizeGreaterThan(4);
    assertThat(rowOrders).as(REPEAT).hasSizeGreaterThan(6);
  }

  /** The examples of the file with 7 rows, in the order read. */
  private static List<Integer> rowsOfLargestFile(List<Integer> examples) {
    return examples.stream().filter(number -> number >= 6 && number < 13).toList();
  }

  /** The files with rows, in the order read. */
  private static List<Integer> files(List<Integer> examples) {
    return examples.stream()
        .map(number -> number < 5 ? 0 : number < 6 ? 1 : number < 13 ? 3 : 4)
        .distinct()
        .toList();
  }

  @Test
  void givesTheSameOrderForTheSameSeedOnly() throws IOException {
    List<Integer> order = reader(SEED).read(0, 3 * SIZE);
    assertThat(reader(SEED).read(0, 3 * SIZE)).as(REPEAT).isEqualTo(order);
    assertThat(reader(SEED + 1).read(0, 3 * SIZE)).as(REPEAT).isNotEqualTo(order);
  }

  @Test
  void givesTheSameExampleAtAPositionFromWhereverReadingStarts() throws IOException {
    List<Integer> all = reader(SEED).read(0, 4 * SIZE);
    ExampleReader<Integer> reader = reader(SEED);
    SplittableRandom random = new SplittableRandom(SEED);
    for (int trial = 0; trial < 30; trial++) {
      int from = random.nextInt(4 * SIZE);
      int to = random.nextInt(from, 4 * SIZE + 1);
      assertThat(reader.read(from, to - from))
          .as("positions %d to %d, %s", from, to, REPEAT)
          .isEqualTo(all.subList(from, to));
    }
    assertThat(reader(SEED).read(2 * SIZE + 3, 9))
        .as("a reader that starts within the third epoch, %s", REPEAT)
        .isEqualTo(all.subList(2 * SIZE + 3, 2 * SIZE + 12));
  }

  @Test
  void dependsOnFileNamesAndNotOnWhereTheyLie(@TempDir Path elsewhere) throws IOException {
    List<ExampleReader.Part> copies = new ArrayList<>();
    for (ExampleReader.Part part : parts) {
      Path copy = elsewhere.resolve(Path.of(part.path()).getFileName());
      Files.copy(Path.of(part.path()), copy);
      copies.add(new ExampleReader.Part(copy.toString(), part.rows(), ""));
    }
    ExampleReader<Integer> reader =
        new ExampleReader<>(new Configuration(), copies, row -> row.getInteger("number", 0), SEED);
    assertThat(reader.read(0, 2 * SIZE)).isEqualTo(reader(SEED).read(0, 2 * SIZE));
  }

  @Test
  void flippedBytesAnywhereAreNeverReadAsOtherExamples(@TempDir Path elsewhere) throws Exception {
    Path file = elsewhere.resolve("part-00000.parquet");
    byte[] sound = Files.readAllBytes(Path.of(parts.get(3).path()));
    String sha256 = DigestUtils.sha256Hex(sound);
    for (int flip = 0; flip < FLIPS; flip++) {
      SplittableRandom random = Seeds.of(SEED, "flip", flip);
      int at = random.nextInt(sound.length);
      Files.write(file, FlippedFile.flip(sound, at, 1 + random.nextInt(8), random));
      assertDamaged(new ExampleReader.Part(file.toString(), ROWS[3], sha256), at, "");
    }
    Files.write(file, sound);
    assertThat(reader(new ExampleReader.Part(file.toString(), ROWS[3], sha256)).read(0, ROWS[3]))
        .hasSize(ROWS[3]);
  }

  @Test
  void flippedDataIsNoticedByTheChecksumsOfPagesAlone(@TempDir Path elsewhere) throws IOException {
    Path file = elsewhere.resolve("part-00000.parquet");
    Path part = Path.of(parts.get(3).path());
    int at;
    try (ParquetFileReader footer =
        ParquetFileReader.open(
            HadoopInputFile.fromPath(
                new org.apache.hadoop.fs.Path(part.toUri()), new Configuration()))) {
      ColumnChunkMetaData numbers = footer.getRowGroups().get(0).getColumns().get(0);
      at = (int) (numbers.getStartingPos() + numbers.getTotalSize()) - 4;
    }
    Files.write(
        file, FlippedFile.flip(Files.readAllBytes(part), at, 1, new SplittableRandom(SEED)));
    assertDamaged(new ExampleReader.Part(file.toString(), ROWS[3], ""), at, "row group 0 of ");
  }

  @Test
  void namesAFileThatIsGone(@TempDir Path elsewhere) {
    Path file = elsewhere.resolve("part-00000.parquet");
    for (String sha256 : new String[] {"", "aa"}) {
      assertThatThrownBy(
              () -> reader(new ExampleReader.Part(file.toString(), 1, sha256)).read(0, 1))
          .isInstanceOf(BadInputException.class)
          .hasMessage(
              "examples are damaged: %s is missing; restore the file, or make its directory again"
                  + " with --overwrite",
              file);
    }
  }

  @Test
  void namesARowThatIsNoExampleAndShowsNothingOfIt() {
    ExampleReader<Integer> reader =
        new ExampleReader<>(
            new Configuration(),
            List.of(parts.get(3)),
            row -> {
              throw new IllegalArgumentException("what the row says");
            },
            SEED);
    assertThatThrownBy(() -> reader.read(0, 1))
        .isInstanceOf(BadInputException.class)
        .hasNoCause()
        .hasMessage(
            "row 0 of %s is no example: a column is missing, null or of another type; make its"
                + " directory again with --overwrite",
            parts.get(3).path());
  }

  private static ExampleReader<Integer> reader(ExampleReader.Part part) {
    return new ExampleReader<>(
        new Configuration(), List.of(part), row -> row.getInteger("number", 0), SEED);
  }

  private static void assertDamaged(ExampleReader.Part part, int at, String place) {
    assertThatThrownBy(() -> reader(part).read(0, (int) part.rows()))
        .as("byte %d, %s", at, REPEAT)
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith("examples are damaged: " + place)
        .hasMessageEndingWith(
            " of "
                + part.path()
                + " is not as it was written; restore the file, or make its directory again with"
                + " --overwrite");
  }

  @Test
  void countsEpochsFromZero() {
    ExampleReader<Integer> reader = reader(SEED);
    assertThat(reader.epoch(0)).isZero();
    assertThat(reader.epoch(SIZE - 1)).isZero();
    assertThat(reader.epoch(SIZE)).isOne();
  }

  @Test
  void readsNothingForNoExamples() throws IOException {
    assertThat(reader(SEED).read(3, 0)).isEmpty();
  }

  @Test
  void refusesFilesWithoutExamples() {
    assertThatThrownBy(
            () -> new ExampleReader<>(new Configuration(), List.of(parts.get(2)), row -> row, SEED))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no examples in 1 files");
  }

  @Test
  void decodesListsAsSparkWritesThem() throws IOException {
    ExampleReader<List<Object>> reader =
        new ExampleReader<>(
            new Configuration(),
            parts,
            row ->
                List.of(
                    row.getInteger("number", 0),
                    ExampleReader.ints(row, "ids"),
                    ExampleReader.floats(row, "logits")),
            SEED);
    assertThat(reader.read(0, SIZE)).hasSize(SIZE).allSatisfy(ExampleReaderTest::assertLists);
  }

  private static void assertLists(List<Object> example) {
    int number = (int) example.get(0);
    int[] ids = IntStream.range(0, number).map(i -> 100 * number + i).toArray();
    float[] logits = new float[number];
    for (int i = 0; i < number; i++) {
      logits[i] = number + i / 8f;
    }
    assertThat((int[]) example.get(1)).isEqualTo(ids);
    assertThat((float[]) example.get(2)).isEqualTo(logits);
  }

  private static ExampleReader<Integer> shared(
      List<ExampleReader.Part> files, int factor, String owner, long seed) {
    return ExampleReader.shared(
        new Configuration(), files, row -> factor * row.getInteger("number", 0), owner, seed);
  }

  @Test
  void sharesOneReaderForTheSameFilesAndSeedOnly() {
    ExampleReader<Integer> shared = shared(parts, 1, "run", SEED);
    assertThat(shared(parts, 1, "run", SEED)).isSameAs(shared);
    assertThat(shared(parts, 1, "run", SEED + 1)).isNotSameAs(shared);
    assertThat(shared(parts.subList(0, 2), 1, "run", SEED)).isNotSameAs(shared);
  }

  @Test
  void sharesNoReaderWithAnotherRun() throws IOException {
    List<Integer> once = shared(parts, 1, "once", SEED).read(0, SIZE);
    List<Integer> twice = shared(parts, 2, "twice", SEED).read(0, SIZE);
    assertThat(twice).isEqualTo(once.stream().map(number -> 2 * number).toList());
  }

  @Test
  void forgetsReadersOfRunsThatAreOver() {
    ExampleReader<Integer> old = shared(parts, 1, "old", SEED);
    for (int run = 0; run < 100; run++) {
      shared(parts, 1, "later " + run, SEED);
    }
    assertThat(shared(parts, 1, "old", SEED)).isNotSameAs(old);
  }

  @Test
  void takesTheFilesOfATableThatHaveRowsFromTheManifest() {
    Manifest manifest =
        new Manifest(
            "build-examples",
            1,
            new TreeMap<>(),
            List.of(),
            new TreeMap<>(),
            new TreeMap<>(),
            List.of(
                new Manifest.OutputFile("data/split=test/part-00000.parquet", 10, 3, ""),
                new Manifest.OutputFile("data/split=train/part-00000.parquet", 10, 4, "aa"),
                new Manifest.OutputFile("data/split=train/part-00001.parquet", 10, 0, "bb"),
                new Manifest.OutputFile("data/split=train/part-00002.parquet", 10, 2, "cc")),
            new TreeMap<>());
    assertThat(ExampleReader.parts("/examples", manifest, "data/split=train"))
        .containsExactly(
            new ExampleReader.Part("/examples/data/split=train/part-00000.parquet", 4, "aa"),
            new ExampleReader.Part("/examples/data/split=train/part-00002.parquet", 2, "cc"));
  }
}
