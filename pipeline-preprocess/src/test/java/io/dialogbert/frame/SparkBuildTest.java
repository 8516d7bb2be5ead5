package io.dialogbert.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.BadConfigException;
import org.junit.jupiter.api.Test;

/** Which Spark a build runs on. */
class SparkBuildTest {
  private static final SparkBuild SPARK_3 = new SparkBuild("3.5.9", "2.12");
  private static final SparkBuild SPARK_4 = new SparkBuild("4.2.0", "2.13");

  @Test
  void theCodeIsCompiledForTheSparkOfItsBuild() {
    assertThat(SparkBuild.ofCode().sparkVersion()).isEqualTo(SparkBuild.running().sparkVersion());
    assertThatCode(() -> SparkBuild.ofCode().requireFits(SparkBuild.running()))
        .doesNotThrowAnyException();
  }

  @Test
  void otherReleasesOfTheSameSparkFit() {
    assertThatCode(() -> SPARK_3.requireFits(new SparkBuild("3.5.0", "2.12.18")))
        .doesNotThrowAnyException();
    assertThatCode(() -> SPARK_4.requireFits(new SparkBuild("4.10.1-vendor", "2.13.18")))
        .doesNotThrowAnyException();
  }

  @Test
  void otherSparkOrScalaIsRefusedWithTheBuildToUse() {
    assertThatThrownBy(() -> SPARK_3.requireFits(new SparkBuild("4.2.1", "2.13.18")))
        .isInstanceOf(BadConfigException.class)
        .hasMessage(
            "these jobs are built for Spark 3.5.9 with Scala 2.12, and this is Spark 4.2.1 with"
                + " Scala 2.13; ./mvnw package makes those for Spark 3.5 with Scala 2.12, and with"
                + " -Pspark4 those for Spark 4 with Scala 2.13");
    assertThatThrownBy(() -> SPARK_4.requireFits(SPARK_3)).isInstanceOf(BadConfigException.class);
    assertThatThrownBy(() -> SPARK_3.requireFits(new SparkBuild("3.5.9", "2.13.8")))
        .isInstanceOf(BadConfigException.class);
    assertThatThrownBy(() -> SPARK_4.requireFits(new SparkBuild("3.5.9", "2.13.8")))
        .isInstanceOf(BadConfigException.class);
  }
}
