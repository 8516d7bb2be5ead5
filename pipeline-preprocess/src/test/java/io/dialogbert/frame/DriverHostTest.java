package io.dialogbert.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.UnknownHostException;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;

class DriverHostTest {
  @Test
  void nameOfTheMachineThatIsTheReasonIsNamedWithWhatToSet() {
    assertThat(
            DriverHost.explain(
                new SparkException("Invalid Spark URL: spark://HeartbeatReceiver@my_host:4040")))
        .startsWith("Spark does not start: Invalid Spark URL: spark://HeartbeatReceiver@my_host:40")
        .contains("the reason is this machine's name", "SPARK_LOCAL_HOSTNAME");
    assertThat(
            DriverHost.explain(
                new ExceptionInInitializerError(
                    new UnknownHostException("no-such: Name or service not known"))))
        .startsWith("Spark does not start: no-such: Name or service not known; the reason is")
        .contains("SPARK_LOCAL_HOSTNAME");
  }

  @Test
  void otherReasonsStandForThemselves() {
    assertThat(DriverHost.explain(new SparkException("Could not parse Master URL: 'x'")))
        .isEqualTo("Spark does not start: Could not parse Master URL: 'x'");
    assertThat(DriverHost.explain(new SparkException("failure to login\n\tat a.B.c(B.java:1)\n")))
        .isEqualTo("Spark does not start: failure to login");
  }
}
