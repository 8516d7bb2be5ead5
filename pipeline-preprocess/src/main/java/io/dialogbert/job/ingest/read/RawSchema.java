package io.dialogbert.job.ingest.read;

import java.io.Serializable;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where to find a message's fields in a row.
 *
 * @param columns the column of each field; absent if none is read for it
 * @param constants values of fields that are the same in all rows
 * @param timeFormat name of a {@link TimeFormat}
 * @param timeZone zone of times without one; may be empty
 * @param languages accepted values of {@code lang}
 */
public record RawSchema(
    Map<RawField, String> columns,
    Map<RawField, String> constants,
    String timeFormat,
    String timeZone,
    Set<String> languages)
    implements Serializable {

  /** A field's name in error messages: its column or, without one, its setting. */
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
