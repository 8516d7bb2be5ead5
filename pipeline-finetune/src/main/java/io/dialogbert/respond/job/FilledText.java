package io.dialogbert.respond.job;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dialogbert.report.TextTable;
import io.dialogbert.respond.Context;
import io.dialogbert.respond.FilledMask;
import java.util.List;
import java.util.Locale;

/** Filled masks, for people and for programs. */
final class FilledText {
  private static final ObjectMapper JSON = new ObjectMapper();

  private FilledText() {}

  /** A table of the likeliest tokens of each mask. */
  static String of(List<FilledMask> masks) {
    TextTable table = new TextTable("mask", "token", "probability");
    for (int i = 0; i < masks.size(); i++) {
      String number = String.valueOf(i + 1);
      for (FilledMask.Guess guess : masks.get(i).tokens()) {
        table.row(
            number,
            guess.piece(),
            String.format(Locale.ROOT, "%.1f %%", 100 * guess.probability()));
        number = "";
      }
    }
    return table.render();
  }

  /** The language, and for each mask its tokens. */
  static ObjectNode json(Context context, List<FilledMask> masks) {
    ObjectNode json = JSON.createObjectNode();
    json.put("lang", context.lang());
    ArrayNode all = json.putArray("masks");
    for (FilledMask mask : masks) {
      ArrayNode tokens = all.addArray();
      for (FilledMask.Guess guess : mask.tokens()) {
        tokens
            .addObject()
            .put("id", guess.id())
            .put("token", guess.piece())
            .put("probability", guess.probability());
      }
    }
    return json;
  }
}
