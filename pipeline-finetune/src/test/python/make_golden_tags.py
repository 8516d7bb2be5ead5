"""Writes tags.json, what seqeval and scikit-learn say of random BIO tags, most of them invalid.

    pip install -r requirements.txt
    python make_golden_tags.py > ../resources/golden/tags.json

The tags are drawn by the generator of java.util.SplittableRandom, in the order in which OfficialTagScoresTest draws them,
so only the figures are stored. The characters' F1 is computed as functional.py and named_entity_recognition.py of
KLUE-benchmark/KLUE-baseline do: one list of all characters, with O for [CLS] and [SEP] of each text.
"""

import json
import warnings

import numpy as np
import seqeval.metrics as se
import sklearn.metrics as sk
from seqeval.scheme import IOB2

GAMMA = 0x9E3779B97F4A7C15
MASK = (1 << 64) - 1
TYPES = 6
TAGS = ["O"] + [prefix + str(t) for t in range(TYPES) for prefix in ("B-", "I-")]


class Draws:
    """java.util.SplittableRandom (Java 17) of a seed."""

    def __init__(self, seed):
        self.state = seed

    def below(self, bound):
        """The upper 31 bits of a long, modulo the bound."""
        self.state = (self.state + GAMMA) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return ((z ^ (z >> 31)) >> 33) % bound


def sequences(seed, num_texts, num_tags):
    draws = Draws(seed)
    there, predicted = [], []
    for _ in range(num_texts):
        tags, guesses, last = [], [], 0
        for _ in range(1 + draws.below(30)):
            drawn = draws.below(2 * num_tags)
            # About half go on with the last tag, so that there are long entities.
            goes_on = draws.below(2) == 0
            tag = last + last % 2 if goes_on else drawn if drawn < num_tags else 0
            guess = draws.below(num_tags)
            guesses.append(tag if draws.below(8) > 0 else guess)
            tags.append(tag)
            last = tag
        there.append(tags)
        predicted.append(guesses)
    return there, predicted


def figures(seed, num_texts, num_tags):
    there, predicted = sequences(seed, num_texts, num_tags)
    names = lambda lists: [[TAGS[tag] for tag in tags] for tags in lists]
    golden = {}
    for mode, options in (("strict", {"mode": "strict", "scheme": IOB2}), ("lenient", {})):
        for average in ("micro", "macro"):
            golden[f"{mode}_{average}_f1"] = se.f1_score(
                names(there), names(predicted), average=average, zero_division=0, **options
            )
        golden[f"{mode}_precision"] = se.precision_score(names(there), names(predicted), zero_division=0, **options)
        golden[f"{mode}_recall"] = se.recall_score(names(there), names(predicted), zero_division=0, **options)
    joined = [[tag for tags in lists for tag in tags] for lists in (there, predicted)]
    golden["klue_entity_f1"] = se.f1_score(
        names(joined[:1]), names(joined[1:]), average="macro", mode="strict", scheme=IOB2
    )
    with_ends = [[tag for tags in lists for tag in [0] + tags + [0]] for lists in (there, predicted)]
    golden["klue_script"] = sk.f1_score(
        *with_ends, labels=list(range(len(TAGS))), average="macro", zero_division=True
    )
    golden["klue_paper"] = sk.f1_score(
        *joined, labels=list(range(1, len(TAGS))), average="macro", zero_division=True
    )
    return {name: float(np.nan_to_num(value)) for name, value in golden.items()}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    print(
        json.dumps(
            {
                "many": figures(1, 10_000, len(TAGS)),
                "few": [figures(100 + i, 1 + i % 3, 1 + i % len(TAGS)) for i in range(30)],
            },
            indent=1,
        )
    )
