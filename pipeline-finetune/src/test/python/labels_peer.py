"""What cleanlab finds among labels, by the probabilities that correct-labels had.

    labels_peer.py DIRECTORY

reads every NAME.tsv of the directory, one row for each label: the label, then the probability of each class; writes NAME.peer,
one row for each: how doubtful the label is by self-confidence, the same by normalized margin (get_label_quality_scores), and
1 if find_label_issues (filter_by = both) finds it.
"""
import pathlib
import sys

import numpy as np
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_label_quality_scores

for file in sorted(pathlib.Path(sys.argv[1]).glob("*.tsv")):
    table = np.loadtxt(file, delimiter="\t", ndmin=2)
    labels, probabilities = table[:, 0].astype(int), table[:, 1:]
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    columns = [
        1 - get_label_quality_scores(labels, probabilities, method="self_confidence"),
        1 - get_label_quality_scores(labels, probabilities, method="normalized_margin"),
        find_label_issues(labels, probabilities, filter_by="both", n_jobs=1),
    ]
    np.savetxt(file.with_suffix(".peer"), np.column_stack(columns), fmt="%.9g", delimiter="\t")
