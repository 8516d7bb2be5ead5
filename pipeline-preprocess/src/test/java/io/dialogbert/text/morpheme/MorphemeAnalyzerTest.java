package io.dialogbert.text.morpheme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.BadInputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MorphemeAnalyzerTest {
  @TempDir private Path directory;

  @BeforeEach
  void unpackTinyDictionary() throws IOException {
    try (InputStream file = getClass().getResourceAsStream("/golden/mecab-tiny.zip");
        ZipInputStream zip = new ZipInputStream(file)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        zip.transferTo(bytes);
        Files.write(directory.resolve(entry.getName()), bytes.toByteArray());
      }
    }
  }

  /** Made with mecab-ko itself; see make_mecab_golden.py. */
  @Test
  void cutsAndTagsAsMecabDoes() throws IOException {
    MorphemeAnalyzer analyzer = MecabDictionary.in(directory.toString()).load().analyzer();
    List<String> lines;
    try (InputStream file = getClass().getResourceAsStream("/golden/mecab-tiny.tsv")) {
      lines = new String(file.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
    assertThat(lines).hasSizeGreaterThan(500);
    for (String line : lines) {
      String[] parts = line.split("\t", -1);
      assertThat(places(analyzer, parts[0])).as(parts[0]).isEqualTo(parts[1]);
    }
  }

  /** Morphemes in MeCab's notation, with offsets in code points. */
  private static String places(MorphemeAnalyzer analyzer, String text) {
    List<String> places = new ArrayList<>();
    analyzer.analyze(
        text,
        0,
        text.length(),
        (start, end, entry) ->
            places.add(
                text.codePointCount(0, start)
                    + "-"
                    + text.codePointCount(0, end)
                    + "/"
                    + analyzer.tag(entry)));
    return String.join(" ", places);
  }

  @Test
  void cutsTheExampleOfTheDialogBertTalk() {
    assertThat(cut("ko", "안녕 데뷰야 나는 핑퐁이야 ㅎㅎ"))
        .containsExactly("안녕", "데", "뷰", "야", "나", "는", "핑퐁", "이", "야", "ㅎㅎ");
  }

  @Test
  void tagsKoreanAndJapanese() {
    MorphemeAnalyzer korean = MorphemeDictionary.bundled("ko").analyzer();
    assertThat(places(korean, "나는 갔다")).isEqualTo("0-1/NP 1-2/J 3-4/VV+E 4-5/E");
    MorphemeAnalyzer japanese = MorphemeDictionary.bundled("ja").analyzer();
    assertThat(places(japanese, "今日は行く")).isEqualTo("0-2/名詞 2-3/助詞 3-5/動詞");
  }

  @Test
  void cutsJapaneseAndKeepsPunctuation() {
    assertThat(cut("ja", "今日はいい天気ですね。行こう!"))
        .containsExactly("今日", "は", "いい", "天気", "です", "ね", "。", "行こ", "う", "!");
  }

  @Test
  void takesAPartOfAText() {
    String text = "xx안녕하세요xx";
    List<String> cut = new ArrayList<>();
    MorphemeDictionary.bundled("ko")
        .analyzer()
        .analyze(text, 2, 7, (start, end, entry) -> cut.add(text.substring(start, end)));
    assertThat(cut).containsExactly("안녕", "하", "세요");
  }

  @Test
  void takesTextsOfAnyLength() {
    String sentence = "나는 핑퐁이야 ";
    int times = 20_000;
    List<String> once = cut("ko", sentence);
    List<String> many = cut("ko", sentence.repeat(times));
    assertThat(many).hasSize(once.size() * times);
    // Without a space to cut at: no character is lost, and no surrogate pair is split.
    String faces = "\uD83D\uDE00".repeat(MorphemeAnalyzer.MAX_LENGTH);
    assertThat(String.join("", cut("ko", "가" + faces))).isEqualTo("가" + faces);
    assertThat(cut("ko", "가" + faces)).noneMatch(part -> Character.isLowSurrogate(part.charAt(0)));
  }

  @Test
  void refusesALanguageWithoutDictionary() {
    assertThatThrownBy(() -> MorphemeDictionary.bundled("en"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("lang must be ko or ja, but was en");
  }

  @Test
  void refusesADictionaryThatIsDamagedOrAnother() throws IOException {
    String path = directory.toString();
    MecabDictionary dictionary = MecabDictionary.in(path);
    Files.writeString(directory.resolve("dicrc"), "left-space-penalty-factor = 1,1\n");
    assertThatThrownBy(dictionary::load)
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(path + ": must be the one that the tokenizer was trained with");
    for (String name : List.of("sys.dic", "unk.dic", "matrix.bin", "char.bin")) {
      Path file = directory.resolve(name);
      byte[] whole = Files.readAllBytes(file);
      for (int length : new int[] {0, 3, 71, whole.length / 2, whole.length - 1}) {
        Files.write(file, Arrays.copyOf(whole, length));
        assertThatThrownBy(() -> MecabDictionary.in(path).load())
            .as(name + " of " + length + " bytes")
            .isInstanceOf(BadInputException.class)
            .hasMessageContaining(name + ": must be");
      }
      Files.write(file, whole);
    }
    Files.delete(directory.resolve("sys.dic"));
    assertThatThrownBy(() -> MecabDictionary.in(path))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("must be a local directory with sys.dic, unk.dic");
  }

  private static List<String> cut(String lang, String text) {
    List<String> parts = new ArrayList<>();
    MorphemeDictionary.bundled(lang)
        .analyzer()
        .analyze(
            text, 0, text.length(), (start, end, entry) -> parts.add(text.substring(start, end)));
    return parts;
  }
}
