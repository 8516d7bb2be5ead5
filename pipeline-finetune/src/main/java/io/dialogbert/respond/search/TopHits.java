package io.dialogbert.respond.search;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/** The best of many hits. Serves one thread. */
final class TopHits {
  private final int count;
  private final PriorityQueue<Hit> worstFirst = new PriorityQueue<>(Hit.BEST_FIRST.reversed());
  private float least = Float.NEGATIVE_INFINITY;

  TopHits(int count) {
    this.count = count;
  }

  void offer(int row, float score) {
    // Nearly all hits end here, so it costs one comparison.
    if (score >= least) {
      add(new Hit(row, score));
    }
  }

  private void add(Hit hit) {
    worstFirst.add(hit);
    if (worstFirst.size() > count) {
      worstFirst.remove();
    }
    if (worstFirst.size() == count) {
      least = worstFirst.element().score();
    }
  }

  void addAll(TopHits others) {
    others.worstFirst.forEach(this::add);
  }

  List<Hit> bestFirst() {
    List<Hit> hits = new ArrayList<>(worstFirst);
    hits.sort(Hit.BEST_FIRST);
    return hits;
  }
}
