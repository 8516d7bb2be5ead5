package io.dialogbert.respond.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.dialogbert.respond.BadContextException;
import io.dialogbert.respond.Context;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestReaderTest {
  private static Context read(String body) throws ApiException {
    return RequestReader.read(body.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void readsTurnsAndLanguage() throws ApiException {
    assertThat(read("{\"turns\": [\"뭐 해\", \"응\"], \"lang\": \"ja\"}"))
        .isEqualTo(new Context("ja", List.of("뭐 해", "응")));
    assertThat(read("{\"turns\": [\"何してる\"]}").lang()).isEqualTo("ja");
    assertThat(read("{\"turns\": [\"何してる\", \"뭐 해\", \"lol\"]}").lang()).isEqualTo("ko");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``|WRONG_TYPE",
        "{|NOT_JSON",
        "{\"turns\": [\"a\"]} {}|NOT_JSON",
        "{\"turns\": [\"a\"], \"turns\": [\"b\"]}|NOT_JSON",
        "[]|WRONG_TYPE",
        "null|WRONG_TYPE",
        "{\"turns\": \"a\"}|WRONG_TYPE",
        "{\"turns\": [1]}|WRONG_TYPE",
        "{\"lang\": \"ko\"}|WRONG_TYPE",
        "{\"turns\": [\"a\"], \"lang\": null}|WRONG_TYPE",
        "{\"turns\": [\"a\"], \"text\": \"secret\"}|UNKNOWN_FIELD"
      })
  void refusesWhatIsNoRequest(String body, ApiError error) {
    assertThat(catchThrowable(() -> read(body)))
        .isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.error()).isEqualTo(error))
        .hasMessageNotContaining("secret");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"turns\": []}|EMPTY_TEXT",
        "{\"turns\": [\"뭐 해\", \" \"]}|EMPTY_TEXT",
        "{\"turns\": [\"\"]}|EMPTY_TEXT",
        "{\"turns\": [\"hello\"]}|UNKNOWN_LANGUAGE",
        "{\"turns\": [\"뭐 해\"], \"lang\": \"en\"}|UNKNOWN_LANGUAGE"
      })
  void refusesWhatIsNoContext(String body, BadContextException.Problem problem) {
    assertThat(catchThrowable(() -> read(body)))
        .isInstanceOfSatisfying(
            BadContextException.class, e -> assertThat(e.problem()).isEqualTo(problem));
  }
}
