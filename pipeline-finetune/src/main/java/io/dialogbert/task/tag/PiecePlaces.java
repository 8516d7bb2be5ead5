package io.dialogbert.task.tag;

import io.dialogbert.text.Token;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What each piece of a text adds to those before it: a run of characters, in code points of the
 * text as it was given, without white space at its ends. A piece that adds nothing is empty, and
 * has no tag: a word mark of its own, or the second of the pieces that one character became. So no
 * character is in two places. The record owns the arrays; nobody may change them.
 *
 * @param starts first character of each piece
 * @param ends the character after its last one; equal to its start if it adds nothing
 */
public record PiecePlaces(int[] starts, int[] ends) {
  public PiecePlaces {
    if (starts.length != ends.length) {
      throw new IllegalArgumentException(
          "%d starts of pieces, but %d ends".formatted(starts.length, ends.length));
    }
  }

  /**
   * The places of a text's pieces.
   *
   * @param tokens of the text, in order
   */
  public static PiecePlaces of(String text, List<Token> tokens) {
    int[] characters = text.codePoints().toArray();
    int[] numBefore = numCharactersBefore(text);
    int[] starts = new int[tokens.size()];
    int[] ends = new int[tokens.size()];
    int covered = 0;
    for (int i = 0; i < starts.length; i++) {
      int start = Math.max(covered, numBefore[tokens.get(i).start()]);
      int end = Math.max(start, numBefore[tokens.get(i).end()]);
      while (start < end && BioTags.isSpace(characters[start])) {
        start++;
      }
      while (start < end && BioTags.isSpace(characters[end - 1])) {
        end--;
      }
      starts[i] = start;
      ends[i] = end;
      covered = end;
    }
    return new PiecePlaces(starts, ends);
  }

  /** The number of code points before each char and before the end; a text may be long. */
  private static int[] numCharactersBefore(String text) {
    int[] numBefore = new int[text.length() + 1];
    for (int i = 0; i < text.length(); i++) {
      boolean endsPair =
          Character.isLowSurrogate(text.charAt(i))
              && i > 0
              && Character.isHighSurrogate(text.charAt(i - 1));
      // As codePointCount: half of a pair counts as one.
      numBefore[i + 1] = numBefore[i] + (endsPair ? 0 : 1);
    }
    return numBefore;
  }

  public int size() {
    return starts.length;
  }

  /** The places of some pieces, in their order. */
  public PiecePlaces at(int[] pieces) {
    return new PiecePlaces(
        IntStream.of(pieces).map(piece -> starts[piece]).toArray(),
        IntStream.of(pieces).map(piece -> ends[piece]).toArray());
  }

  /** Whether a piece has a tag. */
  public boolean isTagged(int piece) {
    return starts[piece] < ends[piece];
  }

  /**
   * The tags of the pieces: each is of the first entity that has a character in it. The first piece
   * of an entity has B, even if the entity begins inside it, or before it in no piece. So the tags
   * are valid.
   *
   * @param characterTags as {@link BioTags#ofCharacters} makes them
   * @return one for each piece; {@link BioTags#NONE} if it adds no character
   */
  public int[] tags(int[] characterTags) {
    List<Entity> entities = BioTags.entities(characterTags);
    int[] tags = new int[size()];
    int next = 0;
    int tagged = 0;
    for (int piece = 0; piece < tags.length; piece++) {
      while (next < entities.size() && entities.get(next).end() <= starts[piece]) {
        next++;
      }
      if (!isTagged(piece)) {
        tags[piece] = BioTags.NONE;
      } else if (next < entities.size() && entities.get(next).start() < ends[piece]) {
        int type = entities.get(next).type();
        tags[piece] = next < tagged ? BioTags.inside(type) : BioTags.begin(type);
        tagged = next + 1;
      }
    }
    return tags;
  }

  /**
   * The tags of the characters: that of their piece, where only a piece's first character begins an
   * entity. What is between two pieces of an entity is in it.
   *
   * @param pieceTags of the first pieces; the others are outside, as is what has no piece
   * @return one for each character, white space included
   */
  public int[] characterTags(int[] pieceTags, int numCharacters) {
    int[] tags = new int[numCharacters];
    int end = 0;
    int previous = BioTags.OUTSIDE;
    for (int piece = 0; piece < pieceTags.length; piece++) {
      if (isTagged(piece)) {
        int tag = pieceTags[piece];
        if (BioTags.isInside(tag) && BioTags.mayFollow(previous, tag)) {
          Arrays.fill(tags, end, starts[piece], tag);
        }
        Arrays.fill(tags, starts[piece], ends[piece], BioTags.goingOn(tag));
        tags[starts[piece]] = tag;
        end = ends[piece];
        previous = tag;
      }
    }
    return tags;
  }

  /**
   * The entities that tags of pieces express.
   *
   * @param pieceTags valid ones, of the first pieces
   */
  public List<Entity> entities(int[] pieceTags) {
    List<Entity> entities = new ArrayList<>();
    for (int piece = 0; piece < pieceTags.length; piece++) {
      int tag = pieceTags[piece];
      if (isTagged(piece) && BioTags.isBegin(tag)) {
        entities.add(new Entity(starts[piece], ends[piece], BioTags.type(tag)));
      } else if (isTagged(piece) && BioTags.isInside(tag)) {
        Entity last = entities.remove(entities.size() - 1);
        entities.add(new Entity(last.start(), ends[piece], last.type()));
      }
    }
    return entities;
  }
}
