package io.dialogbert.task.label;

import io.dialogbert.dialogue.Splits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Deals examples to splits so that no group is in two. An example's group is what its set names or,
 * without that, its texts: then examples that share a text directly or through others are in one
 * split, so no text is in two. All this is about the examples that are dealt; those of splits that
 * come in files of their own stay where they are.
 *
 * @param examples by split; every split is there
 * @param numGroups number of groups that were dealt; 0 if all splits were given
 * @param largestGroup number of examples of the largest of them
 */
public record GroupSplits(
    Map<String, List<LabeledText>> examples, int numGroups, int largestGroup) {

  /**
   * Deals the examples of {@code train} to the splits that have no files.
   *
   * @param given examples by split, as their files say; {@code train} has some
   * @param splits the share of each split; that of a given one is ignored
   */
  public static GroupSplits of(Map<String, List<LabeledText>> given, Splits splits) {
    boolean validation = given.containsKey(Splits.VALIDATION);
    boolean test = given.containsKey(Splits.TEST);
    Map<String, List<LabeledText>> examples = new LinkedHashMap<>();
    Splits.ALL.forEach(
        split ->
            examples.put(
                split,
                split.equals(Splits.TRAIN)
                    ? new ArrayList<>()
                    : new ArrayList<>(given.getOrDefault(split, List.of()))));
    List<LabeledText> dealt = given.get(Splits.TRAIN);
    if (validation && test) {
      examples.get(Splits.TRAIN).addAll(dealt);
      return new GroupSplits(examples, 0, 0);
    }
    Splits shares =
        new Splits(
            splits.seed(),
            validation ? 0 : splits.validationRatio(),
            test ? 0 : splits.testRatio());
    List<String> groups =
        Components.of(
            dealt.stream()
                .map(text -> text.group().isEmpty() ? text.textKeys() : List.of(text.group()))
                .toList());
    Map<String, Integer> sizes = new HashMap<>();
    for (int i = 0; i < dealt.size(); i++) {
      sizes.merge(groups.get(i), 1, Integer::sum);
      examples.get(shares.of(groups.get(i))).add(dealt.get(i));
    }
    int largest = sizes.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    return new GroupSplits(examples, sizes.size(), largest);
  }
}
