"""Floors of the tasks' table: what word overlap alone reaches on the same rows.

    task_floors.py pairs DATA WORK

reads the public data sets below DATA and writes to WORK
  parakqc_train.tsv, parakqc_test.tsv   pairs of sentences: a paraphrase, and the nearest sentence of another set
  pairs.json                            {task: {figure: value}}, values in percent
Pairs are judged by gradient boosting on features of overlap: character n-grams, TF-IDF cosine, words, lengths.

    task_floors.py dialogues WORK REPLIES REACTIONS

reads two outputs of build-task-data and writes WORK/dialogues.json. Replies are ranked by TF-IDF cosine with their context,
each in a block of 100 of its language; terms are runs of one to four subwords. Reactions are judged by logistic regression on
TF-IDF of single subwords and pairs of them.

    task_floors.py texts WORK TASK_DATA...

reads outputs of build-task-data, in directories named data-TASK, and writes WORK/texts.json. Classes of texts and pairs are
judged by logistic regression on TF-IDF of runs of one to four subwords, of either text of a pair by itself.
"""
import csv
import gzip
import hashlib
import json
import pathlib
import random
import sys

import numpy as np
import pyarrow.dataset
import scipy.sparse
from scipy.stats import pearsonr, spearmanr
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, roc_auc_score

SEED = 20191029


def char_ngrams(text, n):
    joined = text.replace(" ", "")
    return {joined[i : i + n] for i in range(len(joined) - n + 1)}


def jaccard(a, b):
    return len(a & b) / len(a | b) if a | b else 1.0


def vectorizer():
    return TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4), sublinear_tf=True)


def features(tfidf, pairs):
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    cosine = np.asarray(tfidf.transform(first).multiply(tfidf.transform(second)).sum(axis=1)).ravel()
    rows = []
    for (a, b), c in zip(pairs, cosine):
        words_a, words_b = set(a.split()), set(b.split())
        rows.append(
            [c, jaccard(words_a, words_b)]
            + [jaccard(char_ngrams(a, n), char_ngrams(b, n)) for n in (1, 2, 3)]
            + [abs(len(a) - len(b)), len(a) + len(b), a[-1:] == b[-1:], a[:2] == b[:2]]
        )
    return np.array(rows, dtype=float)


def boosted(model, train, test):
    """Predictions for test, a list of (first, second, label) as train."""
    tfidf = vectorizer().fit([t for a, b, _ in train for t in (a, b)])
    x, y = features(tfidf, [(a, b) for a, b, _ in train]), [label for _, _, label in train]
    model.fit(x, y)
    held_out = features(tfidf, [(a, b) for a, b, _ in test])
    return model.predict_proba(held_out)[:, 1] if hasattr(model, "predict_proba") else model.predict(held_out)


def classes(train, test):
    truth = np.array([label for _, _, label in test])
    p = boosted(HistGradientBoostingClassifier(random_state=SEED), train, test)
    return {
        "majority": 100 * max(truth.mean(), 1 - truth.mean()),
        "accuracy": 100 * ((p > 0.5) == truth).mean(),
        "auroc": 100 * roc_auc_score(truth, p),
    }


def scores(train, test):
    truth = [label for _, _, label in test]
    p = boosted(HistGradientBoostingRegressor(random_state=SEED), train, test)
    return {"pearson": 100 * pearsonr(truth, p)[0], "spearman": 100 * spearmanr(truth, p)[0]}


def tsv(path, first, second, label, convert):
    with open(path, encoding="utf-8") as lines:
        header, *rows = [line.rstrip("\n").split("\t") for line in lines]
    at = [header.index(name) for name in (first, second, label)]
    return [(r[at[0]], r[at[1]], convert(r[at[2]])) for r in rows if len(r) == len(header)]


def jsonl(path):
    opened = gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else open(path, encoding="utf-8")
    with opened as lines:
        rows = [json.loads(line) for line in lines]
    return [(r["sentence1"], r["sentence2"], float(r["label"])) for r in rows]


def parakqc_pairs(path):
    """Hard pairs of train and test: every ninth set of ten paraphrases is test. The nearest sentence of another set is
    searched among all sentences."""
    rows = [line.rstrip("\n").split("\t")[2] for line in open(path, encoding="utf-8")]
    vectors = vectorizer().fit_transform(rows)
    draw = random.Random(SEED)
    train, test = [], []
    cosines_of_test = []
    for begin in range(0, len(rows), 10):
        similar = (vectors[begin : begin + 10] @ vectors.T).toarray()
        own = np.arange(begin, min(begin + 10, len(rows)))
        is_test = begin // 10 % 9 == 8
        for i in own:
            paraphrase = draw.choice([j for j in own if j != i])
            others = similar[i - begin].copy()
            cosine = others[paraphrase]
            others[own] = -1
            nearest = int(others.argmax())
            if is_test:
                cosines_of_test += [(cosine, 1), (others[nearest], 0)]
            (test if is_test else train).extend([(i, paraphrase, 1), (i, nearest, 0)])
    auroc = roc_auc_score([y for _, y in cosines_of_test], [c for c, _ in cosines_of_test])
    in_test = {i for i, _, _ in test if i // 10 % 9 == 8}
    # A training pair must not hold a sentence of a test set.
    train = [(a, b, y) for a, b, y in train if a not in in_test and b not in in_test]
    texts = lambda pairs: [(rows[a], rows[b], y, a // 10) for a, b, y in pairs]
    return texts(train), texts(test), {"majority": 50.0, "auroc": 100 * auroc}


def write_pairs(path, pairs):
    with open(path, "w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None, lineterminator="\n")
        writer.writerow(["first", "second", "label", "set"])
        writer.writerows(pairs)


def task_data(directory, split):
    """The examples of a split in the order of a hash, so that blocks of 100 are drawn by chance."""
    columns = ["example_id", "lang", "input_ids", "second_ids", "label", "key"]
    rows = pyarrow.dataset.dataset(str(directory / "data" / f"split={split}"), format="parquet").to_table(columns).to_pylist()
    return sorted(rows, key=lambda row: hashlib.md5(row["example_id"].encode()).digest())


def subwords(ids):
    return " ".join(map(str, ids))


def subword_vectorizer(longest, min_df):
    return TfidfVectorizer(token_pattern=r"\S+", ngram_range=(1, longest), sublinear_tf=True, min_df=min_df)


def replies(directory):
    train = task_data(directory, "train")
    tfidf = subword_vectorizer(4, 2).fit([subwords(row[side]) for row in train for side in ("input_ids", "second_ids")])
    figures = {}
    for lang in ("ko", "ja"):
        rows = [row for row in task_data(directory, "test") if row["lang"] == lang]
        ranks = []
        for begin in range(0, len(rows) - 99, 100):
            block = rows[begin : begin + 100]
            queries = tfidf.transform([subwords(row["input_ids"]) for row in block])
            cosines = (queries @ tfidf.transform([subwords(row["second_ids"]) for row in block]).T).toarray()
            keys = np.array([row["key"] for row in block])
            others = keys[:, None] != keys[None, :]
            ranks += list(1 + ((cosines >= np.diag(cosines)[:, None]) & others).sum(axis=1))
        ranks = np.array(ranks)
        figures[f"{lang}_r100_at_1"] = 100 * (ranks == 1).mean()
        figures[f"{lang}_ndcg_at_10"] = 100 * np.where(ranks <= 10, 1 / np.log2(1 + ranks), 0).mean()
    return figures


def reactions(directory):
    train, test = task_data(directory, "train"), task_data(directory, "test")
    # The solver keeps twenty copies of its coefficients, one for each term and class.
    tfidf = subword_vectorizer(2, 3)
    vectors = tfidf.fit_transform([subwords(row["input_ids"]) for row in train])
    model = LogisticRegression(C=10, max_iter=100).fit(vectors, [row["label"] for row in train])
    p = model.predict_proba(tfidf.transform([subwords(row["input_ids"]) for row in test]))
    best = model.classes_[np.argsort(-p, axis=1)[:, :3]]
    truth = np.array([row["label"] for row in test])
    langs = np.array([row["lang"] for row in test])
    figures = {}
    for lang in ("ko", "ja"):
        of = langs == lang
        figures[f"{lang}_accuracy"] = 100 * (best[of, 0] == truth[of]).mean()
        figures[f"{lang}_top3_accuracy"] = 100 * (best[of] == truth[of, None]).any(axis=1).mean()
    return figures


def texts(directory):
    train, test = task_data(directory, "train"), task_data(directory, "test")
    sides = ["input_ids"] + (["second_ids"] if train[0]["second_ids"] else [])
    of_train, of_test = [], []
    for side in sides:
        tfidf = subword_vectorizer(4, 2)
        of_train.append(tfidf.fit_transform([subwords(row[side]) for row in train]))
        of_test.append(tfidf.transform([subwords(row[side]) for row in test]))
    model = LogisticRegression(C=10, max_iter=300)
    model.fit(scipy.sparse.hstack(of_train), [row["label"] for row in train])
    predicted = model.predict(scipy.sparse.hstack(of_test))
    truth = np.array([row["label"] for row in test])
    return {
        "majority": 100 * np.bincount(truth).max() / len(truth),
        "accuracy": 100 * (predicted == truth).mean(),
        "weighted_f1": 100 * f1_score(truth, predicted, average="weighted"),
    }


def pairs(data, work):
    work.mkdir(parents=True, exist_ok=True)
    train, test, parakqc = parakqc_pairs(data / "parakqc/paraKQC_v1.part.txt")
    write_pairs(work / "parakqc_train.tsv", train)
    write_pairs(work / "parakqc_test.tsv", test)
    pair = lambda name: tsv(data / "question_pair" / name, "question1", "question2", "is_duplicate", lambda v: 1 - int(v))
    sts = lambda name: tsv(data / "korsts" / name, "sentence1", "sentence2", "score", float)
    floors = {
        "question-pair": classes(pair("train.txt"), pair("validation.txt")),
        "parakqc": parakqc,
        "korsts": scores(sts("sts-train.tsv"), sts("sts-dev.tsv")),
        "jsts": scores(jsonl(data / "jglue/jsts_train-v1.3.json.gz"), jsonl(data / "jglue/jsts_valid-v1.3.json")),
    }
    save(work / "pairs.json", floors)


def save(path, floors):
    path.write_text(json.dumps(floors, indent=1))
    print(path.read_text())


if __name__ == "__main__":
    command, *paths = sys.argv[1], *map(pathlib.Path, sys.argv[2:])
    if command == "pairs":
        pairs(*paths)
    elif command == "texts":
        work, *directories = paths
        work.mkdir(parents=True, exist_ok=True)
        save(work / "texts.json", {path.name.removeprefix("data-"): texts(path) for path in directories})
    else:
        work, of_replies, of_reactions = paths
        save(work / "dialogues.json", {"replies": replies(of_replies), "reactions": reactions(of_reactions)})
