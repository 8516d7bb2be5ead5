package io.dialogbert.job.ingest;

import static org.apache.spark.sql.functions.col;

import io.dialogbert.common.BadInputException;
import io.dialogbert.frame.InputDirectory;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.OtherDays;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.ingest.read.InputPart;
import io.dialogbert.job.ingest.read.RawField;
import io.dialogbert.privacy.PseudonymKey;
import io.dialogbert.privacy.Pseudonymizer;
import io.dialogbert.privacy.Pseudonymizer.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.fs.Path;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/** The files of a day. No file may be in two days. */
final class DayFiles {
  /** The table of the files that have rows, by which later days recognize them. */
  static final String TABLE = "files";

  private static final StructType SCHEMA =
      new StructType()
          .add("file", DataTypes.StringType, false)
          .add("bytes", DataTypes.LongType, false)
          .add("content", DataTypes.StringType, false);

  /** Settings of how files are read and written, which may differ from day to day. */
  private static final Set<String> FREE =
      Stream.of(
              Stream.of("format", "lang", "source", "time-format", "time-zone", "csv-delimiter"),
              Stream.of(RawField.values()).map(field -> "columns." + field.key()),
              Stream.of("max-lateness", "max-reject-ratio", "messages-per-file"))
          .flatMap(names -> names)
          .map(name -> "ingest-messages." + name)
          .collect(Collectors.toUnmodifiableSet());

  private DayFiles() {}

  /**
   * Checks that a day is made by the rules of the others, and of files of its own.
   *
   * @param files what the manifest calls the files
   */
  static void requireAlike(JobContext job, String output, String files) throws IOException {
    OtherDays days = OtherDays.of(job.directories(), output);
    days.requireAlike(job.plan(), FREE, Set.of());
    requireOwn(job.plan(), days, files);
  }

  /**
   * Writes the table of a day's files, and counts them.
   *
   * @param files at least one, with the names under which they are shown
   * @param withRows the names of those that have rows; an empty file looks the same every day
   * @throws BadInputException if one has the content of a file of another day
   */
  static void write(
      JobContext job, String output, List<InputPart> files, Set<String> withRows, PseudonymKey key)
      throws IOException {
    job.count(TABLE, files.size());
    List<InputPart> marked = files.stream().filter(file -> withRows.contains(file.name())).toList();
    if (!marked.isEmpty()) {
      Dataset<Row> rows = marked(job, marked, key).persist(StorageLevel.DISK_ONLY());
      requireNew(job, rows, OtherDays.of(job.directories(), output));
      job.write(rows.coalesce(1).sortWithinPartitions("file"), TABLE);
    }
  }

  /**
   * Checks that no file is one of another day, by its path.
   *
   * @param files what the manifest calls the files
   * @throws BadInputException naming the file and the day
   */
  private static void requireOwn(Manifest plan, OtherDays days, String files) {
    Map<String, String> dayOf = new HashMap<>();
    for (InputDirectory other : days.all().values()) {
      for (Manifest.Input input : other.manifest().inputs()) {
        if (input.name().equals(files)) {
          dayOf.put(input.path(), other.path());
        }
      }
    }
    for (Manifest.Input input : plan.inputs()) {
      if (input.name().equals(files) && dayOf.containsKey(input.path())) {
        throw belongs(input.path(), dayOf.get(input.path()));
      }
    }
  }

  private static BadInputException belongs(String file, String day) {
    return new BadInputException(
        "file "
            + file
            + " belongs to another day already: "
            + day
            + "; a file can be in one day only");
  }

  /**
   * The files with a mark of their content, which only the key can make.
   *
   * @param files at least one
   */
  private static Dataset<Row> marked(
      JobContext job, Collection<InputPart> files, PseudonymKey key) {
    byte[] bytes = key.bytes();
    return job.spark()
        .createDataFrame(
            job.sparkContext()
                .parallelize(List.copyOf(files), Math.min(1000, files.size()))
                .map(file -> marked(file, new Pseudonymizer(PseudonymKey.ofBytes(bytes)))),
            SCHEMA);
  }

  private static Row marked(InputPart file, Pseudonymizer pseudonymizer) throws IOException {
    Directories directories = new Directories(SparkHadoopUtil.get().conf());
    try (InputStream in = directories.open(new Path(file.path()))) {
      String content = pseudonymizer.mark(Kind.FILE, DigestUtils.sha256Hex(in));
      return RowFactory.create(file.name(), file.bytes(), content);
    }
  }

  /**
   * Checks that no file has the content of one of another day, under whatever name.
   *
   * @param files as {@link #marked}
   * @throws BadInputException naming the file and the day
   */
  private static void requireNew(JobContext job, Dataset<Row> files, OtherDays days) {
    String[] tables =
        days.all().values().stream()
            .filter(day -> day.manifest().rows(TABLE) > 0)
            .map(day -> new Path(day.path(), TABLE).toString())
            .toArray(String[]::new);
    if (tables.length == 0) {
      return;
    }
    Dataset<Row> others =
        job.spark()
            .read()
            .parquet(tables)
            .select(col("bytes"), col("content"), col("_metadata.file_path").as("of"));
    List<Row> same =
        files.join(others, new String[] {"bytes", "content"}).orderBy("file", "of").takeAsList(1);
    if (!same.isEmpty()) {
      Path table = new Path(same.get(0).<String>getAs("of")).getParent();
      throw belongs(same.get(0).getAs("file"), table.getParent().getName());
    }
  }
}
