package io.dialogbert.text;

import com.google.protobuf.InvalidProtocolBufferException;
import io.dialogbert.common.BadInputException;
import java.io.Serializable;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A tokenizer as bytes: what is saved to disk and what is sent to executors.
 *
 * @param model the file {@code tokenizer.model}; owned by this record, not to be changed
 * @param settings the file {@code tokenizer.json}; likewise
 */
public record SerializedTokenizer(byte[] model, byte[] settings) implements Serializable {
  public static final String MODEL_NAME = "tokenizer.model";
  public static final String SETTINGS_NAME = TokenizerFile.NAME;

  private static final Map<String, Tokenizer> SHARED = new ConcurrentHashMap<>();

  /** Serializes a model and the settings that it was trained with. */
  public static SerializedTokenizer of(SentencePieceModel model, TokenizerSettings settings) {
    byte[] modelBytes = model.toBytes();
    TokenizerFile file = new TokenizerFile(settings, model.pieces().size(), sha256(modelBytes));
    return new SerializedTokenizer(modelBytes, file.toBytes());
  }

  /**
   * The tokenizer; all callers in one JVM get the same instance.
   *
   * @throws BadInputException if a part is damaged or they do not belong together; names the file
   *     and the rule
   */
  public Tokenizer tokenizer() {
    return SHARED.computeIfAbsent(sha256(model) + sha256(settings), hashes -> build());
  }

  /** SHA-256 in hex of the settings, which hold that of the model: it names the whole tokenizer. */
  public String sha256() {
    return sha256(settings);
  }

  private Tokenizer build() {
    TokenizerFile file = TokenizerFile.parse(settings);
    SentencePieceModel parsed;
    try {
      parsed = SentencePieceModel.parse(model);
    } catch (InvalidProtocolBufferException e) {
      throw invalidModel("must be a whole SentencePiece model, but " + e.getMessage(), e);
    }
    if (!sha256(model).equals(file.modelSha256())) {
      throw invalidModel("its SHA-256 must be the model_sha256 of " + TokenizerFile.NAME, null);
    }
    try {
      return file.settings().tokenizer(parsed);
    } catch (IllegalArgumentException e) {
      throw invalidModel(e.getMessage(), e);
    }
  }

  private static BadInputException invalidModel(String rule, Throwable cause) {
    return new BadInputException(
        MODEL_NAME + ": " + rule + "; copy the tokenizer's files again or train it anew", cause);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
