package io.dialogbert.example;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * A dialogue as token ids. The record owns the arrays; nobody may change them.
 *
 * @param dialogueId its id
 * @param lang ISO 639-1 code
 * @param split {@code train}, {@code validation} or {@code test}
 * @param turns int32 [tokens] for each turn, with no special tokens except {@code [UNK]}; empty
 *     turns are left out
 */
public record TokenizedDialogue(String dialogueId, String lang, String split, List<int[]> turns) {
  public TokenizedDialogue {
    requireNonNull(dialogueId, "dialogueId");
    requireNonNull(lang, "lang");
    requireNonNull(split, "split");
    turns = turns.stream().filter(turn -> turn.length > 0).toList();
  }
}
