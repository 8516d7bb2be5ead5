package io.dialogbert.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.frame.Job;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Results must not depend on a cluster's {@code spark-defaults.conf}, which is not ours. */
class ClusterDefaultsIT {
  /** Settings of managed clusters, and common user settings. */
  private static final String[] DEFAULTS = {
    "spark.serializer=org.apache.spark.serializer.KryoSerializer",
    "spark.sql.adaptive.enabled=true",
    "spark.sql.ansi.enabled=true",
    "spark.sql.caseSensitive=true",
    "spark.sql.session.timeZone=Asia/Seoul",
    "spark.sql.parquet.compression.codec=snappy",
    "spark.sql.parquet.outputTimestampType=TIMESTAMP_MILLIS",
    "spark.sql.parquet.writeLegacyFormat=true",
    "spark.sql.sources.partitionOverwriteMode=dynamic",
    "spark.sql.sources.partitionColumnTypeInference.enabled=false",
    "spark.sql.files.maxRecordsPerFile=100",
    "spark.sql.shuffle.partitions=5",
    // By default, plans over such small inputs are interpreted.
    "spark.sql.codegen.wholeStage=true",
    "spark.sql.codegen.factoryMode=CODEGEN_ONLY",
    "spark.default.parallelism=5",
    "spark.hadoop.mapreduce.fileoutputcommitter.algorithm.version=2",
    "spark.speculation=true",
    "spark.io.compression.codec=zstd",
  };

  @Test
  void changeNoByteOfTheOutputs(@TempDir Path temp) throws IOException {
    SampleChain chain = SampleChain.shared();
    for (Job<?> job : SampleChain.JOBS) {
      Path output = temp.resolve(job.name());
      List<String> arguments = chain.arguments(job.name(), output, DEFAULTS);
      JobRun run = JobRun.of(job, arguments);
      assertThat(run.exitCode()).as(run.printed()).isZero();
      assertThat(SampleChain.manifest(output).files())
          .as(job.name())
          .isEqualTo(chain.manifest(job.name()).files());
    }
  }
}
