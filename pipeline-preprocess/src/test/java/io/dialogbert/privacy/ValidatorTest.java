package io.dialogbert.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValidatorTest {
  @ParameterizedTest
  @CsvSource({
    "luhn, 7992739871-3, true",
    "luhn, 79927398710, false",
    "resident-date, 000229-3234567, true",
    "resident-date, 000229-1234567, false",
    "resident-date, 991231-6234567, true",
    "resident-date, 990431-1234567, false",
    "my-number, 123456789018, true",
    "my-number, 123456789019, false",
    "account-length, 1-234-56789, false",
    "account-length, 12-345-67890, true",
    "ipv6, 2001:db8::1, true",
    "ipv6, 2001::db8::1, false",
    "ipv6, 1:2:3:4:5:6:7:8, true",
    "ipv6, 12345:2:3:4:5:6:7:8, false",
    "none, x, true",
  })
  void tellsWhatOnlyLooksRight(String name, String match, boolean expected) {
    assertThat(Validator.named(name).accepts(match)).isEqualTo(expected);
  }
}
