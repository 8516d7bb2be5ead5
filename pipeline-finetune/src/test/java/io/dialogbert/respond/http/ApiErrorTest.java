package io.dialogbert.respond.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dialogbert.respond.BadContextException.Problem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ApiErrorTest {
  @Test
  void descriptionListsEveryError() throws IOException {
    JsonNode codes =
        new ObjectMapper()
            .readTree(StaticFiles.read("openapi.json"))
            .at("/components/schemas/Error/properties/error/properties/code/enum");
    List<String> listed = new ArrayList<>();
    codes.forEach(code -> listed.add(code.textValue()));
    assertThat(listed)
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(
                    Stream.of(ApiError.values()).map(ApiError::code),
                    // Only lines that are to be filled need a mask.
                    Stream.of(Problem.values())
                        .filter(problem -> problem != Problem.NO_MASK)
                        .map(Problem::code))
                .toList());
  }
}
