package io.dialogbert.privacy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dialogbert.privacy.LabeledText.Label;
import io.dialogbert.privacy.PiiRule.Match;
import io.dialogbert.privacy.PiiRule.Range;
import io.dialogbert.text.normalize.Normalizer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * Sentences with labeled names to train {@link NameModel} on: real messages with names planted in
 * them, sentences of a public set with labeled entities, and made-up ones. Only the {@link
 * BenchPart#DEVELOPMENT} part of messages and names is used.
 */
final class NameSentences {
  /** Words for people in real messages, in whose place a name can stand, and what follows them. */
  private static final Pattern KO_PERSON =
      Pattern.compile(
          "(?<![가-힣])(?:친구|엄마|아빠|언니|오빠|누나|동생|남편|아내|남자친구|여자친구|남친|여친|걔|얘|애인|여자|남자|아이|그녀|그 사람|그"
              + " 친구|선생님|할머니|할아버지|이모|삼촌|부모님|아들|딸|조카|강아지|고양이|상사|사장님|동료|후배|선배)"
              + "(이|가|은|는|을|를|랑|이랑|한테|에게|도|와|과|의|하고|만|처럼|보다|한테서|네)?(?![가-힣])");

  private static final Pattern JA_PERSON =
      Pattern.compile(
          "(?:友達|友人|母|父|彼女|彼|妹|弟|姉|兄|先輩|後輩|息子|娘|旦那|主人|妻|上司|先生|祖母|祖父|お母さん|お父さん|店員さん|子供|犬|猫)"
              + "(?=[がはにをともの、]|から|って|より)");

  /** Pairs of letters that stand for masked names in public chats: {@code <AB>さん}. */
  private static final Pattern MASKED = Pattern.compile("<[A-Z]{2}>");

  private static final Map<String, String> AFTER_CONSONANT =
      Map.of("가", "이", "는", "은", "를", "을", "와", "과", "랑", "이랑", "네", "이네");
  private static final Map<String, String> AFTER_VOWEL =
      Map.of("이", "가", "은", "는", "을", "를", "과", "와", "이랑", "랑");

  private static final int MAX_MESSAGES = 7_000;
  private static final int ROUNDS = 24;

  /** Labeled sentences of encyclopedias and news are long, and unlike messages. */
  private static final int MAX_LENGTH = 60;

  private final String lang;
  private final SplittableRandom random;
  private final NameMaker names;
  private final PiiMasker rules = new PiiMasker(PiiRules.load());
  private final Normalizer normalizer = new Normalizer(3, false);
  private final List<LabeledText> sentences = new ArrayList<>();

  private NameSentences(String lang, List<String> knownNames, long seed) {
    this.lang = lang;
    this.random = new SplittableRandom(seed);
    this.names = new NameMaker(lang, knownNames, random);
  }

  /**
   * The sentences of a language.
   *
   * @param messages JSON Lines with {@code lang} and {@code text}, gzipped; only of public sets
   *     whose licenses allow a model made from them
   * @param entities {@code klue-ner} for Korean, {@code ner-wikipedia-dataset} for Japanese
   */
  static List<LabeledText> of(String lang, Path messages, Path entities, long seed)
      throws IOException {
    List<LabeledText> ofEntities = lang.equals("ko") ? klue(entities) : wikipedia(entities);
    List<String> known = new ArrayList<>();
    ofEntities.forEach(
        sentence ->
            sentence
                .labels()
                .forEach(l -> known.add(sentence.text().substring(l.start(), l.end()))));
    NameSentences made = new NameSentences(lang, known, seed);
    ofEntities.stream()
        .filter(sentence -> sentence.text().length() <= MAX_LENGTH)
        .forEach(made.sentences::add);
    made.fromMessages(messages);
    made.fromPatterns();
    return made.sentences;
  }

  private void fromMessages(Path file) throws IOException {
    Set<String> texts = new LinkedHashSet<>();
    ObjectMapper json = new ObjectMapper();
    try (BufferedReader reader = reader(file)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        JsonNode message = json.readTree(line);
        if (message.get("lang").asText().equals(lang)) {
          texts.add(normalizer.normalize(message.get("text").asText()));
        }
      }
    }
    List<String> all = new ArrayList<>(texts);
    for (int i = all.size() - 1; i > 0; i--) {
      Collections.swap(all, i, random.nextInt(i + 1));
    }
    for (String text : all.subList(0, Math.min(MAX_MESSAGES, all.size()))) {
      if (BenchPart.of(text) == BenchPart.DEVELOPMENT && text.length() <= MAX_LENGTH) {
        fromMessage(text);
      }
    }
  }

  private void fromMessage(String text) {
    if (MASKED.matcher(text).find()) {
      for (int n = 0; n < 3; n++) {
        sentences.add(replaced(text, MASKED.matcher(text), false));
      }
      return;
    }
    LabeledText plain = labeledByRules(text);
    sentences.add(plain);
    Matcher person = (lang.equals("ko") ? KO_PERSON : JA_PERSON).matcher(text);
    if (plain.labels().isEmpty() && person.find() && random.nextInt(3) > 0) {
      sentences.add(replaced(text, person.reset(), true));
    }
  }

  /** What rules take for a name in real messages nearly always is one. */
  private LabeledText labeledByRules(String text) {
    List<Match> found = new ArrayList<>();
    rules.find(text, new Range(0, text.length()), PiiMasker.TriggeredRules.NONE, found::add);
    List<Label> labels = new ArrayList<>();
    for (Match match : PiiMasker.merge(found)) {
      if (match.kind() == PiiKind.NAME && isNameLetters(text, match)) {
        labels.add(new Label("NAME", match.start(), match.end(), false));
      }
    }
    return new LabeledText(lang, text, labels);
  }

  private static boolean isNameLetters(String text, Match match) {
    return text.substring(match.start(), match.end())
        .chars()
        .allMatch(c -> NameFeatures.isNameLetter((char) c));
  }

  /** The text with a name for each match. */
  private LabeledText replaced(String text, Matcher matcher, boolean withTitles) {
    StringBuilder out = new StringBuilder();
    List<Label> labels = new ArrayList<>();
    int end = 0;
    while (matcher.find()) {
      out.append(text, end, matcher.start());
      end = matcher.end();
      String name = random.nextInt(3) == 0 ? names.full() : one(names.given(), names.surname());
      labels.add(new Label("NAME", out.length(), out.length() + name.length(), false));
      out.append(name);
      if (lang.equals("ko") && matcher.groupCount() > 0 && matcher.group(1) != null) {
        appendParticle(out, name, matcher.group(1));
      } else if (withTitles && lang.equals("ja")) {
        out.append(one("", "", "さん", "くん", "ちゃん", "先輩"));
      }
    }
    return new LabeledText(lang, out.append(text.substring(end)).toString(), labels);
  }

  /** Given names that end in a consonant take 이 before a particle in speech. */
  private void appendParticle(StringBuilder out, String name, String particle) {
    boolean closed = (name.charAt(name.length() - 1) - '가') % 28 != 0;
    if (closed && name.length() == 2 && random.nextBoolean()) {
      out.append('이').append(AFTER_VOWEL.getOrDefault(particle, particle));
    } else {
      out.append((closed ? AFTER_CONSONANT : AFTER_VOWEL).getOrDefault(particle, particle));
    }
  }

  private String one(String... choices) {
    return choices[random.nextInt(choices.length)];
  }

  private void fromPatterns() {
    List<String> real = new ArrayList<>();
    for (LabeledText sentence : sentences) {
      if (sentence.labels().isEmpty() && sentence.text().length() < 40) {
        real.add(sentence.text());
      }
    }
    for (int round = 0; round < ROUNDS; round++) {
      MessageTemplates templates =
          new MessageTemplates(lang, "name-patterns-" + lang + ".txt", names.words(400));
      long seed = random.nextLong();
      int number = templates.size("texts NAME");
      for (LabeledText text : templates.positives("NAME", number, seed)) {
        sentences.add(beside(text, real));
      }
      if (round % 2 == 0) {
        sentences.addAll(templates.negatives("NAME", templates.size("negatives NAME"), seed));
      }
    }
  }

  /** The text alone, before or after a real message. */
  private LabeledText beside(LabeledText text, List<String> real) {
    String other = real.get(random.nextInt(real.size()));
    String gap = one(" ", " ", ". ", "\n", ", ");
    return switch (random.nextInt(4)) {
      case 0 -> new LabeledText(lang, text.text() + gap + other, text.labels());
      case 1 -> text.after(other + gap.substring(0, gap.length() - 1));
      default -> text;
    };
  }

  /** KLUE's named entities, a character and its tag a line. */
  private static List<LabeledText> klue(Path file) throws IOException {
    List<LabeledText> sentences = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    List<Label> labels = new ArrayList<>();
    List<String> lines = Files.readAllLines(file);
    lines.add("");
    for (String line : lines) {
      int tab = line.lastIndexOf('\t');
      if (line.startsWith("## ")) {
        continue;
      }
      if (tab < 0) {
        if (!text.isEmpty()) {
          sentences.add(new LabeledText("ko", text.toString(), labels));
        }
        text.setLength(0);
        labels.clear();
        continue;
      }
      if (line.endsWith("-PS")) {
        boolean begins = line.startsWith("B", tab + 1);
        int start = begins ? text.length() : labels.remove(labels.size() - 1).start();
        labels.add(new Label("NAME", start, text.length() + tab, false));
      }
      text.append(line, 0, tab);
    }
    return sentences;
  }

  private static List<LabeledText> wikipedia(Path file) throws IOException {
    List<LabeledText> sentences = new ArrayList<>();
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      for (JsonNode sentence : new ObjectMapper().readTree(in)) {
        List<Label> labels = new ArrayList<>();
        for (JsonNode entity : sentence.get("entities")) {
          if (entity.get("type").asText().equals("人名")) {
            JsonNode span = entity.get("span");
            labels.add(new Label("NAME", span.get(0).asInt(), span.get(1).asInt(), false));
          }
        }
        sentences.add(new LabeledText("ja", sentence.get("text").asText(), labels));
      }
    }
    return sentences;
  }

  private static BufferedReader reader(Path file) throws IOException {
    return new BufferedReader(
        new InputStreamReader(
            new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8));
  }
}
