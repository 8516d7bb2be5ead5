package io.dialogbert.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DomainCorporaTest {
  private static final String SAID = "{\"lang\":\"%s\",\"text\":\"%s\"}%n";

  @Test
  void documentsAreConversationsAndSentencesTurnsUpToTheDialoguesLength(@TempDir Path temp)
      throws IOException {
    write(temp.resolve("messages/messages.jsonl.gz"), said("ko", 60) + said("ja", 900));
    write(
        temp.resolve("kobest/BoolQ_train.tsv"),
        """
        ID\tText\tQuestion\tAnswer
        1\t첫째 문장이다. 둘째는 3.5배다.\t질문\tTRUE
        2\t첫째 문장이다. 둘째는 3.5배다.\t또\tFALSE
        """);
    write(
        temp.resolve("korquad/dev.json.gz"),
        "{\"data\":[{\"paragraphs\":[{\"context\":\"셋째다.\"},{\"context\":\"넷째다.\"}]}]}");
    write(
        temp.resolve("petitions/a.jsonl.gz"),
        "{\"content\":\"" + "다섯째. ".repeat(20) + "\"}\n{\"content\":\"더는 들지 않는다.\"}\n");

    DomainCorpora.write(temp, temp.resolve("raw"));

    assertThat(read(temp.resolve("raw/dialogue.jsonl.gz"))).hasSize(1);
    List<JsonNode> written = read(temp.resolve("raw/written.jsonl.gz"));
    assertThat(written.stream().map(message -> message.path("text").asText()).limit(5))
        .containsExactly("첫째 문장이다.", "둘째는 3.5배다.", "셋째다.", "넷째다.", "다섯째.");
    assertThat(written).hasSize(24);
    assertThat(written.stream().map(message -> message.path("sender_id").asText()).limit(5))
        .containsExactly("boolq-0-a", "boolq-0-b", "korquad-1-a", "korquad-1-b", "petitions-2-a");
  }

  @Test
  void aLineEndsASentence() {
    assertThat(DomainCorpora.sentences(" 제목\n\n가나다? 라마바! 사\n"))
        .containsExactly("제목", "가나다?", "라마바!", "사");
  }

  private static String said(String lang, int characters) {
    return SAID.formatted(lang, "가".repeat(characters));
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static List<JsonNode> read(Path file) throws IOException {
    List<JsonNode> rows = new ArrayList<>();
    try (BufferedReader in = BenchCorpus.open(file)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        rows.add(new ObjectMapper().readTree(line));
      }
    }
    return rows;
  }
}
