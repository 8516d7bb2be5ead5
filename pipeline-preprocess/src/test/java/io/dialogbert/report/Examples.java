package io.dialogbert.report;

import io.dialogbert.frame.store.Manifest;
import io.dialogbert.report.ReportTable.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Made-up results of a run. */
final class Examples {
  private Examples() {}

  static ReportData report() {
    return new ReportData(
        "Dialog-BERT: quick start",
        List.of(
            new ReportData.Figure("Messages", "29,969", "of 30,000 rows read"),
            new ReportData.Figure("Held-out MLM loss", "3.41", "8.02 at the start; unigram 6.12"),
            new ReportData.Figure("Held-out NSP accuracy", "78.4 %", "50 % by guessing"),
            new ReportData.Figure("Reactions", "41.0 %", "most frequent class 6.9 %"),
            new ReportData.Figure("Student", "1.9 x faster", "98 % of the teacher's accuracy")),
        List.of(
            stage(
                "ingest-messages",
                Map.of(
                    "rows_in", 30_000L,
                    "rows_out", 29_170L,
                    "rejected.not-json", 18L,
                    "rejected.missing-field", 13L,
                    "dropped.system-line", 611L,
                    "dropped.duplicate-message", 97L,
                    "dropped.media", 91L,
                    "pii.phone", 88L,
                    "pii.email", 31L,
                    "pii.url", 84L),
                Map.of()),
            stage(
                "build-dialogues",
                Map.of("rows_in", 29_170L, "rows_out", 2_630L, "dropped.too-few-turns", 114L),
                Map.of()),
            stage(
                "build-examples",
                Map.of("rows_in", 2_630L, "rows_out", 9_871L),
                Map.of("random_pair_ratio", 0.4981, "mask_ratio", 0.1436, "fill_ratio", 0.83)),
            stage("pretrain", Map.of("rows_in", 8_000L), Map.of("validation_mlm_loss", 3.41)),
            stage(
                "evaluate-encoder",
                Map.of(),
                Map.of("baseline_unigram_loss", 6.12, "baseline_nsp_accuracy", 0.503)),
            stage(
                "distill",
                Map.of("teacher_parameters", 1_310_720L, "student_parameters", 917_504L),
                Map.of(
                    "teacher_test_accuracy", 0.41,
                    "student_test_accuracy", 0.402,
                    "teacher_latency_ms", 2.4,
                    "student_latency_ms", 1.3))),
        List.of(TrainingRun.parse("pretrain", metrics())),
        tables());
  }

  static StageReport stage(String job, Map<String, Long> counts, Map<String, Double> figures) {
    return stage(job, List.of(), counts, figures);
  }

  static StageReport stage(
      String job,
      List<Manifest.Input> inputs,
      Map<String, Long> counts,
      Map<String, Double> figures) {
    return new StageReport(
        "work/quickstart/" + job,
        new Manifest(
            job,
            1,
            new TreeMap<>(Map.of("seed", "20191029", "masked-lm-prob", "0.15")),
            inputs,
            new TreeMap<>(counts),
            new TreeMap<>(figures),
            List.of(new Manifest.OutputFile("data/part-0.parquet", 1_234_567, 100, "00")),
            new TreeMap<>(
                Map.of("seconds", "12.5", "peak_resident_mib", "913", "started", "2026-01-01"))),
        false);
  }

  static String metrics() {
    StringBuilder lines = new StringBuilder();
    for (int step = 10; step <= 600; step += 10) {
      double loss = 3.2 + 5 * Math.exp(-step / 150.0);
      lines.append(
          String.format(
              Locale.ROOT,
              "{\"step\":%d,\"event\":\"round\",\"split\":\"train\",\"examples\":%d,"
                  + "\"mlm_loss\":%.4f,\"nsp_loss\":%.4f,\"gradient_norm\":%.3f,"
                  + "\"learning_rate\":%.6f,\"examples_per_second\":%.1f,"
                  + "\"train_seconds\":1.1}%n",
              step,
              step * 32,
              loss + 0.1 * Math.sin(step),
              0.4 + 0.3 * Math.exp(-step / 200.0),
              1 + 3 * Math.exp(-step / 50.0),
              1e-3 * Math.min(step / 60.0, (600 - step) / 540.0),
              310 + 5 * Math.cos(step)));
      if (step % 100 == 0) {
        lines.append(
            String.format(
                Locale.ROOT,
                "{\"step\":%d,\"event\":\"evaluation\",\"split\":\"validation\","
                    + "\"mlm_loss\":%.4f,\"nsp_loss\":%.4f,"
                    + "\"mlm_accuracy\":%.4f,\"nsp_accuracy\":%.4f}%n",
                step,
                loss + 0.15,
                0.45 + 0.25 * Math.exp(-step / 200.0),
                0.4 - 0.3 * Math.exp(-step / 200.0),
                0.8 - 0.3 * Math.exp(-step / 200.0)));
        lines.append(
            String.format(
                Locale.ROOT,
                "{\"step\":%d,\"event\":\"checkpoint\",\"checkpoint_seconds\":0.5}%n",
                step));
      }
    }
    return lines.toString();
  }

  private static List<ReportTable> tables() {
    List<List<Object>> days = new ArrayList<>();
    List<List<Object>> lengths = new ArrayList<>();
    List<List<Object>> texts = new ArrayList<>();
    List<List<Object>> tokens = new ArrayList<>();
    String[] korean = {"ㅋㅋ", "헐", "나도", "ㅇㅇ", "대박", "축하해", "힘내ㅠㅠ"};
    String[] japanese = {"わかる", "おけ", "笑", "了解です", "それな", "頑張れ", "おめでとう"};
    for (int day = 1; day <= 28; day++) {
      String date = String.format(Locale.ROOT, "2024-02-%02d", day);
      days.add(List.of("ja", "sample", date, 12L + day % 5));
      days.add(List.of("ko", "sample", date, 70 + 13L * (day % 7)));
    }
    for (int length = 0; length <= 60; length += 5) {
      lengths.add(List.of("ko", length, Math.round(6000 * Math.exp(-length / 12.0))));
      lengths.add(List.of("ja", length, Math.round(1000 * Math.exp(-length / 12.0))));
    }
    for (int rank = 1; rank <= korean.length; rank++) {
      texts.add(List.of("ko", (long) rank, korean[rank - 1], 300L / rank, 0.012 / rank));
      texts.add(List.of("ja", (long) rank, japanese[rank - 1], 60L / rank, 0.014 / rank));
    }
    for (int rank = 1; rank <= 3_000; rank++) {
      tokens.add(List.of((long) rank, rank + 6, "▁t" + rank, 12_000L / rank + 1));
    }
    return List.of(
        CorpusTables.of("messages_per_day", List.of("lang", "source", "day", "messages"), days),
        CorpusTables.of("message_lengths", List.of("lang", "characters_from", "messages"), lengths),
        CorpusTables.of(
            "frequent_texts", List.of("lang", "rank", "text", "messages", "share"), texts),
        CorpusTables.of("token_frequencies", List.of("rank", "id", "piece", "occurrences"), tokens),
        new ReportTable(
            Section.CORPUS,
            "Splits",
            "",
            List.of("lang", "split", "dialogues"),
            List.of(List.of("ko", "train", 2_000L), List.of("ja", "train", 400L)),
            java.util.Optional.empty()));
  }
}
