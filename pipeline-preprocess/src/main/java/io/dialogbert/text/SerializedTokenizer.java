package io.dialogbert.text;

import com.google.protobuf.InvalidProtocolBufferException;
import io.dialogbert.common.BadInputException;
import io.dialogbert.text.piece.Piece;
import io.dialogbert.text.piece.PieceType;
import io.dialogbert.text.piece.SpecialTokens;
import io.dialogbert.text.piece.Vocabulary;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.apache.commons.codec.digest.DigestUtils;

/** A tokenizer as bytes, for saving to disk and sending to executors. */
public final class SerializedTokenizer implements Serializable {
  public static final String SETTINGS_NAME = TokenizerFile.NAME;

  private static final String MODEL_NAME = "tokenizer.model";
  private static final String VOCABULARY_NAME = "vocab.txt";
  private static final Map<String, Tokenizer> SHARED = new ConcurrentHashMap<>();

  private final byte[] vocabulary;
  private final byte[] settings;

  /** Created once per copy, since that hashes the whole vocabulary. */
  private transient volatile Tokenizer tokenizer;

  /**
   * Takes the bytes of a tokenizer's files. They must not be changed afterwards.
   *
   * @param vocabulary the file {@code tokenizer.model} or {@code vocab.txt}
   * @param settings the file {@code tokenizer.json}
   */
  public SerializedTokenizer(byte[] vocabulary, byte[] settings) {
    this.vocabulary = vocabulary;
    this.settings = settings;
  }

  /** The file that holds the pieces; must not be changed. */
  public byte[] vocabulary() {
    return vocabulary;
  }

  /** The file {@code tokenizer.json}; must not be changed. */
  public byte[] settings() {
    return settings;
  }

  /** Serializes a vocabulary and the settings that it was trained with. */
  public static SerializedTokenizer of(List<Piece> pieces, TokenizerSettings settings) {
    TokenizerMethod method = settings.method();
    byte[] bytes =
        method.isUnigram()
            ? new SentencePieceModel(pieces, !method.usesMorphemes()).toBytes()
            : VocabularyFile.toBytes(pieces);
    TokenizerFile file =
        new TokenizerFile(
            settings, spareTokens(pieces), pieces.size(), DigestUtils.sha256Hex(bytes));
    return new SerializedTokenizer(bytes, file.toBytes());
  }

  /**
   * This tokenizer with only some of its pieces, in their order.
   *
   * @param ids the pieces' ids, ascending; the special tokens are among them
   */
  public SerializedTokenizer keeping(int[] ids) {
    Vocabulary vocabulary = tokenizer().vocabulary();
    return of(
        IntStream.of(ids).mapToObj(vocabulary::get).toList(),
        TokenizerFile.parse(settings).settings());
  }

  private static List<String> spareTokens(List<Piece> pieces) {
    return pieces.stream()
        .skip(SpecialTokens.ALL.size())
        .filter(piece -> piece.type() == PieceType.CONTROL)
        .map(Piece::text)
        .toList();
  }

  /**
   * The name of the vocabulary file that belongs to some settings.
   *
   * @throws BadInputException if the settings are damaged; names the rule
   */
  public static String vocabularyName(byte[] settings) {
    return vocabularyName(TokenizerFile.parse(settings));
  }

  private static String vocabularyName(TokenizerFile file) {
    return file.settings().method().isUnigram() ? MODEL_NAME : VOCABULARY_NAME;
  }

  /**
   * The tokenizer; all callers in one JVM get the same instance.
   *
   * @throws BadInputException if a part is damaged or the parts do not belong together; names the
   *     file and the rule
   */
  public Tokenizer tokenizer() {
    Tokenizer found = tokenizer;
    if (found == null) {
      found =
          SHARED.computeIfAbsent(
              DigestUtils.sha256Hex(vocabulary) + DigestUtils.sha256Hex(settings),
              hashes -> build());
      tokenizer = found;
    }
    return found;
  }

  /**
   * SHA-256 of the settings in hex. The settings contain the vocabulary's SHA-256, so this hash
   * identifies the tokenizer.
   */
  public String sha256() {
    return DigestUtils.sha256Hex(settings);
  }

  private Tokenizer build() {
    TokenizerFile file = TokenizerFile.parse(settings);
    String name = vocabularyName(file);
    List<Piece> pieces;
    try {
      pieces =
          name.equals(MODEL_NAME)
              ? SentencePieceModel.parse(vocabulary).pieces()
              : VocabularyFile.parse(vocabulary, file.symbolPieces(), file.spareTokens());
    } catch (InvalidProtocolBufferException e) {
      throw invalid(name, "must be a whole SentencePiece unigram model, but " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw invalid(name, e.getMessage(), e);
    }
    if (!DigestUtils.sha256Hex(vocabulary).equals(file.vocabularySha256())) {
      throw invalid(
          name, "its SHA-256 must be the vocabulary_sha256 of " + TokenizerFile.NAME, null);
    }
    if (pieces.size() != file.vocabSize()) {
      throw invalid(
          name, "must have %d pieces, but has %d".formatted(file.vocabSize(), pieces.size()), null);
    }
    if (!spareTokens(pieces).equals(file.spareTokens())) {
      throw invalid(
          name, "its last pieces must be the spare_tokens of " + TokenizerFile.NAME, null);
    }
    try {
      return file.settings().tokenizer(pieces);
    } catch (IllegalArgumentException e) {
      throw invalid(name, e.getMessage(), e);
    }
  }

  private static BadInputException invalid(String name, String rule, Throwable cause) {
    return new BadInputException(
        name + ": " + rule + "; copy the tokenizer's files again or train it anew", cause);
  }
}
