package io.dialogbert.sample;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Makes a clean line look typed on a phone, with style, spacing, typing errors and stretched
 * laughter.
 */
final class Noise {
  private static final String STRETCHED = "ㅋㅎㅠㅜwｗ!~ー";
  private static final String CLOSING = "?!~.^ㅋㅎㅠㅜwｗ笑。！？ー～ ";
  private static final double STRETCH_PROB = 0.4;
  private static final double RULE_TYPO_PROB = 0.6;
  private static final int NUM_FINALS = 28;
  private static final int NUM_VOWELS = 21;

  private final Grammar grammar;

  Noise(Grammar grammar) {
    this.grammar = grammar;
  }

  String apply(String line, Person writer, SplittableRandom random) {
    StringBuilder text = new StringBuilder(line);
    applyStyle(text, writer, random);
    if (random.nextDouble() < writer.typoProb()) {
      mistype(text, random);
    }
    dropSpaces(text, writer.spaceDropProb(), random);
    int last = text.length() - 1;
    if (last > 0 && ".?。？".indexOf(text.charAt(last)) >= 0) {
      if (random.nextDouble() < writer.punctuationDropProb() * 0.5) {
        text.setLength(last);
      }
    } else if (last > 0 && STRETCHED.indexOf(text.charAt(last)) >= 0) {
      while (random.nextDouble() < STRETCH_PROB) {
        text.append(text.charAt(last));
      }
    }
    if (random.nextDouble() < writer.emojiProb()) {
      text.append(line(grammar.list("emoji").draw(random)));
    }
    return text.toString();
  }

  private static String line(Template emoji) {
    return emoji instanceof Template.Text fixed ? fixed.text() : "";
  }

  private void applyStyle(StringBuilder text, Person writer, SplittableRandom random) {
    for (Style style : grammar.styles()) {
      if (style.name().equals(writer.style()) && random.nextDouble() < style.useProb()) {
        int end = text.length();
        while (end > 0 && CLOSING.indexOf(text.charAt(end - 1)) >= 0) {
          end--;
        }
        for (Style.Rule rule : style.rules()) {
          int start = end - rule.ending().length();
          if (start >= 0 && text.indexOf(rule.ending(), start) == start) {
            text.replace(start, end, pick(rule.replacements(), random));
            return;
          }
        }
      }
    }
  }

  private void mistype(StringBuilder text, SplittableRandom random) {
    List<Style.Rule> typos = grammar.typos();
    if (random.nextDouble() < RULE_TYPO_PROB) {
      int first = random.nextInt(typos.size());
      for (int i = 0; i < typos.size(); i++) {
        Style.Rule typo = typos.get((first + i) % typos.size());
        int found = text.indexOf(typo.ending());
        if (found >= 0) {
          text.replace(found, found + typo.ending().length(), pick(typo.replacements(), random));
          return;
        }
      }
    }
    if (text.length() < 3) {
      return;
    }
    int at = random.nextInt(text.length() - 1);
    char c = text.charAt(at);
    if (Character.isSurrogate(c) || Character.isSurrogate(text.charAt(at + 1))) {
      return;
    }
    if (c >= '가' && c <= '힣' && random.nextBoolean()) {
      text.setCharAt(at, mistypedSyllable(c, random));
    } else if (random.nextBoolean()) {
      text.setCharAt(at, text.charAt(at + 1));
      text.setCharAt(at + 1, c);
    } else {
      text.deleteCharAt(at);
    }
  }

  /** Another vowel or final consonant, as if a neighboring key had been hit. */
  private static char mistypedSyllable(char syllable, SplittableRandom random) {
    int index = syllable - '가';
    int finalIndex = index % NUM_FINALS;
    int vowel = index / NUM_FINALS % NUM_VOWELS;
    int initial = index / NUM_FINALS / NUM_VOWELS;
    if (random.nextBoolean()) {
      vowel = random.nextInt(NUM_VOWELS);
    } else {
      finalIndex = finalIndex == 0 ? random.nextInt(NUM_FINALS) : 0;
    }
    return (char) ('가' + (initial * NUM_VOWELS + vowel) * NUM_FINALS + finalIndex);
  }

  private static void dropSpaces(StringBuilder text, double prob, SplittableRandom random) {
    if (prob > 0) {
      for (int i = text.length() - 1; i > 0; i--) {
        if (text.charAt(i) == ' ' && random.nextDouble() < prob) {
          text.deleteCharAt(i);
        }
      }
    }
  }

  private static String pick(List<String> options, SplittableRandom random) {
    return options.get(random.nextInt(options.size()));
  }
}
