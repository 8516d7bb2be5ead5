package io.dialogbert.job.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.BadInputException;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.text.Samples;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.text.TokenizerMethod;
import io.dialogbert.text.TokenizerSettings;
import io.dialogbert.text.piece.Piece;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizersTest {
  private static final Directories DIRECTORIES = new Directories(new Configuration());
  private static final String TEXT = "안녕하세요 나는 [PHONE] ㅋㅋ";

  @TempDir private Path directory;

  @BeforeEach
  void save() throws IOException {
    Tokenizers.save(
        DIRECTORIES, new org.apache.hadoop.fs.Path(directory.toUri()), Samples.tokenizer());
  }

  @Test
  void loadsWhatWasSaved() throws IOException {
    SerializedTokenizer loaded = Tokenizers.load(DIRECTORIES, directory.toString());
    assertThat(loaded.sha256()).isEqualTo(Samples.tokenizer().sha256());
    assertThat(loaded.tokenizer().encode(TEXT, "ko"))
        .isEqualTo(Samples.tokenizer().tokenizer().encode(TEXT, "ko"));
  }

  @Test
  void sharesOneInstanceInAJvmEvenAfterSerialization() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(Tokenizers.load(DIRECTORIES, directory.toString()));
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      SerializedTokenizer sent = (SerializedTokenizer) in.readObject();
      assertThat(sent.tokenizer())
          .isSameAs(Tokenizers.load(DIRECTORIES, directory.toString()).tokenizer());
    }
  }

  @Test
  void doesNotOverwrite() {
    assertThatThrownBy(
            () ->
                Tokenizers.save(
                    DIRECTORIES,
                    new org.apache.hadoop.fs.Path(directory.toUri()),
                    Samples.tokenizer()))
        .isInstanceOf(FileAlreadyExistsException.class);
  }

  @Test
  void namesAMissingFile() throws IOException {
    for (String name : List.of("tokenizer.model", "tokenizer.json")) {
      Files.delete(directory.resolve(name));
      assertRefused(directory.resolve(name) + " must be there");
    }
  }

  @Test
  void refusesATruncatedModelWhereverItIsCut() throws IOException {
    Path file = directory.resolve("tokenizer.model");
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertRefused("tokenizer.model: ");
    }
  }

  @Test
  void refusesAModelThatTheSettingsWereNotWrittenFor() throws IOException {
    SerializedTokenizer other =
        SerializedTokenizer.of(
            Samples.pieces().stream()
                .map(p -> new Piece(p.text(), p.score() * 2, p.type()))
                .toList(),
            Samples.SETTINGS);
    Files.write(directory.resolve("tokenizer.model"), other.vocabulary());
    assertRefused("tokenizer.model: its SHA-256 must be the vocabulary_sha256 of tokenizer.json");
  }

  @Test
  void refusesAFileThatIsNoModel() throws IOException {
    Files.writeString(directory.resolve("tokenizer.model"), "안녕하세요, 모델이 아닙니다");
    assertRefused("tokenizer.model: must be a whole SentencePiece unigram model");
  }

  @Test
  void refusesAModelWithoutTheSpecialTokens() throws IOException {
    List<Piece> pieces = Samples.pieces();
    SerializedTokenizer headless =
        SerializedTokenizer.of(pieces.subList(6, pieces.size()), Samples.SETTINGS);
    Files.write(directory.resolve("tokenizer.model"), headless.vocabulary());
    Files.write(directory.resolve("tokenizer.json"), headless.settings());
    assertRefused("tokenizer.model: id 0 must be the special token [PAD] of type CONTROL");
  }

  @Test
  void refusesAListOfPiecesThatIsDamaged() throws IOException {
    List<Piece> pieces = Samples.pieces();
    TokenizerSettings settings =
        new TokenizerSettings(
            TokenizerMethod.WORDPIECE, Samples.SETTINGS.normalizer(), List.of("[PHONE]"));
    SerializedTokenizer words = SerializedTokenizer.of(pieces, settings);
    Path file = directory.resolve("vocab.txt");
    Files.write(directory.resolve("tokenizer.json"), words.settings());
    assertRefused(file + " must be there");
    Files.write(file, words.vocabulary());
    assertThat(Tokenizers.load(DIRECTORIES, directory.toString()).sha256())
        .isEqualTo(words.sha256());
    Files.write(file, Arrays.copyOf(words.vocabulary(), words.vocabulary().length - 1));
    assertRefused("vocab.txt: must end with a line break");
    Files.write(file, new byte[] {(byte) 0xFF, '\n'});
    assertRefused("vocab.txt: must be UTF-8");
    Files.writeString(file, Files.readString(directory.resolve("tokenizer.json")));
    assertRefused("vocab.txt: its SHA-256 must be the vocabulary_sha256 of tokenizer.json");
  }

  @Test
  void refusesSettingsThatAreDamaged() throws IOException {
    assertSettingsRefused("{", "", "tokenizer.json: must be JSON");
    assertSettingsRefused(
        "\"format_version\" : 3",
        "\"format_version\" : 1",
        "format_version must be 2 or 3, but is 1");
    assertSettingsRefused(
        "morpheme+subword", "magic", "method must be one of [space, character, morpheme, ");
    assertSettingsRefused("\"[MASK]\"", "\"[MUSK]\"", "special_tokens must be [[PAD]");
    assertSettingsRefused("max_repeats", "repeats", "maxRepeats must be at least 1, but was 0");
    assertSettingsRefused("spare_tokens", "spares", "spare_tokens must be a list of strings");
    assertSettingsRefused(
        "\"spare_tokens\" : [ ]",
        "\"spare_tokens\" : [ \"[unused0]\" ]",
        "tokenizer.model: its last pieces must be the spare_tokens of tokenizer.json");
    assertSettingsRefused("user_symbols", "symbols", "user_symbols must be a list of strings");
  }

  private void assertSettingsRefused(String part, String replacement, String message)
      throws IOException {
    Path file = directory.resolve("tokenizer.json");
    String whole = Files.readString(file);
    assertThat(whole).contains(part);
    Files.writeString(file, whole.replace(part, replacement));
    assertRefused(message);
    Files.writeString(file, whole);
  }

  private void assertRefused(String message) {
    assertThatThrownBy(() -> Tokenizers.load(DIRECTORIES, directory.toString()))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(directory.toString())
        .hasMessageContaining(message);
  }
}
