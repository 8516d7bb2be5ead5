package io.dialogbert.task.tag;

import java.util.Arrays;
import java.util.List;

/**
 * What is known of the entities in a text. The record owns the array; nobody may change it.
 *
 * @param tags of the text's characters, as {@link BioTags#ofCharacters} makes them; empty if
 *     nothing is known
 * @param places of the text's pieces
 */
public record TaggedText(int[] tags, PiecePlaces places) {
  /** Of a task without tags. */
  public static final TaggedText NONE =
      new TaggedText(new int[0], new PiecePlaces(new int[0], new int[0]));

  /** Why no tags of the pieces that are read express an entity. */
  public enum Obstacle {
    /** It ends after the last piece that is read. */
    BEYOND_LENGTH,
    /** It begins inside a piece. */
    BEGINS_INSIDE_PIECE,
    /** It ends inside a piece. */
    ENDS_INSIDE_PIECE,
    /** A character at one of its ends is in no piece. */
    WITHOUT_PIECE,
    /** A piece of it belongs to the entity before it. */
    SHARES_PIECE
  }

  /** The entities of the text. */
  public List<Entity> entities() {
    return BioTags.entities(tags);
  }

  /** The entities that tags of the first pieces can express. */
  public List<Entity> reachable(int numPieces) {
    return places.entities(firstTags(numPieces));
  }

  private int[] firstTags(int numPieces) {
    return Arrays.copyOf(places.tags(tags), Math.min(numPieces, places.size()));
  }

  /** Why an entity is not {@link #reachable}. */
  public Obstacle obstacle(Entity entity, int numPieces) {
    int first = pieceOf(entity.start());
    int last = pieceOf(entity.end() - 1);
    if (first < 0 || last < 0) {
      return Obstacle.WITHOUT_PIECE;
    }
    if (last >= numPieces) {
      return Obstacle.BEYOND_LENGTH;
    }
    if (places.starts()[first] != entity.start()) {
      return Obstacle.BEGINS_INSIDE_PIECE;
    }
    return places.ends()[last] == entity.end() ? Obstacle.SHARES_PIECE : Obstacle.ENDS_INSIDE_PIECE;
  }

  /** The piece that holds a character; -1 if none does. */
  private int pieceOf(int character) {
    for (int piece = 0; piece < places.size(); piece++) {
      if (places.starts()[piece] <= character && character < places.ends()[piece]) {
        return piece;
      }
    }
    return -1;
  }
}
