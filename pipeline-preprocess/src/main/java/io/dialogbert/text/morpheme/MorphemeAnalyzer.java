package io.dialogbert.text.morpheme;

import java.util.Arrays;

/**
 * Cuts text into the morphemes with the lowest total cost, as MeCab does over the same dictionary
 * (mecab-ko for Korean). Dictionary words and unknown words are nodes. Each has a cost of its own
 * and a cost of following its neighbor. Viterbi's algorithm finds the cheapest path. Lucene's
 * analyzers cut differently over the same dictionaries, and are slower.
 *
 * <p>Buffers are reused from text to text, so each thread needs its own analyzer. The dictionaries
 * are shared.
 *
 * @see <a href="https://taku910.github.io/mecab/unk.html">MeCab on unknown words</a>
 */
public final class MorphemeAnalyzer {
  /** Longer texts are split, at a space if there is one, to keep the buffers small. */
  static final int MAX_LENGTH = 4096;

  /** MeCab's max-grouping-size: the longest run of a class, not counting its first character. */
  private static final int MAX_GROUP = 24;

  private static final int NO_NODE = -1;
  private static final int BEGIN_OR_END_ID = 0;

  /** Receives the morphemes of a text, in order. */
  public interface Sink {
    /**
     * One morpheme, {@code text[start, end)}.
     *
     * @param entry pass it to {@link MorphemeAnalyzer#tag} for the part of speech
     */
    void morpheme(int start, int end, int entry);
  }

  private final MorphemeDictionary dictionary;
  private final CharacterClasses characters;

  /**
   * For each position in the text, the last node that ends there; the others follow by {@code
   * next}.
   */
  private int[] endingAt = new int[MAX_LENGTH + 1];

  private int numNodes;
  private int[] entry = new int[1024];
  private int[] rightId = new int[1024];
  private int[] cost = new int[1024];
  private int[] start = new int[1024];
  private int[] end = new int[1024];
  private int[] previous = new int[1024];
  private int[] next = new int[1024];

  /** Entries that may start at a position, and where each ends. */
  private int numCandidates;

  private int[] candidate = new int[256];
  private int[] candidateEnd = new int[256];

  /** Nodes that may precede a position, side by side: the cheapest for each right id. */
  private int numLeft;

  private int[] left = new int[64];
  private int[] leftRightId = new int[64];
  private int[] leftCost = new int[64];

  /** For each right id, the cheapest node of the most recently visited list that has it. */
  private final int[] cheapestOf;

  private final int[] listOf;
  private int list;

  MorphemeAnalyzer(MorphemeDictionary dictionary) {
    this.dictionary = dictionary;
    this.characters = dictionary.characters;
    this.cheapestOf = new int[dictionary.numRightIds()];
    this.listOf = new int[dictionary.numRightIds()];
  }

  /** The part of speech of a morpheme in the dictionary, such as {@code NNG}. */
  public String tag(int entry) {
    return dictionary.tag(entry);
  }

  /**
   * The class of a morpheme by which the dictionary tells what may precede it. It is finer than the
   * part of speech: names of people have classes of their own.
   */
  public int leftId(int entry) {
    return dictionary.leftId(entry);
  }

  /** Passes to {@code sink} every entry of the dictionary that {@code text} has at {@code from}. */
  public void words(CharSequence text, int from, Sink sink) {
    int node = Trie.ROOT;
    for (int i = from; i < text.length(); i++) {
      node = dictionary.child(node, text.charAt(i));
      if (node == Trie.NONE) {
        return;
      }
      int surface = dictionary.surface(node);
      if (surface != Trie.NONE) {
        for (int e = dictionary.firstEntry(surface); e < dictionary.firstEntry(surface + 1); e++) {
          sink.morpheme(from, i + 1, e);
        }
      }
    }
  }

  /**
   * Passes the morphemes of {@code text[from, to)} to {@code sink}. No morpheme contains a space.
   */
  public void analyze(CharSequence text, int from, int to, Sink sink) {
    int begin = from;
    while (to - begin > MAX_LENGTH) {
      int cut = begin + MAX_LENGTH;
      while (cut > begin && text.charAt(cut) != ' ') {
        cut--;
      }
      if (cut == begin) {
        boolean insidePair = Character.isLowSurrogate(text.charAt(begin + MAX_LENGTH));
        cut = begin + MAX_LENGTH - (insidePair ? 1 : 0);
      }
      analyzePart(text, begin, cut, sink);
      begin = cut;
    }
    analyzePart(text, begin, to, sink);
  }

  private void analyzePart(CharSequence text, int from, int to, Sink sink) {
    int length = to - from;
    Arrays.fill(endingAt, 0, length + 1, NO_NODE);
    numNodes = 0;
    cheapestLeft = NO_NODE;
    cheapestCost = 0;
    addNode(Trie.NONE, BEGIN_OR_END_ID, 0, 0, 0);
    int lastEnd = 0;
    for (int place = 0; place < length; place++) {
      if (endingAt[place] == NO_NODE) {
        continue;
      }
      int wordStart = place;
      while (wordStart < length && isSpace(text.charAt(from + wordStart))) {
        wordStart++;
      }
      if (wordStart == length) {
        break;
      }
      findCandidates(text, from, wordStart, length);
      findLeft(place);
      int lastLeftId = NO_NODE;
      // From last to first: this breaks ties between equal costs as MeCab does.
      for (int i = numCandidates - 1; i >= 0; i--) {
        int leftId = dictionary.leftId(candidate[i]);
        if (leftId != lastLeftId) {
          findCheapest(leftId);
          lastLeftId = leftId;
        }
        addNode(candidate[i], wordStart > place, wordStart, candidateEnd[i]);
        lastEnd = Math.max(lastEnd, candidateEnd[i]);
      }
    }
    findLeft(lastEnd);
    findCheapest(BEGIN_OR_END_ID);
    emit(cheapestLeft, from, sink);
  }

  private boolean isSpace(char unit) {
    return characters.classes()[unit] == characters.space();
  }

  private void findCandidates(CharSequence text, int from, int wordStart, int length) {
    numCandidates = 0;
    int node = Trie.ROOT;
    for (int i = wordStart; i < length; i++) {
      node = dictionary.child(node, text.charAt(from + i));
      if (node == Trie.NONE) {
        break;
      }
      int surface = dictionary.surface(node);
      if (surface != Trie.NONE) {
        addCandidates(dictionary.firstEntry(surface), dictionary.firstEntry(surface + 1), i + 1);
      }
    }
    char first = CharacterClasses.representative(text.charAt(from + wordStart));
    if (numCandidates == 0 || characters.invoke()[first]) {
      findUnknown(text, from, wordStart, length, first);
    }
  }

  /** Unknown words: the run of one class, and its first few characters. */
  private void findUnknown(CharSequence text, int from, int wordStart, int length, char first) {
    int characterClass = characters.classes()[first];
    int firstEnd = afterCharacter(text, from, wordStart, length);
    int groupEnd = NO_NODE;
    if (characters.group()[first]) {
      int kinds = characters.kinds()[first];
      int i = firstEnd;
      int count = 0;
      while (i < length && (kinds & kinds(text, from + i)) != 0) {
        kinds = kinds(text, from + i);
        i = afterCharacter(text, from, i, length);
        count++;
      }
      if (count <= MAX_GROUP) {
        addUnknown(characterClass, i);
      }
      groupEnd = i;
    }
    int i = firstEnd;
    for (int n = 1; n <= characters.maxLength()[first]; n++) {
      if (i == groupEnd) {
        continue;
      }
      addUnknown(characterClass, i);
      if (i == length || (characters.kinds()[first] & kinds(text, from + i)) == 0) {
        break;
      }
      i = afterCharacter(text, from, i, length);
    }
    if (numCandidates == 0) {
      addUnknown(characterClass, firstEnd);
    }
  }

  private int kinds(CharSequence text, int i) {
    return characters.kinds()[CharacterClasses.representative(text.charAt(i))];
  }

  private static int afterCharacter(CharSequence text, int from, int i, int length) {
    boolean pair =
        Character.isHighSurrogate(text.charAt(from + i))
            && i + 1 < length
            && Character.isLowSurrogate(text.charAt(from + i + 1));
    return i + (pair ? 2 : 1);
  }

  private void addUnknown(int characterClass, int wordEnd) {
    addCandidates(
        dictionary.firstUnknown(characterClass),
        dictionary.firstUnknown(characterClass + 1),
        wordEnd);
  }

  private void addCandidates(int first, int afterLast, int wordEnd) {
    while (numCandidates + afterLast - first > candidate.length) {
      candidate = Arrays.copyOf(candidate, candidate.length * 2);
      candidateEnd = Arrays.copyOf(candidateEnd, candidateEnd.length * 2);
    }
    for (int e = first; e < afterLast; e++) {
      candidate[numCandidates] = e;
      candidateEnd[numCandidates++] = wordEnd;
    }
  }

  private void findLeft(int place) {
    list++;
    numLeft = 0;
    for (int node = endingAt[place]; node != NO_NODE; node = next[node]) {
      int id = rightId[node];
      if (listOf[id] != list || cost[node] < cost[cheapestOf[id]]) {
        listOf[id] = list;
        cheapestOf[id] = node;
      }
    }
    for (int node = endingAt[place]; node != NO_NODE; node = next[node]) {
      if (cheapestOf[rightId[node]] == node) {
        if (numLeft == left.length) {
          left = Arrays.copyOf(left, numLeft * 2);
          leftRightId = Arrays.copyOf(leftRightId, numLeft * 2);
          leftCost = Arrays.copyOf(leftCost, numLeft * 2);
        }
        left[numLeft] = node;
        leftRightId[numLeft] = rightId[node];
        leftCost[numLeft++] = cost[node];
      }
    }
  }

  /** The result of {@link #findCheapest}. */
  private int cheapestLeft;

  private int cheapestCost;

  /** Finds the left neighbor with the lowest cost, including its connection to a left id. */
  private void findCheapest(int leftId) {
    int row = dictionary.connectionRow(leftId);
    int best = NO_NODE;
    int bestCost = Integer.MAX_VALUE;
    for (int i = 0; i < numLeft; i++) {
      int total = leftCost[i] + dictionary.connection(row + leftRightId[i]);
      if (total < bestCost) {
        bestCost = total;
        best = i;
      }
    }
    cheapestLeft = left[best];
    cheapestCost = bestCost;
  }

  private void addNode(int newEntry, boolean afterSpace, int wordStart, int wordEnd) {
    int penalty = afterSpace ? dictionary.spacePenalty(newEntry) : 0;
    addNode(
        newEntry,
        dictionary.rightId(newEntry),
        cheapestCost + dictionary.cost(newEntry) + penalty,
        wordStart,
        wordEnd);
  }

  private void addNode(int newEntry, int right, int newCost, int wordStart, int wordEnd) {
    if (numNodes == entry.length) {
      int capacity = numNodes * 2;
      entry = Arrays.copyOf(entry, capacity);
      rightId = Arrays.copyOf(rightId, capacity);
      cost = Arrays.copyOf(cost, capacity);
      start = Arrays.copyOf(start, capacity);
      end = Arrays.copyOf(end, capacity);
      previous = Arrays.copyOf(previous, capacity);
      next = Arrays.copyOf(next, capacity);
    }
    entry[numNodes] = newEntry;
    rightId[numNodes] = right;
    cost[numNodes] = newCost;
    start[numNodes] = wordStart;
    end[numNodes] = wordEnd;
    previous[numNodes] = cheapestLeft;
    next[numNodes] = endingAt[wordEnd];
    endingAt[wordEnd] = numNodes++;
  }

  private void emit(int last, int from, Sink sink) {
    // Reverse the chain, which ends at the node that begins the text.
    int after = NO_NODE;
    for (int node = last; node > 0; ) {
      int before = previous[node];
      previous[node] = after;
      after = node;
      node = before;
    }
    for (int node = after; node != NO_NODE; node = previous[node]) {
      sink.morpheme(from + start[node], from + end[node], entry[node]);
    }
  }
}
