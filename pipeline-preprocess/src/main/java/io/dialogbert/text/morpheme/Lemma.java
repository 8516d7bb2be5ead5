package io.dialogbert.text.morpheme;

/**
 * A morpheme in its base form.
 *
 * @param form as the dictionary lists it, such as 行く for 行き, or 았 for the past tense in 갔다
 * @param partOfSpeech mecab-ko's tag as Lucene keeps it, with one {@code E} for all endings; for
 *     Japanese, Kuromoji's whole IPADIC part of speech, such as 助詞-終助詞. If the dictionary lacks the
 *     word, the tag of its unknown word.
 */
public record Lemma(String form, String partOfSpeech) {}
