package io.dialogbert.text.morpheme;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.util.Version;

/**
 * A dictionary in MeCab's sense: morphemes with their costs, connection costs of neighbors, and the
 * possible shapes of unknown words. Immutable.
 *
 * @see <a href="https://aclanthology.org/W04-3230/">Kudo, Yamamoto and Matsumoto 2004, the cost
 *     model</a>
 */
public final class MorphemeDictionary {
  final CharacterClasses characters;

  private final ThreadLocal<MorphemeAnalyzer> analyzers =
      ThreadLocal.withInitial(() -> new MorphemeAnalyzer(this));

  private final Trie trie;
  private final int[] surfaceAt;
  private final int[] firstEntry;
  private final int[] firstUnknown;

  /** Left id, right id, cost and penalty after a space of each entry, side by side. */
  private final short[] entries;

  private final short[] tags;
  private final List<String> tagNames;
  private final short[] connections;
  private final int numRightIds;

  MorphemeDictionary(Builder builder, CharacterClasses characters) {
    this.characters = characters;
    this.trie = builder.trie;
    this.surfaceAt = Arrays.copyOf(builder.surfaceAt, trie.numNodes());
    this.firstEntry = Arrays.copyOf(builder.firstEntry, builder.numSurfaces + 1);
    this.firstEntry[builder.numSurfaces] = builder.numKnown;
    this.firstUnknown = builder.firstUnknown;
    this.entries = Arrays.copyOf(builder.entries, builder.numEntries * Builder.FIELDS);
    this.tags = Arrays.copyOf(builder.tags, builder.numEntries);
    this.tagNames = List.copyOf(builder.tagIds.keySet());
    this.connections = builder.connections;
    this.numRightIds = builder.numRightIds;
  }

  private static final class Korean {
    static final MorphemeDictionary INSTANCE = LuceneDictionaries.korean();
  }

  private static final class Japanese {
    static final MorphemeDictionary INSTANCE = LuceneDictionaries.japanese();
  }

  /**
   * The dictionary bundled with the program.
   *
   * @param lang {@code ko} or {@code ja}
   * @throws IllegalArgumentException if the language has none
   */
  public static MorphemeDictionary bundled(String lang) {
    return switch (lang) {
      case "ko" -> Korean.INSTANCE;
      case "ja" -> Japanese.INSTANCE;
      default -> throw new IllegalArgumentException("lang must be ko or ja, but was " + lang);
    };
  }

  /** Identifies the bundled dictionaries. */
  public static String bundledVersion() {
    return "lucene-" + Version.LATEST;
  }

  /** The calling thread's analyzer. */
  public MorphemeAnalyzer analyzer() {
    return analyzers.get();
  }

  int child(int node, char unit) {
    return trie.child(node, unit);
  }

  /** The surface that ends at a node of the trie, or {@link Trie#NONE}. */
  int surface(int node) {
    return surfaceAt[node];
  }

  /** The first entry of a surface. The others follow, up to the next surface's first. */
  int firstEntry(int surface) {
    return firstEntry[surface];
  }

  /**
   * The first unknown-word entry of a character class. The others follow, up to the next class's
   * first.
   */
  int firstUnknown(int characterClass) {
    return firstUnknown[characterClass];
  }

  int leftId(int entry) {
    return Short.toUnsignedInt(entries[entry * Builder.FIELDS]);
  }

  int rightId(int entry) {
    return Short.toUnsignedInt(entries[entry * Builder.FIELDS + 1]);
  }

  int cost(int entry) {
    return entries[entry * Builder.FIELDS + 2];
  }

  /** The extra cost of an entry where a space precedes it. */
  int spacePenalty(int entry) {
    return entries[entry * Builder.FIELDS + 3];
  }

  /** Part of speech, such as {@code NNG} or {@code VV+E}. */
  String tag(int entry) {
    return tagNames.get(tags[entry]);
  }

  /** All right ids are below this. */
  int numRightIds() {
    return numRightIds;
  }

  /** Where the connection costs of an entry with this left id begin in {@link #connection}. */
  int connectionRow(int leftId) {
    return leftId * numRightIds;
  }

  /** The connection cost of a neighbor: {@code index} is a row plus the neighbor's right id. */
  int connection(int index) {
    return connections[index];
  }

  /**
   * The connection cost of two neighbors, by the right id of the first and the left id of the
   * second.
   */
  interface ConnectionCost {
    int of(int rightId, int leftId);
  }

  /** Collects surfaces and entries. The entries of a surface follow it; unknown words come last. */
  static final class Builder {
    private static final int FIELDS = 4;

    private final Trie trie = new Trie();
    private final Map<String, Short> tagIds = new LinkedHashMap<>();
    private int[] surfaceAt = new int[1 << 20];
    private int[] firstEntry = new int[1 << 18];
    private int numSurfaces;
    private short[] entries = new short[FIELDS << 18];
    private short[] tags = new short[1 << 18];
    private int numEntries;
    private int numKnown;
    private int[] firstUnknown;
    private int numLeftIds;
    private int numRightIds;
    private short[] connections;

    Builder() {
      Arrays.fill(surfaceAt, Trie.NONE);
    }

    void addSurface(int[] units, int from, int length) {
      int node = Trie.ROOT;
      for (int i = from; i < from + length; i++) {
        node = trie.childOrNew(node, units[i]);
      }
      if (node >= surfaceAt.length) {
        int old = surfaceAt.length;
        surfaceAt = Arrays.copyOf(surfaceAt, Math.max(node + 1, old * 2));
        Arrays.fill(surfaceAt, old, surfaceAt.length, Trie.NONE);
      }
      surfaceAt[node] = numSurfaces;
      if (numSurfaces + 1 >= firstEntry.length) {
        firstEntry = Arrays.copyOf(firstEntry, firstEntry.length * 2);
      }
      firstEntry[numSurfaces++] = numEntries;
    }

    void addEntry(int leftId, int rightId, int cost, int spacePenalty, String tag) {
      if (numEntries == tags.length) {
        tags = Arrays.copyOf(tags, numEntries * 2);
        entries = Arrays.copyOf(entries, numEntries * 2 * FIELDS);
      }
      int at = numEntries * FIELDS;
      entries[at] = (short) leftId;
      entries[at + 1] = (short) rightId;
      entries[at + 2] = (short) cost;
      entries[at + 3] = (short) spacePenalty;
      tags[numEntries++] = tagIds.computeIfAbsent(tag, name -> (short) tagIds.size());
      numLeftIds = Math.max(numLeftIds, leftId + 1);
      numRightIds = Math.max(numRightIds, rightId + 1);
    }

    /**
     * Marks the start of the unknown-word entries: all later ones belong to them, class after
     * class.
     */
    void startUnknown(int numClasses) {
      numKnown = numEntries;
      firstUnknown = new int[numClasses + 1];
      Arrays.fill(firstUnknown, numEntries);
    }

    void endUnknown(int characterClass) {
      Arrays.fill(firstUnknown, characterClass + 1, firstUnknown.length, numEntries);
    }

    void connect(ConnectionCost cost) {
      connections = new short[numLeftIds * numRightIds];
      for (int left = 0; left < numLeftIds; left++) {
        for (int right = 0; right < numRightIds; right++) {
          connections[left * numRightIds + right] = (short) cost.of(right, left);
        }
      }
    }
  }
}
