package io.dialogbert.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dialogbert.report.ReportTable.Chart;
import io.dialogbert.report.ReportTable.ChartKind;
import io.dialogbert.report.ReportTable.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HtmlReportTest {
  private static final Pattern CHARTS =
      Pattern.compile("(?s)<script type=\"application/json\" id=\"charts\">(.*?)</script>");

  @Test
  void showsEveryPartOfTheRun() {
    assertThat(HtmlReport.render(Examples.report()))
        .contains("<h2>Pipeline</h2>", "<h2>Corpus</h2>", "<h2>Examples</h2>")
        .contains("<h2>Training</h2>", "<h2>Models</h2>", "<h2>Where everything lies</h2>")
        .contains("Held-out MLM loss", "611 system-line, 97 duplicate-message, 91 media")
        .contains("Teacher and student", "<td class=\"number\">0.70</td>")
        .contains("<td>random_pair_ratio</td><td class=\"number\">0.4981</td>")
        .contains("work/quickstart/pretrain", "1.2 MiB", "ㅋㅋ", "わかる");
  }

  @Test
  void loadsNothing() {
    String page = HtmlReport.render(Examples.report());
    assertThat(page)
        .contains("default-src 'none'")
        .doesNotContain("sourceMappingURL")
        .doesNotContainPattern("<(link|img|iframe|script)[^>]*(src|href)=");
  }

  @Test
  void curvesHoldTrainHeldOutAndBaseline() throws JsonProcessingException {
    JsonNode loss = chart(HtmlReport.render(Examples.report()), "mlm_loss (train)");
    assertThat(loss.get("series").findValuesAsText("label"))
        .containsExactly(
            "mlm_loss (train)",
            "mlm_loss (validation)",
            "mlm_loss: unigram entropy",
            "nsp_loss (train)",
            "nsp_loss (validation)");
    JsonNode baseline = loss.get("series").get(2);
    assertThat(baseline.get("role").asText()).isEqualTo("baseline");
    assertThat(baseline.get("points").toString()).isEqualTo("[[10.0,6.12],[600.0,6.12]]");
  }

  @Test
  void everyCurveOfATrainingRunIsDrawn() throws JsonProcessingException {
    String page = HtmlReport.render(Examples.report());
    for (String metric :
        List.of("gradient_norm", "learning_rate", "examples_per_second", "nsp_loss")) {
      JsonNode chart = chart(page, metric + " (train)");
      assertThat(chart.get("xTitle").asText()).as(metric).isEqualTo("step");
      assertThat(chart.get("series").get(0).get("points")).as(metric).hasSize(60);
    }
    assertThat(chart(page, "mlm_accuracy (validation)").get("series").findValuesAsText("label"))
        .containsExactly(
            "mlm_accuracy (validation)", "nsp_accuracy (validation)", "nsp_accuracy: majority");
  }

  @Test
  void personalDataIsShownByKindMostFrequentFirst() throws JsonProcessingException {
    JsonNode chart = chart(HtmlReport.render(Examples.report()), "masked");
    assertThat(chart.get("labels").toString()).isEqualTo("[\"phone\",\"url\",\"email\"]");
  }

  /** One row of each table of {@code corpus-stats}, with its heading in the report. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          messages_per_day   | lang,source,day,messages,characters | Messages per day
          dialogues_per_day  | lang,source,day,dialogues,turns | Dialogues per day
          message_lengths    | lang,characters_from,messages | Message length in characters
          message_tokens     | lang,tokens_from,messages | Message length in tokens
          turn_tokens        | lang,tokens_from,turns | Turn length in tokens
          turns_per_dialogue | lang,turns,dialogues | Turns per dialogue
          splits             | lang,split,dialogues,turns | Splits
          frequent_texts     | lang,rank,text,messages,senders,share | Most frequent messages
          text_coverage      | lang,share_of_texts,texts,share_of_messages | messages cover
          frequent_replies   | lang,rank,text,replies,senders,share | Most frequent replies
          reply_coverage     | lang,share_of_texts,texts,share_of_replies | replies cover
          token_frequencies  | rank,id,piece,occurrences,coverage | Token frequencies
          piece_coverage     | lang,pieces,coverage | pieces cover
          word_coverage      | lang,words,coverage | words cover
          unknown_tokens     | lang,tokens,unknown,unknown_rate | Unknown tokens
          dropped            | job,reason,messages | Messages dropped, by reason
          rejected           | job,reason,rows | Rows rejected, by reason
          """)
  void everyTableOfTheStatisticsHasItsHeadingAndValues(
      String name, String columns, String heading) {
    Set<String> strings =
        Set.of("lang", "source", "day", "split", "text", "piece", "job", "reason");
    List<String> names = List.of(columns.split(","));
    List<Object> row = new ArrayList<>();
    for (String column : names) {
      row.add(strings.contains(column) ? column + "-value" : column.equals("rank") ? 1L : 0.25);
    }
    String page = render(CorpusTables.of(name, names, List.of(row)));
    assertThat(page).contains(heading + "</figcaption>");
    assertThat(page)
        .containsPattern(name.startsWith("frequent") ? "text-value" : ">25.0 %<|>0.25<");
    assertThat(render(CorpusTables.of(name, names, List.of())))
        .as("without a row")
        .contains("</figcaption>");
  }

  @Test
  void chartsSumRowsOfEqualLabelAndSeries() throws JsonProcessingException {
    ReportTable table =
        CorpusTables.of(
            "messages_per_day",
            List.of("lang", "source", "day", "messages"),
            List.of(
                List.of("ja", "s", "2024-01-02", 1L),
                List.of("ko", "s", "2024-01-02", 2L),
                List.of("ko", "t", "2024-01-02", 3L),
                List.of("ko", "s", "2024-01-01", 4L)));
    JsonNode chart = chart(render(table), "ko");
    assertThat(chart.get("labels").toString()).isEqualTo("[\"2024-01-01\",\"2024-01-02\"]");
    assertThat(chart.get("series").get(0).get("points").toString())
        .isEqualTo("[[0.0,4.0],[1.0,5.0]]");
  }

  @Test
  void valuesCannotBecomeMarkup() {
    String evil = "<script>alert('x')</script>\"&";
    String page =
        render(
            new ReportTable(
                Section.CORPUS,
                evil,
                evil,
                List.of("text", evil),
                List.of(List.of(evil, 1L)),
                Optional.of(new Chart(ChartKind.BARS, "text", Optional.empty(), List.of(evil)))));
    assertThat(page)
        .doesNotContain("<script>alert")
        .contains("<td>&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;</td>");
    Matcher charts = CHARTS.matcher(page);
    assertThat(charts.find()).isTrue();
    assertThat(charts.group(1)).doesNotContain("<").contains("\\u003cscript>alert");
    assertThat(page.split("</script>", -1)).as("three script elements").hasSize(4);
  }

  @Test
  void longTablesAreCutAndSaySo() {
    List<List<Object>> rows =
        java.util.stream.LongStream.range(0, 1_234).mapToObj(i -> List.<Object>of(i)).toList();
    String page =
        render(new ReportTable(Section.CORPUS, "t", "", List.of("n"), rows, Optional.empty()));
    assertThat(page).contains("The first 60 of 1,234 rows.").doesNotContain(">1,233<");
  }

  @Test
  void zipfCurveIsThinned() throws JsonProcessingException {
    JsonNode chart = chart(HtmlReport.render(Examples.report()), "occurrences");
    assertThat(chart.get("xScale").asText()).isEqualTo("logarithmic");
    assertThat(chart.get("series").get(0).get("points").size()).isBetween(150, 410);
  }

  @Test
  void reportWithoutTrainingHasNoTrainingSection() {
    ReportData data =
        new ReportData(
            "t",
            List.of(),
            List.of(Examples.stage("ingest-messages", Map.of("rows_in", 1L), Map.of())),
            List.of(),
            List.of());
    assertThat(HtmlReport.render(data)).doesNotContain("<h2>Training</h2>", "<h2>Models</h2>");
  }

  private static String render(ReportTable table) {
    return HtmlReport.render(new ReportData("t", List.of(), List.of(), List.of(), List.of(table)));
  }

  private static JsonNode chart(String page, String seriesLabel) throws JsonProcessingException {
    Matcher charts = CHARTS.matcher(page);
    assertThat(charts.find()).isTrue();
    for (JsonNode chart : new ObjectMapper().readTree(charts.group(1))) {
      if (chart.get("series").findValuesAsText("label").contains(seriesLabel)) {
        return chart;
      }
    }
    throw new AssertionError("no chart has the series " + seriesLabel);
  }
}
