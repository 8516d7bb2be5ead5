package io.dialogbert.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.frame.config.Setting;
import io.dialogbert.job.example.InspectExamplesJob;
import io.dialogbert.job.forget.ForgetJob;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code reference.conf} and the jobs' settings must have the same keys. */
class JobDefaultsTest {
  private static final Config REFERENCE = ConfigFactory.parseResources("reference.conf").resolve();

  private static final Set<String> MAY_BE_EMPTY =
      Set.of("ingest-messages.lang", "ingest-messages.source", "ingest-messages.time-zone");

  static Stream<Job<?>> jobs() {
    return Stream.concat(
        SampleChain.JOBS.stream(), Stream.of(new InspectExamplesJob(), new ForgetJob()));
  }

  @ParameterizedTest
  @MethodSource("jobs")
  void everySettingHasADefaultAndEveryDefaultIsRead(Job<?> job) {
    Map<String, ConfigValue> defaults =
        REFERENCE.getConfig(job.name()).entrySet().stream()
            .collect(Collectors.toMap(e -> job.name() + "." + e.getKey(), Map.Entry::getValue));
    List<String> locations = new ArrayList<>();
    defaults.forEach(
        (key, value) -> {
          if (value.valueType() == ConfigValueType.LIST) {
            locations.add(key + "=[\"somewhere\"]");
          } else if (value.unwrapped().equals("") && !MAY_BE_EMPTY.contains(key)) {
            locations.add(key + "=somewhere");
          }
        });
    ConfigReader reader = ConfigReader.open(Optional.empty(), locations);
    assertThat(job.configure(reader.section(job.name()))).isNotNull();
    Set<String> read =
        reader.finish(job.name()).stream()
            .map(Setting::key)
            .filter(key -> !key.equals("seed"))
            .collect(Collectors.toSet());
    assertThat(read).isEqualTo(defaults.keySet());
  }
}
