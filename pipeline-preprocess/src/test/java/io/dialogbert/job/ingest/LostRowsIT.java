package io.dialogbert.job.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.sample.MakeSampleJob;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows that were counted but are in no file. */
class LostRowsIT {
  @TempDir private Path temp;

  /** A job that makes a table of this many rows in two files, and loses files. */
  private record Losing(String table, long made, long counted, List<String> lost)
      implements Job<MakeSampleJob.SampleJobConfig> {
    @Override
    public String name() {
      return "make-sample";
    }

    @Override
    public MakeSampleJob.SampleJobConfig configure(ConfigReader in) {
      return new MakeSampleJob().configure(in);
    }

    @Override
    public Lineage lineage(MakeSampleJob.SampleJobConfig config) {
      return Lineage.to(config.output());
    }

    @Override
    public void run(JobContext job, MakeSampleJob.SampleJobConfig config) throws IOException {
      Dataset<Row> rows = job.spark().range(0, made, 1, 2).toDF();
      job.write(rows, table);
      job.count("rows_out", counted);
      for (var file : job.directories().files(job.outputPath(table).toString(), Object::toString)) {
        if (lost.stream().anyMatch(file.getPath().getName()::startsWith)) {
          job.directories().fileSystem(file.getPath()).delete(file.getPath(), false);
        }
      }
    }
  }

  private JobRun run(String table, long made, long counted, String... lost) {
    return JobRun.of(
        new Losing(table, made, counted, List.of(lost)),
        List.of("--set", "make-sample.output=" + temp.resolve("output")));
  }

  @Test
  void allFilesOfTheTableAreLost() {
    JobRun run = run("data", 10, 10, "part-");
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.FAILED);
    assertThat(run.err()).contains("files of the table data hold 0 rows, 10 were counted");
    assertThat(temp.resolve("output")).doesNotExist();
  }

  @Test
  void oneFileOfTheTableIsLost() {
    JobRun run = run("data", 10, 10, "part-00001");
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.FAILED);
    assertThat(run.err()).contains("files of the table data hold 5 rows, 10 were counted");
  }

  @Test
  void tableThatIsRightlyEmptyPasses() {
    JobRun run = run("data", 0, 0);
    assertThat(run.exitCode()).as(run.printed()).isZero();
  }

  @Test
  void jobWithoutThatTablePasses() {
    JobRun run = run("pieces", 3, 10);
    assertThat(run.exitCode()).as(run.printed()).isZero();
  }
}
