package io.dialogbert.text;

import io.dialogbert.common.Seeds;
import java.util.List;
import java.util.SplittableRandom;

/** Texts that nobody writes: random scripts, emoji parts, marks and broken characters. */
public final class RandomTexts {
  /** To repeat a failure, pass {@code -Dtests.seed=} with the seed in its message. */
  public static final long SEED = Long.getLong("tests.seed", 20240501);

  private static final List<String> ALPHABETS =
      List.of(
          "가각나는핑퐁뷁힣안녕요",
          "ㅋㅎㅠㅜㅏㄱ",
          "\u1100\u1161\u11A8\u115F\u1160\u3164\uFFA0",
          "ﾡﾾￂￜｶﾞﾟｱ｡",
          "Ａｚ１～！￣￦\u301C\u2581",
          "今日天気はですカー々",
          "aAzZ019!?.~[]",
          "  \t\n\u3000\u00A0\u2003\u0085\u2800",
          "\u200B\u200D\u200C\uFEFF\u2060\u00AD\u0000\u0007\uFE0F\uFFFD\uFFFE",
          "\u0301\u3099\u0338\u20DD\u0E48",
          "\uD83D\uDE00\uDC00\uD800",
          "👨👩👧🏽❤↔🇰🇷\uD83E\uDEE0");

  private RandomTexts() {}

  /** The n-th text: up to 11 short stretches, each of one alphabet, some of them repeated. */
  public static String text(int n) {
    SplittableRandom random = Seeds.of(SEED, "text", n);
    StringBuilder text = new StringBuilder();
    int parts = random.nextInt(12);
    for (int i = 0; i < parts; i++) {
      String alphabet = ALPHABETS.get(random.nextInt(ALPHABETS.size()));
      int[] codePoints = alphabet.codePoints().toArray();
      int from = random.nextInt(codePoints.length);
      int length = 1 + random.nextInt(Math.min(3, codePoints.length - from));
      String part = new String(codePoints, from, length);
      text.append(part.repeat(random.nextInt(4) == 0 ? 1 + random.nextInt(4) : 1));
    }
    if (random.nextInt(5) == 0) {
      int at = random.nextInt(text.length() + 1);
      text.insert(at, "[PHONE]");
    }
    return text.toString();
  }

  public static String describe(int n) {
    return "text " + n + " of -Dtests.seed=" + SEED;
  }
}
