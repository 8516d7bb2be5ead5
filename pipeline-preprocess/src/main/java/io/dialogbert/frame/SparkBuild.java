package io.dialogbert.frame;

import io.dialogbert.common.BadConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * A Spark and its Scala. Between two of them calls end in missing methods, some only in the middle
 * of a job.
 *
 * @param sparkVersion such as 3.5.9
 * @param scalaVersion such as 2.12, with or without what follows
 */
record SparkBuild(String sparkVersion, String scalaVersion) {
  /** What the code was compiled for. */
  static SparkBuild ofCode() {
    Properties build = new Properties();
    try (InputStream in = SparkBuild.class.getResourceAsStream("spark.properties")) {
      build.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new SparkBuild(build.getProperty("spark"), build.getProperty("scala"));
  }

  /** What the code runs on. */
  static SparkBuild running() {
    return new SparkBuild(
        org.apache.spark.package$.MODULE$.SPARK_VERSION(),
        scala.util.Properties.versionNumberString());
  }

  /** Spark's version without its last number, such as 3.5. */
  String line() {
    return firstTwo(sparkVersion);
  }

  /**
   * Checks that code compiled for this runs on another.
   *
   * @throws BadConfigException says which build to use
   */
  void requireFits(SparkBuild other) {
    if (!major().equals(other.major())
        || !firstTwo(scalaVersion).equals(firstTwo(other.scalaVersion))) {
      throw new BadConfigException(
          "these jobs are built for "
              + this
              + ", and this is "
              + other
              + "; ./mvnw package makes those for Spark 3.5 with Scala 2.12, and with -Pspark4 those"
              + " for Spark 4 with Scala 2.13");
    }
  }

  private String major() {
    return sparkVersion.split("\\.", 2)[0];
  }

  private static String firstTwo(String version) {
    return version.replaceFirst("^(\\d+\\.\\d+).*", "$1");
  }

  @Override
  public String toString() {
    return "Spark " + sparkVersion + " with Scala " + firstTwo(scalaVersion);
  }
}
