"""PyTorch's side of bin/bench; what it reads and answers stands at Contender in the Java benchmarks."""

import json
import random
import sys
import time

import torch

from reference_bert import Pretraining, adamw


def main():
    case = json.loads(sys.stdin.readline())
    torch.set_num_threads(case["threads"])
    torch.manual_seed(1)
    random.seed(1)
    config = case["encoder"]
    model = Pretraining(config)
    batches = [padded(lengths, config) for lengths in case["batches"]]
    if case["kind"] == "training":
        model.train()
        optimizer = adamw(model, 1e-4, 0.01)
        run = lambda batch: train(model, optimizer, batch)
    else:
        model.eval()
        run = lambda batch: embed(model, batch)
    print("ready", sum(p.numel() for p in model.parameters()), flush=True)
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


def train(model, optimizer, batch):
    optimizer.zero_grad(set_to_none=True)
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
