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
    "resident-date, 880101-4234567, false",
    "birth-date, 920304, true",
    "birth-date, 19920229, true",
    "birth-date, 19930229, false",
    "birth-date, 18920304, false",
    "business-number, 220-81-62517, true",
    "business-number, 220-81-62516, false",
    "ipv6, fe80::1, true",
    "ipv6, 10::30, false",
    "korean-name, 김민수, true",
    "korean-name, 남궁민수, true",
    "korean-name, 민수, true",
    "korean-name, 하나, false",
    "korean-full-name, 김하나, true",
    "korean-full-name, 이모, false",
    "korean-full-name, 선생님, false",
    "plain-korean-full-name, 김민수, true",
    "plain-korean-full-name, 김하나, false",
    "korean-given-name, 우리, false",
    "japanese-name, 田中太郎, true",
    "japanese-name, サクラ, true",
    "japanese-name, 店員, false",
    "japanese-full-name, 佐藤 花子, true",
    "japanese-full-name, 佐藤, false",
    "japanese-surname-first, 佐藤架空, true",
    "japanese-surname-first, 看護師, false",
    "roman-name, Kim Minsu, true",
    "roman-name, 'Kim, Min-su', true",
    "roman-name, Yuki Tanaka, true",
    "roman-name, Kim Kardashian, false",
    "none, x, true",
  })
  void tellsWhatOnlyLooksRight(String name, String match, boolean expected) {
    assertThat(Validator.named(name).accepts(match)).isEqualTo(expected);
  }
}
