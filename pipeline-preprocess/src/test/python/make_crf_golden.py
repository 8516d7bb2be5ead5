"""Prints what CRFsuite makes of a few made-up sequences: the minimum of its loss, and marginals. NameTrainerTest holds them.

The sequences come from the same linear congruential generator as there. python-crfsuite==0.9.12, c1 = 1, c2 = 0.
"""

import os
import tempfile

import pycrfsuite


def sequences():
    state = 1
    for _ in range(30):
        features, labels = [], []
        for _ in range(8):
            numbers = []
            for _ in range(4):
                state = (state * 1103515245 + 12345) % 2**31
                numbers.append(state >> 16)
            features.append([str(n % 4 + 4 * i) for i, n in enumerate(numbers[:3])])
            labels.append(str((numbers[0] % 4 + numbers[3] % 2) % 5))
        yield features, labels


trainer = pycrfsuite.Trainer(verbose=False)
for features, labels in sequences():
    trainer.append(features, labels)
trainer.set_params({
    "c1": 1.0, "c2": 0.0, "max_iterations": 2000, "epsilon": 1e-9, "delta": 1e-9,
    "feature.possible_states": True, "feature.possible_transitions": True,
})
file = os.path.join(tempfile.mkdtemp(), "golden")
trainer.train(file)
print("loss", trainer.logparser.last_iteration["loss"])
tagger = pycrfsuite.Tagger()
tagger.open(file)
features, labels = next(sequences())
tagger.set(features)
for place in range(8):
    print(*(round(tagger.marginal(label, place), 4) if label in tagger.labels() else 0 for label in "01234"))
