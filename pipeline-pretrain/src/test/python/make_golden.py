"""Writes torch-pretraining.json, what PyTorch computes for a tiny encoder: losses, logits, gradients, ten AdamW steps.

    python make_golden.py > ../resources/golden/torch-pretraining.json

Parameters and batch follow from formulas that TorchParityTest repeats; all in double. The batch is padded and masked,
so that the golden numbers also hold packed sequences against padded ones.
"""

import json
import math

import torch

from reference_bert import Pretraining, adamw, bert_name

CONFIG = {
    "hidden_size": 6,
    "num_hidden_layers": 2,
    "num_attention_heads": 3,
    "intermediate_size": 7,
    "vocab_size": 13,
    "max_position_embeddings": 9,
    "type_vocab_size": 2,
    "turn_vocab_size": 2,
    "hidden_dropout_prob": 0.0,
    "attention_probs_dropout_prob": 0.0,
    "layer_norm_eps": 1e-12,
}
LENGTHS = [7, 3, 9]
RATE, DECAY, EPSILON, MAX_NORM = 0.01, 0.1, 1e-6, 0.5


def main():
    torch.set_default_dtype(torch.float64)
    model = Pretraining(CONFIG)
    named = sorted((bert_name(name), p) for name, p in model.named_parameters())
    assign(named)
    batch = padded(LENGTHS)
    mlm, nsp, mlm_logits, nsp_logits = model(**batch)
    (mlm + nsp).backward()
    golden = {
        "torch": torch.__version__,
        "mlm_loss": number(mlm),
        "nsp_loss": number(nsp),
        "mlm_logits": numbers(mlm_logits),
        "nsp_logits": numbers(nsp_logits),
        "gradients": {name: numbers(p.grad) for name, p in named},
    }
    golden["losses"] = train(model, batch)
    golden["trained"] = {name: numbers(p) for name, p in named}
    print(json.dumps(golden, indent=0))


def assign(named):
    """Values that follow from each parameter's place among the sorted names."""
    with torch.no_grad():
        for index, (name, p) in enumerate(named):
            center = 1.0 if name.endswith("LayerNorm.weight") else 0.0
            values = [center + 0.4 * math.sin(1 + 0.37 * index + 0.61 * i) for i in range(p.numel())]
            p.copy_(torch.tensor(values).view_as(p))


def padded(lengths):
    longest = max(lengths)
    ids, segments, turns = (torch.zeros(len(lengths), longest, dtype=torch.long) for _ in range(3))
    rows, masked_ids = [], []
    for b, length in enumerate(lengths):
        for t in range(length):
            ids[b, t] = (3 * b + 5 * t + 1) % 13
            segments[b, t] = 1 if t >= length // 2 else 0
            turns[b, t] = t // 2 % 2
            if (t + b) % 3 == 1:
                rows.append(b * longest + t)
                masked_ids.append((7 * t + 2 * b) % 13)
    mask = torch.arange(longest) < torch.tensor(lengths)[:, None]
    return {
        "ids": ids,
        "segments": segments,
        "turns": turns,
        "mask": mask[:, None, None, :],
        "masked_rows": torch.tensor(rows),
        "masked_ids": torch.tensor(masked_ids),
        "labels": torch.arange(len(lengths)) % 2,
    }


def train(model, batch):
    optimizer = adamw(model, RATE, DECAY, eps=EPSILON)
    losses = []
    for step in range(1, 11):
        # DL4J adds epsilon before the bias correction (Kingma and Ba 2015, end of section 2), PyTorch after it.
        for group in optimizer.param_groups:
            group["eps"] = EPSILON / math.sqrt(1 - 0.999**step)
        optimizer.zero_grad()
        mlm, nsp, _, _ = model(**batch)
        (mlm + nsp).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), MAX_NORM)
        optimizer.step()
        losses.append(number(mlm + nsp))
    return losses


def number(x):
    return float(f"{x.item():.12g}")


def numbers(x):
    return [float(f"{v:.12g}") for v in x.detach().flatten().tolist()]


if __name__ == "__main__":
    main()
