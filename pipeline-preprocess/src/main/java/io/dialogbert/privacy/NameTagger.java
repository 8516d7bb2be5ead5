package io.dialogbert.privacy;

import io.dialogbert.privacy.PiiRule.Match;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.function.Consumer;

/**
 * Finds names of people by their context with a {@link NameModel}, also names that no list has.
 *
 * <p>Time is linear in the text. Immutable and shared by threads; the model and the dictionary of a
 * language are loaded when a text first needs them.
 */
final class NameTagger {
  /**
   * A name has a character that is one with at least this probability. In the messages of the bench
   * 0.961 of what is masked as Korean names at 0.8 is a name, 0.967 at 0.9; 0.95 is required, and
   * what is not found stays in the corpus.
   */
  static final float THRESHOLD = 0.8f;

  /** Characters beside it belong to the name with at least this probability. */
  static final float EDGE = 0.3f;

  /** Rules know better what kind of data a text is. */
  private static final int PRIORITY = 0;

  /** Longer texts are read in parts, to keep buffers small. */
  static final int MAX_PART = 1_000;

  private static final int MIN_LETTERS = 2;

  private final String lang;
  private final NameModel model;
  private final ThreadLocal<NameFeatures> features;

  private NameTagger(String lang) {
    this.lang = lang;
    this.features = ThreadLocal.withInitial(() -> new NameFeatures(lang));
    try (InputStream in = NameTagger.class.getResourceAsStream(file(lang))) {
      model = NameModel.read(in);
    } catch (IOException e) {
      throw new UncheckedIOException("the model of names is damaged: " + file(lang), e);
    }
  }

  private static final class Korean {
    static final NameTagger INSTANCE = new NameTagger("ko");
  }

  private static final class Japanese {
    static final NameTagger INSTANCE = new NameTagger("ja");
  }

  /** The file of a language's model, relative to this package. */
  static String file(String lang) {
    return "rules/names/" + lang + ".crf";
  }

  /**
   * Passes on the names in {@code text}. Scripts tell languages apart. A text with a placeholder is
   * left as it is: it has been masked, and the model knows no placeholders.
   */
  static void find(String text, Consumer<Match> found) {
    int hangul = 0;
    int japanese = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      hangul += NameFeatures.isHangul(c) ? 1 : 0;
      japanese += NameFeatures.isJapanese(c) ? 1 : 0;
    }
    if (Math.max(hangul, japanese) < MIN_LETTERS || hasPlaceholder(text)) {
      return;
    }
    String form = MatchingForm.of(text);
    if (hangul >= MIN_LETTERS) {
      Korean.INSTANCE.findInParts(form, found);
    }
    if (japanese >= MIN_LETTERS) {
      Japanese.INSTANCE.findInParts(form, found);
    }
  }

  private static boolean hasPlaceholder(String text) {
    for (int at = text.indexOf('['); at >= 0; at = text.indexOf('[', at + 1)) {
      for (PiiKind kind : PiiKind.values()) {
        if (text.startsWith(kind.placeholder(), at)) {
          return true;
        }
      }
    }
    return false;
  }

  private void findInParts(String form, Consumer<Match> found) {
    int start = 0;
    while (form.length() - start > MAX_PART) {
      int space = form.lastIndexOf(' ', start + MAX_PART);
      int end = space > start + MAX_PART / 2 ? space : start + MAX_PART;
      find(form.substring(start, end), start, found);
      start = end;
    }
    find(form.substring(start), start, found);
  }

  private void find(String part, int offset, Consumer<Match> found) {
    NameFeatures ofText = features.get();
    ofText.read(part, true);
    float[] probabilities = model.probabilities(ofText, part.length());
    int i = 0;
    while (i < part.length()) {
      int end = i;
      boolean sure = false;
      while (end < part.length() && probabilities[end] >= EDGE && isOfName(part.charAt(end))) {
        sure |= probabilities[end] >= THRESHOLD;
        end++;
      }
      if (sure) {
        found.accept(new Match(PiiKind.NAME, PRIORITY, offset + i, offset + end));
      }
      i = Math.max(end, i + 1);
    }
  }

  /** Whether a name of this language may have the character. */
  private boolean isOfName(char c) {
    return lang.equals("ko") ? NameFeatures.isHangul(c) : NameFeatures.isJapanese(c);
  }
}
