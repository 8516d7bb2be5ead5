package io.dialogbert.task.label;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The connected components of items that share keys. If A shares a key with B, and B another one
 * with C, all three are one component, so no key is in two.
 */
final class Components {
  private Components() {}

  /**
   * The component of each item, named after the least of its keys. The names depend neither on the
   * order of the items nor on that of their keys.
   *
   * @param keys of each item, at least one
   */
  static List<String> of(List<List<String>> keys) {
    Map<String, Integer> numbers = new HashMap<>();
    for (List<String> ofItem : keys) {
      for (String key : ofItem) {
        numbers.putIfAbsent(key, numbers.size());
      }
    }
    int[] parents = new int[numbers.size()];
    Arrays.setAll(parents, i -> i);
    for (List<String> ofItem : keys) {
      int root = root(parents, numbers.get(ofItem.get(0)));
      for (String key : ofItem) {
        parents[root(parents, numbers.get(key))] = root;
      }
    }
    String[] least = new String[parents.length];
    numbers.forEach(
        (key, number) -> {
          int root = root(parents, number);
          if (least[root] == null || key.compareTo(least[root]) < 0) {
            least[root] = key;
          }
        });
    List<String> names = new ArrayList<>();
    for (List<String> ofItem : keys) {
      names.add(least[root(parents, numbers.get(ofItem.get(0)))]);
    }
    return names;
  }

  /** Halves the path on its way up, which keeps paths short. */
  private static int root(int[] parents, int node) {
    while (parents[node] != node) {
      parents[node] = parents[parents[node]];
      node = parents[node];
    }
    return node;
  }
}
