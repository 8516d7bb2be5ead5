"""PyTorch's side of bin/bench; Contender in the Java benchmarks says what it reads and answers.

The argument is eager, compiled (torch.compile) or onnx (ONNX Runtime over what PyTorch exports; prediction only).
"""

import io
import json
import random
import sys
import time
import warnings
from pathlib import Path

import numpy
import torch
import torch.nn.functional as F
from torch import nn

from reference_bert import Encoder, Pretraining, adamw, bert_name


# As in BenchCase.
CLASSES = 50
TEMPERATURE = 2.0


class Classifier(Encoder):
    def __init__(self, c, classes):
        super().__init__(c)
        self.classifier = nn.Linear(c["hidden_size"], classes)
        self.head_dropout = nn.Dropout(c["hidden_dropout_prob"])

    def forward(self, ids, segments, mask):
        return self.classifier(self.head_dropout(self.encode(ids, segments, segments, mask)[1]))


def main():
    case = json.loads(sys.stdin.readline())
    torch.set_num_threads(case["threads"])
    torch.manual_seed(1)
    random.seed(1)
    config = case["encoder"]
    first = 0.0
    if case["shared"]:
        model, batches = shared(Path(case["shared"]), config)
        first = model.eval()(*batches[0][:3]).mean().item()
    else:
        model = Pretraining(config)
        batches = [padded(lengths, config) for lengths in case["batches"]]
    mode = sys.argv[1]
    # Training rounds by autocast, which would convert all parameters in every call of a network that only infers.
    halves = case["precision"] == "BFLOAT16"
    if case["kind"] in ("cached", "online"):
        model.train()
        optimizer = adamw(model, 1e-4, 0.01)
        ask = teacher(case, halves)
        run = lambda batch: distill(model, optimizer, batch, ask, halves)
    elif case["kind"] == "finetuning":
        model.train()
        optimizer = adamw(model, 1e-4, 0.01)
        forward = torch.compile(model, dynamic=True) if mode == "compiled" else model
        run = lambda batch: finetune(model, forward, optimizer, batch)
    elif case["kind"] == "prediction":
        model.eval()
        if halves:
            model.to(torch.bfloat16)
        if mode == "onnx":
            run = onnx(model, batches[0], case["threads"])
        else:
            forward = torch.compile(model, dynamic=True) if mode == "compiled" else model
            run = lambda batch: predict(forward, batch)
    elif case["kind"] == "training":
        model.train()
        optimizer = adamw(model, 1e-4, 0.01)
        run = lambda batch: train(model, optimizer, batch, halves)
    else:
        model.eval()
        if halves:
            model.to(torch.bfloat16)
        run = lambda batch: embed(model, batch)
    print("ready", sum(p.numel() for p in model.parameters()), first, flush=True)
    done = 0
    for line in sys.stdin:
        seconds = []
        for _ in range(int(line)):
            start = time.perf_counter()
            run(batches[done % len(batches)])
            seconds.append(time.perf_counter() - start)
            done += 1
        print(json.dumps(seconds), flush=True)


def padded(lengths, config):
    """A batch of random ids, padded to its longest sequence, 15 % of each masked, eight at most."""
    longest = max(lengths)
    ids = torch.zeros(len(lengths), longest, dtype=torch.long)
    rows = []
    for b, length in enumerate(lengths):
        ids[b, :length] = torch.randint(6, config["vocab_size"], (length,))
        count = min(8, max(1, round(0.15 * length)))
        rows += sorted(b * longest + p for p in random.sample(range(length), count))
    mask = torch.arange(longest) < torch.tensor(lengths)[:, None]
    segments = torch.zeros_like(ids)
    rows = torch.tensor(rows)
    return {
        "ids": ids,
        "segments": segments,
        "turns": segments,
        "mask": None if min(lengths) == longest else mask[:, None, None, :],
        "masked_rows": rows,
        "masked_ids": torch.randint(6, config["vocab_size"], rows.shape),
        "labels": torch.randint(0, 2, (len(lengths),)),
    }


def shared(directory, config):
    """The classifier and batches that our side wrote, each batch as ids, segments, mask and labels."""
    network = json.loads((directory / "network.json").read_text())
    values = torch.from_numpy(numpy.fromfile(directory / "parameters", dtype="<f4"))
    parts = {p["name"]: values[p["offset"] :][: numpy.prod(p["shape"])].view(p["shape"]) for p in network["layout"]}
    model = Classifier(config, len(parts["classifier.bias"]))
    with torch.no_grad():
        for name, p in model.named_parameters():
            p.copy_(parts[bert_name(name)])
    return model, [rows(**batch) for batch in network["batches"]]


def rows(ids, offsets, labels):
    lengths = [to - at for at, to in zip(offsets, offsets[1:])]
    padded_ids = torch.zeros(len(lengths), max(lengths), dtype=torch.long)
    for b, length in enumerate(lengths):
        padded_ids[b, :length] = torch.tensor(ids[offsets[b] : offsets[b + 1]])
    mask = torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]
    return padded_ids, torch.zeros_like(padded_ids), mask[:, None, None, :], torch.tensor(labels)


def finetune(model, forward, optimizer, batch):
    optimizer.zero_grad(set_to_none=True)
    loss = F.cross_entropy(forward(*batch[:3]), batch[3])
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return loss.item()


def teacher(case, halves):
    """What gives a batch's logits: a network, or made-up ones that were kept."""
    if case["kind"] == "cached":
        kept = torch.rand(max(len(lengths) for lengths in case["batches"]), CLASSES)
        return lambda batch: kept[: len(batch[3])]
    network = Classifier(case["teacher"], CLASSES).eval()
    if halves:
        network.to(torch.bfloat16)

    def ask(batch):
        with torch.inference_mode():
            logits = network(*batch[:3])
        return logits.float().clone()

    return ask


def distill(model, optimizer, batch, ask, halves):
    optimizer.zero_grad(set_to_none=True)
    taught = ask(batch)
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=halves):
        logits = model(*batch[:3])
    logits = logits.float()
    soft = F.kl_div(
        F.log_softmax(logits / TEMPERATURE, -1), F.softmax(taught / TEMPERATURE, -1), reduction="batchmean"
    )
    loss = 0.5 * F.cross_entropy(logits, batch[3]) + 0.5 * TEMPERATURE**2 * soft
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return loss.item()


def predict(forward, batch):
    with torch.inference_mode():
        return forward(*batch[:3]).tolist()


def onnx(model, batch, threads):
    """Predicts by ONNX Runtime, for any number and length of rows."""
    import onnxruntime

    names = ["ids", "segments", "mask"]
    axes = {"ids": {0: "b", 1: "t"}, "segments": {0: "b", 1: "t"}, "mask": {0: "b", 3: "t"}}
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(model, batch[:3], file, input_names=names, dynamic_axes=axes, opset_version=17, dynamo=False)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(file.getvalue(), options, providers=["CPUExecutionProvider"])
    return lambda batch: session.run(None, {name: t.numpy() for name, t in zip(names, batch)})[0].tolist()


def train(model, optimizer, batch, halves):
    optimizer.zero_grad(set_to_none=True)
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=halves):
        mlm, nsp, _, _ = model(**batch)
    loss = mlm + nsp
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return loss.item()


def embed(model, batch):
    with torch.inference_mode():
        return model.encode(batch["ids"], batch["segments"], batch["turns"], batch["mask"])[1].tolist()


if __name__ == "__main__":
    main()
