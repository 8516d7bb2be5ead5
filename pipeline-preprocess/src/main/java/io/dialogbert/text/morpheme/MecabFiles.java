package io.dialogbert.text.morpheme;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a dictionary that MeCab has compiled: {@code sys.dic}, {@code unk.dic}, {@code matrix.bin},
 * {@code char.bin} and {@code dicrc} of one directory, in UTF-8 and little-endian.
 */
final class MecabFiles {
  /** The files of a dictionary. */
  static final List<String> NAMES =
      List.of("sys.dic", "unk.dic", "matrix.bin", "char.bin", "dicrc");

  private static final int MAGIC = 0xef718f77;
  private static final int HEADER_BYTES = 72;
  private static final int TOKEN_BYTES = 16;
  private static final int UNIT_BYTES = 8;
  private static final int NAME_BYTES = 32;

  private final Path directory;
  private final Map<Integer, Integer> spacePenalties = new HashMap<>();
  private final MorphemeDictionary.Builder builder = new MorphemeDictionary.Builder();

  private MecabFiles(Path directory) {
    this.directory = directory;
  }

  /**
   * Reads a directory.
   *
   * @throws IOException if a file is missing or invalid; names file and rule
   */
  static MorphemeDictionary read(Path directory) throws IOException {
    return new MecabFiles(directory).read();
  }

  private MorphemeDictionary read() throws IOException {
    readSpacePenalties();
    Words known = new Words("sys.dic");
    known.visit(
        (surface, firstToken, numTokens) -> {
          int[] units = surface.chars().toArray();
          builder.addSurface(units, 0, units.length);
          known.addEntries(firstToken, numTokens);
        });
    ByteBuffer characters = open("char.bin");
    int numClasses = characters.getInt();
    int expected = Integer.BYTES * CharacterClasses.NUM_UNITS + numClasses * NAME_BYTES;
    // MeCab's table has no row for U+FFFF; that place holds the number of classes.
    require(characters.limit() == expected, "char.bin", "must be whole");
    List<String> names = new ArrayList<>();
    for (int i = 0; i < numClasses; i++) {
      names.add(string(characters, 4 + i * NAME_BYTES));
    }
    Words unknown = new Words("unk.dic");
    Map<String, int[]> tokens = new HashMap<>();
    unknown.visit((name, first, number) -> tokens.put(name, new int[] {first, number}));
    builder.startUnknown(numClasses);
    for (int i = 0; i < numClasses; i++) {
      int[] range = tokens.get(names.get(i));
      require(range != null, "unk.dic", "must have an entry for " + names.get(i));
      unknown.addEntries(range[0], range[1]);
      builder.endUnknown(i);
    }
    ByteBuffer matrix = open("matrix.bin");
    int numRightIds = matrix.getShort() & 0xffff;
    int numLeftIds = matrix.getShort() & 0xffff;
    require(matrix.remaining() == 2 * numRightIds * numLeftIds, "matrix.bin", "must be whole");
    builder.connect((right, left) -> matrix.getShort(4 + 2 * (right + numRightIds * left)));
    return new MorphemeDictionary(builder, classes(characters, numClasses, names));
  }

  private CharacterClasses classes(ByteBuffer in, int numClasses, List<String> names)
      throws IOException {
    int start = 4 + numClasses * NAME_BYTES;
    byte[] classes = new byte[CharacterClasses.NUM_UNITS];
    int[] kinds = new int[classes.length];
    boolean[] invoke = new boolean[classes.length];
    boolean[] group = new boolean[classes.length];
    byte[] maxLength = new byte[classes.length];
    for (int c = 0; c < classes.length; c++) {
      int info = in.getInt(start + 4 * (c == Character.MAX_VALUE ? 0 : c));
      kinds[c] = info & 0x3ffff;
      classes[c] = (byte) (info >>> 18);
      maxLength[c] = (byte) (info >>> 26 & 0xf);
      group[c] = (info >>> 30 & 1) != 0;
      invoke[c] = info >>> 31 != 0;
    }
    int space = names.indexOf("SPACE");
    require(space >= 0, "char.bin", "must have a class SPACE");
    return new CharacterClasses(classes, kinds, invoke, group, maxLength, space);
  }

  /** A setting of mecab-ko; MeCab's own dictionaries do not have it. */
  private void readSpacePenalties() throws IOException {
    String key = "left-space-penalty-factor";
    for (String line : Files.readAllLines(directory.resolve("dicrc"))) {
      String[] parts = line.split("=", -1);
      if (parts.length == 2 && parts[0].strip().equals(key)) {
        String[] numbers = parts[1].strip().split(",", -1);
        for (int i = 0; i + 1 < numbers.length; i += 2) {
          spacePenalties.put(
              Integer.valueOf(numbers[i].strip()), Integer.valueOf(numbers[i + 1].strip()));
        }
      }
    }
  }

  private interface Visitor {
    void word(String surface, int firstToken, int numTokens);
  }

  /** A compiled list of words: a double-array trie over UTF-8, tokens, and their features. */
  private final class Words {
    private final ByteBuffer in;
    private final int numUnits;
    private final int tokens;
    private final int features;

    Words(String file) throws IOException {
      in = open(file);
      require(
          in.limit() > HEADER_BYTES && (in.getInt(0) ^ MAGIC) == in.limit(), file, "must be whole");
      require(string(in, 40).equalsIgnoreCase("UTF-8"), file, "must be in UTF-8");
      numUnits = in.getInt(24) / UNIT_BYTES;
      tokens = HEADER_BYTES + in.getInt(24);
      features = tokens + in.getInt(28);
    }

    private int base(int unit) {
      return in.getInt(HEADER_BYTES + unit * UNIT_BYTES);
    }

    private int parent(int unit) {
      return in.getInt(HEADER_BYTES + unit * UNIT_BYTES + 4);
    }

    void visit(Visitor visitor) {
      visit(base(0), new byte[1 << 12], 0, visitor);
    }

    private void visit(int node, byte[] key, int length, Visitor visitor) {
      if (parent(node) == node && base(node) < 0) {
        int value = -base(node) - 1;
        visitor.word(new String(key, 0, length, StandardCharsets.UTF_8), value >>> 8, value & 0xff);
      }
      for (int b = 0; b < 256 && node + b + 1 < numUnits; b++) {
        if (parent(node + b + 1) == node && base(node + b + 1) > 0) {
          key[length] = (byte) b;
          visit(base(node + b + 1), key, length + 1, visitor);
        }
      }
    }

    void addEntries(int firstToken, int numTokens) {
      for (int i = 0; i < numTokens; i++) {
        int at = tokens + (firstToken + i) * TOKEN_BYTES;
        String feature = string(in, features + in.getInt(at + 8));
        int comma = feature.indexOf(',');
        builder.addEntry(
            in.getShort(at) & 0xffff,
            in.getShort(at + 2) & 0xffff,
            in.getShort(at + 6),
            spacePenalties.getOrDefault(in.getShort(at + 4) & 0xffff, 0),
            comma < 0 ? feature : feature.substring(0, comma));
      }
    }
  }

  private ByteBuffer open(String file) throws IOException {
    byte[] bytes = Files.readAllBytes(directory.resolve(file));
    require(bytes.length > Integer.BYTES, file, "must be whole");
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static String string(ByteBuffer in, int start) {
    int end = start;
    while (in.get(end) != 0) {
      end++;
    }
    return StandardCharsets.UTF_8.decode(in.slice(start, end - start)).toString();
  }

  private void require(boolean ok, String file, String rule) throws IOException {
    if (!ok) {
      throw new IOException(directory.resolve(file) + ": " + rule);
    }
  }
}
