package io.dialogbert.task.tag;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Tags in the scheme BIO (IOB2): an entity's first element has the tag B of its type, its others
 * have I, and all else has O. As numbers: {@value #OUTSIDE} is O; of type t, 2t + 1 is B and 2t + 2
 * is I.
 *
 * @see <a href="https://aclanthology.org/E99-1023">Tjong Kim Sang and Veenstra 1999</a>
 */
public final class BioTags {
  public static final int OUTSIDE = 0;

  /** The tag of what has none, such as white space. */
  public static final int NONE = -1;

  private BioTags() {}

  /** Number of tags of so many types. */
  public static int count(int numTypes) {
    return 2 * numTypes + 1;
  }

  public static int begin(int type) {
    return 2 * type + 1;
  }

  public static int inside(int type) {
    return 2 * type + 2;
  }

  /** The type of a tag that is B or I. */
  public static int type(int tag) {
    return (tag - 1) / 2;
  }

  public static boolean isBegin(int tag) {
    return tag > 0 && tag % 2 == 1;
  }

  public static boolean isInside(int tag) {
    return tag > 0 && tag % 2 == 0;
  }

  /** The tag of what goes on with an element's entity, or stays outside. */
  public static int goingOn(int tag) {
    return isBegin(tag) ? tag + 1 : tag;
  }

  /** Whether a tag may follow another: I only follows B or I of its type. */
  public static boolean mayFollow(int previous, int tag) {
    return !isInside(tag) || (previous > 0 && type(previous) == type(tag));
  }

  /** The tags' names in the order of their numbers, such as {@code O, B-PER, I-PER}. */
  public static List<String> names(List<String> types) {
    return Stream.concat(
            Stream.of("O"), types.stream().flatMap(type -> Stream.of("B-" + type, "I-" + type)))
        .toList();
  }

  /**
   * The tags of a text's characters.
   *
   * @param entities that do not overlap
   * @return one for each code point; {@link #NONE} for white space
   */
  public static int[] ofCharacters(String text, List<Entity> entities) {
    int[] characters = text.codePoints().toArray();
    int[] tags = new int[characters.length];
    for (Entity entity : entities) {
      Arrays.fill(tags, entity.start(), entity.end(), inside(entity.type()));
      tags[entity.start()] = begin(entity.type());
    }
    for (int i = 0; i < tags.length; i++) {
      tags[i] = isSpace(characters[i]) ? NONE : tags[i];
    }
    return tags;
  }

  /**
   * The entities of a text's characters.
   *
   * @param tags as {@link #ofCharacters} makes them
   */
  public static List<Entity> entities(int[] tags) {
    List<Entity> entities = new ArrayList<>();
    for (int start = 0; start < tags.length; start++) {
      if (!isBegin(tags[start])) {
        continue;
      }
      int end = start + 1;
      for (int i = end; i < tags.length; i++) {
        if (tags[i] == goingOn(tags[start])) {
          end = i + 1;
        } else if (tags[i] != NONE) {
          break;
        }
      }
      entities.add(new Entity(start, end, type(tags[start])));
    }
    return entities;
  }

  /**
   * The part of an entity without white space at its ends; null if there is nothing else.
   *
   * @param characters the text's code points
   */
  public static Entity trim(int[] characters, Entity entity) {
    int start = entity.start();
    int end = entity.end();
    while (start < end && isSpace(characters[start])) {
      start++;
    }
    while (start < end && isSpace(characters[end - 1])) {
      end--;
    }
    return start == end ? null : new Entity(start, end, entity.type());
  }

  static boolean isSpace(int character) {
    return Character.isWhitespace(character) || Character.isSpaceChar(character);
  }
}
