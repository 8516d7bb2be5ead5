package io.dialogbert.distill;

import io.dialogbert.privacy.PiiKind;
import io.dialogbert.text.normalize.Normalizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Personal data that stands nowhere else, in chats of several people each, so often that it would
 * pass every least count of the pipeline.
 */
final class Canaries {
  private static final int CONVERSATIONS = 6;
  private static final int MIN_TELLING_CHARACTERS = 6;
  private static final String CONTROL = "CONTROL";
  private static final String SENDER_NAME = "SENDER_NAME";

  /**
   * A canary.
   *
   * @param parts what would tell it alone
   * @param messages with {@code {}} where it stands; none if it stands in another field
   */
  record Canary(String lang, String kind, String value, List<String> parts, List<String> messages) {
    /** Whether the pipeline says that it keeps such data out. */
    boolean mustStayOut() {
      return kind.equals(SENDER_NAME)
          || Stream.of(PiiKind.values()).anyMatch(known -> known.name().equals(kind));
    }

    boolean isControl() {
      return kind.equals(CONTROL);
    }

    /** The value and its telling parts: as written, normalized, and without separators. */
    Set<String> forms() {
      Set<String> forms = new TreeSet<>();
      for (String written : Stream.concat(Stream.of(value), parts.stream()).toList()) {
        forms.add(written);
        forms.add(new Normalizer(2, true).normalize(written));
        forms.add(new Normalizer(2, false).normalize(written));
        String compact = Produced.compact(written);
        if (compact.length() >= MIN_TELLING_CHARACTERS) {
          forms.add(compact);
          forms.add(compact.toLowerCase(Locale.ROOT));
        }
      }
      return forms;
    }

    @Override
    public String toString() {
      return kind + " of " + lang;
    }
  }

  private final List<Canary> all = new ArrayList<>();

  Canaries() {
    try (InputStream in = Canaries.class.getResourceAsStream("canaries.txt")) {
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#") && !line.isBlank())
          .forEach(line -> all.add(canary(line)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Canary canary(String line) {
    List<String> cells = Arrays.stream(line.split("\\|", -1)).map(String::strip).toList();
    List<String> parts =
        Arrays.stream(cells.get(3).split(";", -1))
            .map(String::strip)
            .filter(part -> !part.isEmpty())
            .toList();
    return new Canary(
        cells.get(0), cells.get(1), cells.get(2), parts, cells.subList(4, cells.size()));
  }

  List<Canary> all() {
    return all;
  }

  /** Ids of conversations and senders, as unlikely as the rest. */
  List<String> ids() {
    return List.of("zq-room-2085", "zq-sender-2085");
  }

  /** Raw messages, one a line. */
  List<String> rows() {
    List<String> rows = new ArrayList<>();
    for (String lang : List.of("ko", "ja")) {
      for (int conversation = 0; conversation < CONVERSATIONS; conversation++) {
        addConversation(rows, lang, conversation);
      }
    }
    return rows;
  }

  private void addConversation(List<String> rows, String lang, int conversation) {
    List<Canary> own = all.stream().filter(c -> c.lang().equals(lang)).toList();
    List<Canary> spoken = own.stream().filter(c -> !c.messages().isEmpty()).toList();
    String name = own.stream().filter(c -> c.kind().equals(SENDER_NAME)).findAny().get().value();
    String control = own.stream().filter(Canary::isControl).findAny().get().value();
    SplittableRandom random = new SplittableRandom(lang.hashCode() + conversation);
    LocalDateTime time = LocalDateTime.of(2019, 10, 20 + conversation, 9, 0);
    for (int turn = 0; turn < 2 * spoken.size(); turn++) {
      Canary canary = spoken.get((turn / 2 + 5 * conversation) % spoken.size());
      String text =
          turn % 2 == 0
              ? canary
                  .messages()
                  .get(conversation % canary.messages().size())
                  .replace("{}", canary.value())
              : filler(lang, control, random);
      boolean first = (turn + conversation) % 2 == 0;
      rows.add(
          """
          {"conversation_id":"zq-room-2085-%s-%d","message_id":%d,\
          "sender_id":"zq-sender-2085-%s-%d-%s","sender_name":"%s","sent_at":"%s+09:00",\
          "lang":"%s","text":"%s","source":"app"}"""
              .formatted(
                  lang,
                  conversation,
                  turn,
                  lang,
                  conversation,
                  first ? "a" : "b",
                  first ? name : name + "2",
                  time.plusMinutes(turn).withSecond(1),
                  lang,
                  text));
    }
  }

  /** Syllables by chance, so that no conversation is nearly another; some say the control. */
  private static String filler(String lang, String control, SplittableRandom random) {
    String syllables = lang.equals("ko") ? "가나다라마바사아자하고노도로모보소" : "かさたなはまらきしちにひみりこそとのほも";
    StringBuilder text = new StringBuilder();
    for (int word = random.nextInt(3, 7); word > 0; word--) {
      for (int i = random.nextInt(1, 4); i > 0; i--) {
        text.append(syllables.charAt(random.nextInt(syllables.length())));
      }
      text.append(' ');
    }
    return random.nextInt(3) == 0 ? control : text + control;
  }
}
