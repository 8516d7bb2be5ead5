package io.dialogbert.task.tag;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.common.Seeds;
import io.dialogbert.task.tag.TaggedText.Obstacle;
import io.dialogbert.text.RandomTexts;
import io.dialogbert.text.Samples;
import io.dialogbert.text.Token;
import io.dialogbert.text.Tokenizer;
import io.dialogbert.text.TokenizerMethod;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Entities of odd texts, as tags of pieces and back, by every way to cut text. */
class PiecePlacesTest {
  private static final int TEXTS = 2000;
  private static final List<String> CHAT =
      List.of("나는 서울에 갔어", "서울에서 김철수를 봤어", "안녕하세요 김영희는요", "각 나라 한국 요리", "ㅋㅋㅋ 今日は天気です");

  private static final Tokenizer LETTERS = Samples.tokenizer(TokenizerMethod.CHARACTER, CHAT, 45);

  private static Tokenizer tokenizer(TokenizerMethod method) {
    int vocabSize =
        switch (method) {
          case SUBWORD, MORPHEME_SUBWORD -> 43;
          case MORPHEME_TAG -> 55;
          case SPACE, CHARACTER, MORPHEME, WORDPIECE, BERT -> 60;
        };
    return Samples.tokenizer(method, CHAT, vocabSize);
  }

  private static PiecePlaces places(Tokenizer tokenizer, String text) {
    return PiecePlaces.of(text, tokenizer.tokenize(text, "ko"));
  }

  @ParameterizedTest
  @EnumSource(TokenizerMethod.class)
  void placesAreApartAndHoldNoSpaceAtTheirEnds(TokenizerMethod method) {
    Tokenizer tokenizer = tokenizer(method);
    for (int n = 0; n < TEXTS; n++) {
      String text = RandomTexts.text(n);
      int[] characters = text.codePoints().toArray();
      PiecePlaces places = places(tokenizer, text);
      int end = 0;
      for (int piece = 0; piece < places.size(); piece++) {
        String note = RandomTexts.describe(n);
        assertThat(places.starts()[piece]).as(note).isGreaterThanOrEqualTo(end);
        end = places.ends()[piece];
        assertThat(end).as(note).isBetween(places.starts()[piece], characters.length);
        if (places.isTagged(piece)) {
          assertThat(BioTags.isSpace(characters[places.starts()[piece]])).as(note).isFalse();
          assertThat(BioTags.isSpace(characters[end - 1])).as(note).isFalse();
        }
      }
    }
  }

  /** Whatever begins and ends with pieces is the same after pieces have had its tags. */
  @ParameterizedTest
  @EnumSource(TokenizerMethod.class)
  void entitiesOfWholePiecesComeBack(TokenizerMethod method) {
    Tokenizer tokenizer = tokenizer(method);
    int found = 0;
    for (int n = 0; n < TEXTS; n++) {
      String text = RandomTexts.text(n);
      PiecePlaces places = places(tokenizer, text);
      SplittableRandom random = Seeds.of(RandomTexts.SEED, "entities", n);
      List<Entity> entities = new ArrayList<>();
      for (int piece = 0; piece < places.size(); piece++) {
        int last = Math.min(places.size() - 1, piece + random.nextInt(3));
        if (random.nextInt(2) == 0 && places.isTagged(piece) && places.isTagged(last)) {
          entities.add(new Entity(places.starts()[piece], places.ends()[last], random.nextInt(3)));
          piece = last;
        }
      }
      TaggedText tagged = new TaggedText(BioTags.ofCharacters(text, entities), places);
      assertThat(tagged.entities()).as(RandomTexts.describe(n)).isEqualTo(entities);
      assertThat(tagged.reachable(places.size())).as(RandomTexts.describe(n)).isEqualTo(entities);
      int[] pieceTags = places.tags(tagged.tags());
      assertThat(BioTags.entities(places.characterTags(pieceTags, tagged.tags().length)))
          .as(RandomTexts.describe(n))
          .isEqualTo(entities);
      found += entities.size();
    }
    assertThat(found).isGreaterThan(1000);
  }

  /** Any other entity is missed for a reason that holds. */
  @ParameterizedTest
  @EnumSource(TokenizerMethod.class)
  void saysWhyAnEntityIsOutOfReach(TokenizerMethod method) {
    Tokenizer tokenizer = tokenizer(method);
    for (int n = 0; n < TEXTS; n++) {
      String text = RandomTexts.text(n);
      int[] characters = text.codePoints().toArray();
      PiecePlaces places = places(tokenizer, text);
      SplittableRandom random = Seeds.of(RandomTexts.SEED, "any entity", n);
      int start = characters.length == 0 ? 0 : random.nextInt(characters.length);
      int end = Math.min(characters.length, start + 1 + random.nextInt(4));
      Entity entity = start == end ? null : BioTags.trim(characters, new Entity(start, end, 1));
      if (entity == null) {
        continue;
      }
      TaggedText one = new TaggedText(BioTags.ofCharacters(text, List.of(entity)), places);
      assertThat(one.entities()).containsExactly(entity);
      int read = random.nextInt(places.size() + 1);
      boolean isReached = one.reachable(read).contains(entity);
      int[] tagged = IntStream.range(0, read).filter(places::isTagged).toArray();
      PiecePlaces whole = places.at(tagged);
      boolean begins = Arrays.stream(whole.starts()).anyMatch(s -> s == entity.start());
      boolean ends = Arrays.stream(whole.ends()).anyMatch(e -> e == entity.end());
      if (!isReached) {
        Obstacle why = one.obstacle(entity, read);
        assertThat(why).as(RandomTexts.describe(n)).isNotEqualTo(Obstacle.SHARES_PIECE);
        assertThat(begins && ends).as(RandomTexts.describe(n) + " " + why).isFalse();
      }
    }
  }

  @Test
  void cutsAParticleOffAnEntity() {
    String text = "\uD83D\uDE00 김철수는  서울에";
    TaggedText tagged =
        new TaggedText(
            BioTags.ofCharacters(text, List.of(new Entity(2, 5, 0), new Entity(8, 10, 1))),
            places(LETTERS, text));
    assertThat(tagged.reachable(100)).containsExactly(new Entity(2, 5, 0), new Entity(8, 10, 1));
    assertThat(text.substring(text.offsetByCodePoints(0, 2), text.offsetByCodePoints(0, 5)))
        .isEqualTo("김철수");
  }

  @Test
  void namesEachObstacle() {
    List<Token> tokens =
        List.of(new Token(9, "가나", 0, 2), new Token(9, "다", 2, 3), new Token(9, "라", 3, 4));
    String text = "가나다라\u200B";
    PiecePlaces places = PiecePlaces.of(text, tokens);
    assertThat(obstacle(text, places, 3, new Entity(1, 3, 0)))
        .isEqualTo(Obstacle.BEGINS_INSIDE_PIECE);
    assertThat(obstacle(text, places, 3, new Entity(0, 1, 0)))
        .isEqualTo(Obstacle.ENDS_INSIDE_PIECE);
    assertThat(obstacle(text, places, 2, new Entity(2, 4, 0))).isEqualTo(Obstacle.BEYOND_LENGTH);
    assertThat(obstacle(text, places, 3, new Entity(3, 5, 0))).isEqualTo(Obstacle.WITHOUT_PIECE);
    Entity second = new Entity(1, 2, 0);
    TaggedText shared =
        new TaggedText(BioTags.ofCharacters(text, List.of(new Entity(0, 1, 1), second)), places);
    assertThat(shared.reachable(3)).containsExactly(new Entity(0, 2, 1));
    assertThat(shared.obstacle(second, 3)).isEqualTo(Obstacle.BEGINS_INSIDE_PIECE);
    TaggedText glued =
        new TaggedText(
            BioTags.ofCharacters(text, List.of(new Entity(0, 1, 1), new Entity(1, 3, 0))), places);
    assertThat(places.tags(glued.tags()))
        .containsExactly(BioTags.begin(1), BioTags.begin(0), BioTags.OUTSIDE);
  }

  private static Obstacle obstacle(String text, PiecePlaces places, int numPieces, Entity entity) {
    TaggedText tagged = new TaggedText(BioTags.ofCharacters(text, List.of(entity)), places);
    assertThat(tagged.reachable(numPieces)).doesNotContain(entity);
    return tagged.obstacle(entity, numPieces);
  }

  @Test
  void piecesOfOneCharacterHaveOneTag() {
    List<Token> bytes =
        List.of(
            new Token(9, "<0xEB>", 0, 1), new Token(9, "<0xB7>", 0, 1), new Token(9, "가", 1, 2));
    PiecePlaces places = PiecePlaces.of("뷁가", bytes);
    assertThat(places.tags(new int[] {1, 2})).containsExactly(1, BioTags.NONE, 2);
    assertThat(places.entities(new int[] {1, BioTags.NONE, 2}))
        .containsExactly(new Entity(0, 2, 0));
  }
}
