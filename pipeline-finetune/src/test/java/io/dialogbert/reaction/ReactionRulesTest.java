package io.dialogbert.reaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.reaction.CanonicalKey.Tense;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ReactionRulesTest {
  private static final ReactionRules RULES = new ReactionRules(List.of("비밀이야"));

  private static Candidate candidate(String reply) {
    String lang = reply.codePoints().anyMatch(ReactionRulesTest::isHangul) ? "ko" : "ja";
    return RULES
        .candidate(reply, "query", lang, reason -> {})
        .orElseThrow(() -> new AssertionError(reply));
  }

  private static boolean isHangul(int c) {
    return Character.UnicodeScript.of(c) == Character.UnicodeScript.HANGUL;
  }

  private static String key(String reply) {
    return candidate(reply).key().toString();
  }

  private static Rejection rejection(String reply, String query) {
    List<Rejection> reasons = new ArrayList<>();
    assertThat(RULES.candidate(reply, query, "ko", reasons::add)).isEmpty();
    assertThat(reasons).hasSize(1);
    return reasons.get(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "좋아 좋아요 좋아여 좋아용 좋습니다 좋네 좋네요 좋지 좋죠 좋군요 좋다 좋아아 좋아앙 좋아아아아 좋앙 좋아!! 좋아~ 좋아ㅋㅋ ㅎㅎ좋아ㅠㅠ 👍좋아",
        "그래 그래요 그렇습니다 그렇네",
        "그렇구나 그렇군요 그렇군 아그렇구나",
        "네 넵 넹 네에 네네 응 ㅇㅇ ㅇㅇㅇ 예!",
        "아니 아니요 아뇨 ㄴㄴ",
        "좋았어 좋았어요 좋았습니다 좋았네",
        "먹었니 먹었나요 먹었습니까 먹었어?",
        "ㅋ ㅋㅋㅋ ㅎㅎ ㅋㅎㅋㅎ 하하하 ㅋㅋㅋㅠㅠ",
        "ㅠㅠ ㅜㅜ ㅠ ㅠㅜ",
        "ㅇㅋ 오키 ㅇㅋㅋ 오케이",
        "はい はーい うん うんうん はい！",
        "いいえ いえいえ ううん",
        "そうだね そうですね そうだねー",
        "そうです そうだよ そうなんですよ",
        "そうなんだ そうなんですね あ、そうなんだ",
        "いい いいです いいね いいですね いいねぇ よい いいー！ いいw いい笑 いい（笑）",
        "すごい すごーい 凄いです すごいですね すごい！！",
        "行く 行きます 行くよ",
        "わかった 分かりました わかりましたー",
        "行かない 行きません 行かないよ",
        "w www 笑 （笑） ふふふ"
      })
  void mergesSpellingToneAndPoliteness(String replies) {
    assertThat(Arrays.stream(replies.split(" ")).map(ReactionRulesTest::key).distinct())
        .as(replies)
        .hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "안 좋아, 좋아",
    "좋지 않아, 좋아",
    "못 가, 가",
    "못 가, 안 가",
    "하지 마, 하지",
    "좋아?, 좋아",
    "먹었니, 먹었어",
    "갈까, 가",
    "갈까, 가니",
    "좋았어, 좋아",
    "알겠어, 알았어",
    "갈게, 가",
    "하자, 해",
    "하세요, 해요",
    "좋은데, 좋아",
    "좋아, 싫어",
    "네, 아니",
    "ㅋㅋ, ㅠㅠ",
    "ㅇㅋ, ㅇ",
    "はい, いいえ",
    "そうですか, そうです",
    "そうですかね, そうですか",
    "いいかな, いいか",
    "いいでしょ, いいです",
    "いいですよ, いいですね",
    "いいな, いいですね",
    "그렇구나, 그래",
    "そうなんですね, そうですね",
    "そうなんですね, そうなんですよ",
    "そうですね, そうです",
    "いやです, いや",
    "ありです, あります",
    "行く？, 行く",
    "行かない, 行く",
    "行きません, 行きます",
    "行った, 行く",
    "飲んだ, 飲む",
    "行きたい, 行く",
    "そうでしょう, そうです",
    "笑った, 笑",
    "いい, よくない",
  })
  void keepsApartWhatDiffersInMeaning(String a, String b) {
    assertThat(key(a)).isNotEqualTo(key(b));
  }

  @Test
  void flagsQuestionNegationAndTense() {
    assertThat(candidate("안 좋았어?").key()).isEqualTo(new CanonicalKey("좋", true, true, Tense.PAST));
    assertThat(candidate("먹지 않겠습니다").key())
        .isEqualTo(new CanonicalKey("먹", false, true, Tense.FUTURE));
    assertThat(candidate("行きませんでしたか").key())
        .isEqualTo(new CanonicalKey("行く", true, true, Tense.PAST));
  }

  @Test
  void readsAKeyBackFromItsStringForm() {
    for (String reply : List.of("안 좋았어?", "가지 않겠습니다", "행복해요", "ㅋㅋ", "行きませんか")) {
      assertThat(CanonicalKey.parse(key(reply))).isEqualTo(candidate(reply).key());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "네! 오늘도 갑니다, 네",
    "ㅋㅋㅋ 진짜? 몰랐어, 진짜?",
    "그래 ㅋㅋ 내일 봐, 그래",
    "음... 글쎄, 음",
    "네~ 감사합니다, 네",
    "'네, 좋아요', 네 좋아요",
    "네! [NAME] 왔어요, 네",
    "そうなんだ！いいね, そうなんだ",
    "はい。行きます, はい",
  })
  void takesTheFirstSentence(String reply, String member) {
    assertThat(candidate(reply).member()).isEqualTo(member);
  }

  @Test
  void rejectsWhatIsNoReaction() {
    assertThat(rejection("...", "뭐 해")).isEqualTo(Rejection.NO_WORDS);
    assertThat(rejection("NULL", "뭐 해")).isEqualTo(Rejection.NO_WORDS);
    assertThat(rejection("👍", "뭐 해")).isEqualTo(Rejection.NO_WORDS);
    assertThat(rejection("[PHONE] 여기", "뭐 해")).isEqualTo(Rejection.PERSONAL_DATA);
    assertThat(rejection("3시", "언제")).isEqualTo(Rejection.DIGITS);
    assertThat(rejection("가나다라".repeat(5) + "가", "뭐")).isEqualTo(Rejection.TOO_LONG);
    assertThat(rejection("나 너 그 책 집 물 산 강", "뭐")).isEqualTo(Rejection.TOO_LONG);
    assertThat(rejection("뭐 해!", "뭐해?")).isEqualTo(Rejection.COPY);
    assertThat(rejection("죽을래", "뭐 해")).isEqualTo(Rejection.HARMFUL);
    assertThat(rejection("비밀이야", "뭐 해")).isEqualTo(Rejection.HARMFUL);
    List<Rejection> reasons = new ArrayList<>();
    assertThat(RULES.candidate("yes", "query", "en", reasons::add)).isEmpty();
    assertThat(reasons).containsExactly(Rejection.LANGUAGE);
  }

  @Test
  void knowsThreatsButNotTheirLookalikes() {
    assertThat(RULES.isThreat("너 진짜 가만 안 둔다", "ko")).isTrue();
    assertThat(RULES.isThreat("죽을 먹고 신고 온 양말", "ko")).isFalse();
    assertThat(RULES.isThreat("殺すぞ", "ja")).isTrue();
    assertThat(RULES.isThreat("kill", "en")).isFalse();
    assertThat(RULES.isHarmful("美味しいですしね", "ja")).isFalse();
    assertThat(RULES.isHarmful("そればかり", "ja")).isFalse();
    assertThat(RULES.isHarmful("しね", "ja")).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"ko, 좋아, 싫어", "ko, 네, 아니", "ko, 있어, 없어", "ja, はい, いいえ", "ja, 好き, 嫌い"})
  void knowsOppositeWords(String lang, String a, String b) {
    assertThat(RULES.areOpposite(lang, candidate(a).key(), candidate(b).key())).isTrue();
    assertThat(RULES.areOpposite(lang, candidate(b).key(), candidate(a).key())).isTrue();
    assertThat(RULES.areOpposite(lang, candidate(a).key(), candidate(a).key())).isFalse();
  }

  @Test
  void findsTheWordsOfATurn() {
    assertThat(RULES.words("오늘 점심을 먹었어?", "ko")).containsExactly("오늘", "점심", "먹");
    assertThat(RULES.words("今日は行きますか？", "ja")).containsExactly("今日", "行く");
  }

  @Test
  void neverShowsATextInAStringForm() {
    assertThat(candidate("좋아").toString()).isEqualTo("Candidate[ko]");
  }
}
