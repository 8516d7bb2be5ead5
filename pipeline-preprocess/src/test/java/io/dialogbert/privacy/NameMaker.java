package io.dialogbert.privacy;

import io.dialogbert.text.morpheme.MorphemeAnalyzer;
import io.dialogbert.text.morpheme.MorphemeDictionary;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * Makes names to plant: some of our lists, some of a public set, and many that no list has, put
 * together from the characters of names. None is of the held-out part.
 */
final class NameMaker {
  private static final String KO_COMMON = "김김김김이이이이박박박최최정정강조윤장임한오서신권황안송전홍고문양손배백허유남심노하곽성차주우구";
  private static final String KO_RARE = "나민진지엄채원천방공현함변염여추도소석선설마길연위표명기반라왕금옥육인맹제모탁국어은편용예봉사부빈";
  private static final List<String> KO_LONG = List.of("남궁", "황보", "제갈", "선우", "독고", "사공");
  private static final String JA_SURNAME_FIRST =
      "山田中小川大松村高上西東北南木石竹森林原藤岡野島谷池水井平吉福宮前古長安浅黒白青今矢土金菊梅柳桜沢坂久津秋横杉桑堀関星永江根三五八千";
  private static final String JA_SURNAME_LAST = "田川山野村本井崎島原谷口木沢藤岡下上中林森橋内部尾坂瀬倉塚浦波辺戸宮石見城葉池津木関間屋場垣";
  private static final String JA_KANA_PARTS = "あいうえおかきくけこさしすせそたちつてとなにのはひふへほまみむめもやゆよらりるれろわじずだぶ";

  private final String lang;
  private final SplittableRandom random;
  private final List<String> surnames = new ArrayList<>();
  private final List<String> givenNames = new ArrayList<>();
  private final List<String> fullNames = new ArrayList<>();

  NameMaker(String lang, List<String> known, SplittableRandom random) {
    this.lang = lang;
    this.random = random;
    if (lang.equals("ko")) {
      givenNames.addAll(Names.hints("ko-given-names"));
      givenNames.addAll(Names.hints("ko-everyday-given-names"));
      known.stream().filter(n -> n.matches("[가-힣]{3}")).forEach(fullNames::add);
    } else {
      surnames.addAll(Names.hints("ja-surnames"));
      for (String list : List.of("ja-given-names", "ja-kana-names", "ja-short-kana-names")) {
        givenNames.addAll(Names.hints(list));
      }
      known.stream().filter(n -> n.matches("[一-龠々ぁ-ん]{3,6}")).forEach(fullNames::add);
      split(known);
    }
    List.of(surnames, givenNames, fullNames).forEach(list -> list.sort(null));
  }

  /** The surnames and given names that the dictionary tells apart. */
  private void split(List<String> names) {
    MorphemeAnalyzer analyzer = MorphemeDictionary.bundled("ja").analyzer();
    int surname = leftId(analyzer, "佐々木");
    int given = leftId(analyzer, "和彦");
    for (String name : names) {
      analyzer.analyze(
          name,
          0,
          name.length(),
          (start, end, entry) -> {
            if (analyzer.leftId(entry) == surname) {
              surnames.add(name.substring(start, end));
            } else if (analyzer.leftId(entry) == given) {
              givenNames.add(name.substring(start, end));
            }
          });
    }
  }

  private static int leftId(MorphemeAnalyzer analyzer, String name) {
    int[] id = new int[1];
    analyzer.analyze(name, 0, name.length(), (start, end, entry) -> id[0] = analyzer.leftId(entry));
    return id[0];
  }

  /** {@code number} names of each sort, by what stands for them in templates. */
  Map<String, List<String>> words(int number) {
    Map<String, List<String>> words = new HashMap<>();
    Map<String, Supplier<String>> sorts =
        Map.of("full", this::full, "given", this::given, "surname", this::surname);
    sorts.forEach(
        (sort, maker) -> {
          List<String> made = new ArrayList<>();
          for (int i = 0; i < number; i++) {
            made.add(maker.get());
          }
          words.put(sort, made);
        });
    return words;
  }

  String full() {
    return developed(
        () -> {
          if (random.nextInt(8) == 0 && !fullNames.isEmpty()) {
            return one(fullNames);
          }
          String gap = lang.equals("ja") && random.nextInt(6) == 0 ? " " : "";
          return anySurname() + gap + anyGiven();
        });
  }

  String surname() {
    return developed(this::anySurname);
  }

  String given() {
    return developed(this::anyGiven);
  }

  private String developed(Supplier<String> maker) {
    String name = maker.get();
    while (BenchPart.of(name) != BenchPart.DEVELOPMENT && name.length() > 1) {
      name = maker.get();
    }
    return name;
  }

  private String anySurname() {
    if (lang.equals("ko")) {
      int kind = random.nextInt(20);
      return kind == 0 ? one(KO_LONG) : kind < 5 ? one(KO_RARE) : one(KO_COMMON);
    }
    return random.nextInt(4) == 0 ? one(JA_SURNAME_FIRST) + one(JA_SURNAME_LAST) : one(surnames);
  }

  private String anyGiven() {
    int kind = random.nextInt(20);
    if (lang.equals("ko")) {
      if (kind == 0) {
        return one(Names.characters("ko-given-syllables", "alone"));
      }
      if (kind < 9) {
        return one(givenNames);
      }
      if (kind == 9 && !fullNames.isEmpty()) {
        return one(fullNames).substring(1);
      }
      return kind < 16
          ? one(Names.characters("ko-given-syllables", "first"))
              + one(Names.characters("ko-given-syllables", "last"))
          : one(Names.characters("ko-given-syllables", "any"))
              + one(Names.characters("ko-given-syllables", "any"));
    }
    if (kind < 12) {
      return one(givenNames);
    }
    if (kind < 16) {
      return one(Names.characters("ja-given-kanji", "first"))
          + one(Names.characters("ja-given-kanji", "last"));
    }
    if (kind < 17) {
      return one(Names.characters("ja-given-kanji", "last"));
    }
    String kana = one(JA_KANA_PARTS) + one(JA_KANA_PARTS) + (kind < 19 ? one("かこきたなのみやりとおと") : "");
    return kind == 17 ? katakana(kana) : kana;
  }

  private static String katakana(String kana) {
    return kana.chars().mapToObj(c -> Character.toString(c + 'ァ' - 'ぁ')).reduce("", String::concat);
  }

  private String one(List<String> list) {
    return list.get(random.nextInt(list.size()));
  }

  private String one(String characters) {
    int i = random.nextInt(characters.length());
    return characters.substring(i, i + 1);
  }
}
