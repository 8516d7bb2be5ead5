"""Writes metrics.json, what scikit-learn, SciPy, ranx and pytrec_eval say of random predictions.

    pip install -r requirements.txt
    python make_golden_metrics.py > ../resources/golden/metrics.json

The predictions are drawn by the generator of java.util.SplittableRandom, in the order in which OfficialMetricsTest draws
them, so only the figures are stored. Where two libraries compute a metric, they must agree before it is written. Where a
library leaves the order of equal scores open, the script fixes it against the model: scores are multiples of 1, and a
right answer loses a fraction of that.
"""

import json
import warnings

import numpy as np
import pytrec_eval
import ranx
import scipy.stats
import sklearn.metrics as sk

N = 10_000
SHORT = 500
TOLERANCE = 1e-9
GAMMA = 0x9E3779B97F4A7C15
MASK = (1 << 64) - 1


class Draws:
    """java.util.SplittableRandom (Java 17) of a seed."""

    def __init__(self, seed):
        self.state = seed

    def longs(self, n):
        z = np.uint64(self.state) + np.uint64(GAMMA) * np.arange(1, n + 1, dtype=np.uint64)
        self.state = (self.state + GAMMA * n) & MASK
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))

    def below(self, bound, n):
        """n integers in [0, bound): the upper 31 bits of a long, modulo the bound."""
        return ((self.longs(n) >> np.uint64(33)) % np.uint64(bound)).astype(np.int64)

    def next_int(self, bound):
        """nextInt(bound)."""
        value = self.bits()
        if bound & (bound - 1) == 0:
            return value & (bound - 1)
        value >>= 1
        while value + bound - 1 - value % bound >= 1 << 31:
            value = self.bits() >> 1
        return value % bound

    def bits(self):
        self.state = (self.state + GAMMA) & MASK
        z = self.state
        z = ((z ^ (z >> 33)) * 0x62A9D9ED799705F5) & MASK
        return (((z ^ (z >> 28)) * 0xCB24D0A5C88C35B3) & MASK) >> 32


class Resampling(np.random.Generator):
    """Lets scipy.stats.bootstrap draw what Java draws."""

    def __init__(self, seed):
        super().__init__(np.random.PCG64(0))
        self.draws = Draws(seed)

    def integers(self, low, high=None, size=None, **_):
        return np.array([self.draws.next_int(high) for _ in range(int(np.prod(size)))]).reshape(size)


def main():
    warnings.filterwarnings("ignore")
    golden = {
        "classification": classification(1, N, 12),
        "binary": classification(2, N, 2),
        "short_classifications": [classification(100 + i, 1 + i % 7, 12) for i in range(20)],
        "top_k": top_k(),
        "correlations": correlations(),
        "binary_scores": binary_scores(),
        "candidates": candidates(),
        "ranked_items": ranked_items(),
        "bootstrap": bootstrap(),
    }
    print(json.dumps(golden, indent=0))


def classification(seed, n, classes):
    """Classes 7 and 9 are never a label, 8 and 9 never a prediction; a third of the predictions are right."""
    draws = Draws(seed)
    labels = np.minimum(draws.below(classes, n), draws.below(classes, n))
    others = np.minimum(draws.below(classes, n), draws.below(classes, n))
    predictions = np.where(draws.below(3, n) == 0, labels, others)
    labels = np.where((labels == 7) | (labels == 9), 0, labels)
    predictions = np.where((predictions == 8) | (predictions == 9), 1, predictions)
    kept = [c for c, _ in sorted(zip(*np.unique(labels, return_counts=True)), key=lambda x: (-x[1], x[0]))[:4]]
    place = {c: i for i, c in enumerate(kept)}
    fold = lambda values: [place.get(c, len(kept)) for c in values]
    return {
        "accuracy": sk.accuracy_score(labels, predictions),
        "macro_accuracy": sk.balanced_accuracy_score(labels, predictions),
        "f1": list(sk.f1_score(labels, predictions, labels=range(classes), average=None, zero_division=0)),
        "binary_f1": sk.f1_score(labels == 1, predictions == 1, zero_division=0),
        "macro_f1": sk.f1_score(labels, predictions, average="macro", zero_division=0),
        "weighted_f1": sk.f1_score(labels, predictions, average="weighted", zero_division=0),
        "largest_classes": [int(c) for c in kept],
        "confusion": sk.confusion_matrix(fold(labels), fold(predictions), labels=range(len(kept) + 1)).tolist(),
    }


def top_k():
    """Ten thousand rows of 12 scores in 0 ... 5; a third favor the label."""
    draws = Draws(3)
    labels = draws.below(12, N)
    scores = draws.below(6, N * 12).reshape(N, 12).astype(float)
    scores[np.arange(N), labels] += 2 * (draws.below(3, N) == 0)
    scores[np.arange(N), labels] -= 0.5
    return {k: sk.top_k_accuracy_score(labels, scores, k=k, labels=range(12)) for k in (1, 3, 5)}


def correlated(draws, n, steps):
    x = draws.below(steps, n).astype(float)
    y = draws.below(3 * steps, n) + x
    return x, y


def correlations():
    draws = Draws(4)
    x, y = correlated(draws, N, 26)
    lists = [correlated(draws, 1 + i % 20, 4) for i in range(SHORT)]
    # SciPy refuses lists of one.
    measured = lambda f: [float(f(*xy).statistic) if len(xy[0]) > 1 else np.nan for xy in lists]
    return {
        "pearson": scipy.stats.pearsonr(x, y).statistic,
        "spearman": scipy.stats.spearmanr(x, y).statistic,
        "short_pearson": defined(measured(scipy.stats.pearsonr)),
        "short_spearman": defined(measured(scipy.stats.spearmanr)),
    }


def defined(values):
    """Values with null for NaN, which JSON does not know."""
    return [None if np.isnan(v) else v for v in values]


def binary_scores():
    draws = Draws(5)
    x, y = binary(draws, N, 40)
    lists = [binary(draws, 1 + i % 20, 4) for i in range(SHORT)]
    return {
        "auroc": sk.roc_auc_score(x, y),
        "average_precision": sk.average_precision_score(x, y),
        "short_auroc": defined([sk.roc_auc_score(*xy) for xy in lists]),
        "short_average_precision": [sk.average_precision_score(*xy) for xy in lists],
    }


def binary(draws, n, steps):
    positive = draws.below(4, n) == 0
    return positive, draws.below(steps, n) + draws.below(steps, n) * positive / 2


def candidates():
    """One right reply among 100; scores in 0 ... 49, a half favor the right one."""
    draws = Draws(6)
    answers = draws.below(100, N)
    scores = draws.below(50, N * 100).reshape(N, 100).astype(float)
    scores[np.arange(N), answers] += 25 * draws.below(2, N)
    scores[np.arange(N), answers] -= 0.5
    relevant = np.zeros((N, 100), dtype=int)
    relevant[np.arange(N), answers] = 1
    qrels, run = {}, {}
    for q in range(N):
        qrels[str(q)] = {str(int(answers[q])): 1}
        run[str(q)] = {str(c): scores[q, c] for c in range(100)}
    golden = both(qrels, run, [10], recalls=[1, 3, 10])
    agree(golden["ndcg_10"], sk.ndcg_score(relevant, scores, k=10))
    return golden


def ranked_items():
    """Up to 30 of 40 items retrieved, with scores in 0 ... 7; gains in 0 ... 3, of which most are 0."""
    draws = Draws(7)
    qrels, run, all_gains, all_scores = {}, {}, [], []
    for q in range(N):
        gains = np.maximum(draws.below(12, 40) - 8, 0)
        scores = draws.below(8, 40).astype(float)
        retrieved = draws.below(31, 1)[0]
        # The first items are retrieved; which these are is as random as their scores and gains.
        run[str(q)] = {str(i): scores[i] - gains[i] / 8 for i in range(retrieved)}
        qrels[str(q)] = {str(i): int(gains[i]) for i in range(40)}
        all_gains.append(gains)
        all_scores.append(scores - gains / 8)
    golden = both(qrels, run, [3, 10])
    # scikit-learn has no items that were not retrieved.
    complete = {str(q): {str(i): all_scores[q][i] for i in range(40)} for q in range(N)}
    golden["complete"] = both(qrels, complete, [3, 10])
    for k in (3, 10):
        agree(golden["complete"][f"ndcg_{k}"], sk.ndcg_score(np.array(all_gains), np.array(all_scores), k=k))
    return golden


def both(qrels, run, cutoffs, recalls=()):
    """Means of ranx and pytrec_eval over all queries. pytrec_eval has no queries without a retrieved item: they count 0."""
    trec = pytrec_eval.RelevanceEvaluator(
        qrels, {"recip_rank", "ndcg_cut." + ",".join(map(str, cutoffs)), "success." + ",".join(map(str, recalls or [1]))}
    ).evaluate(run)
    mean = lambda name: sum(values[name] for values in trec.values()) / len(qrels)
    golden = {"mrr": mean("recip_rank")}
    golden |= {f"ndcg_{k}": mean(f"ndcg_cut_{k}") for k in cutoffs}
    golden |= {f"recall_{k}": mean(f"success_{k}") for k in recalls}
    names = ["mrr"] + [f"ndcg@{k}" for k in cutoffs] + [f"hit_rate@{k}" for k in recalls]
    by_ranx = ranx.evaluate(ranx.Qrels(qrels), ranx.Run(run), names, return_mean=False, make_comparable=True)
    by_ranx = by_ranx if isinstance(by_ranx, dict) else {names[0]: by_ranx}
    for name, values in by_ranx.items():
        agree(golden[name.replace("hit_rate", "recall").replace("@", "_")], float(np.sum(values)) / len(qrels))
    return golden


def agree(a, b):
    assert abs(a - b) < TOLERANCE, (a, b)


def bootstrap():
    draws = Draws(8)
    values = draws.below(10, 200).astype(float)
    interval = scipy.stats.bootstrap(
        (values,), np.mean, n_resamples=1000, confidence_level=0.9, method="percentile", vectorized=False, rng=Resampling(9)
    ).confidence_interval
    return {"low": interval.low, "high": interval.high}


if __name__ == "__main__":
    main()
