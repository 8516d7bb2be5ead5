package io.dialogbert.job.ingest.read;

import java.io.Serializable;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where the fields of a message are in a row.
 *
 * @param columns what each field is called; absent where no column is read for it
 * @param constants values of fields that are the same in all rows
 * @param timeFormat name of a {@link TimeFormat}
 * @param timeZone zone of times that do not tell theirs; may be empty
 * @param languages accepted values of {@code lang}
 */
public record RawSchema(
    Map<RawField, String> columns,
    Map<RawField, String> constants,
    String timeFormat,
    String timeZone,
    Set<String> languages)
    implements Serializable {

  /** What messages call a field: its column, or else its setting. */
  String name(RawField field) {
    return columns.getOrDefault(field, field.key());
  }

  TimeFormat time() {
    return new TimeFormat(timeFormat, zone());
  }

  public Optional<ZoneId> zone() {
    return Optional.of(timeZone).filter(zone -> !zone.isEmpty()).map(ZoneId::of);
  }
}
