"""Writes torch-heads.json, what PyTorch computes for each kind of head and loss on a tiny encoder: outputs, loss, gradients.

    python make_golden_heads.py > ../resources/golden/torch-heads.json

Parameters, batch and targets follow from formulas that TorchHeadsTest repeats; all in double. The losses are written
with PyTorch's own functions on padded batches.
"""

import json

import torch
import torch.nn.functional as F
from torch import nn

from make_golden import CONFIG, assign, number, numbers, padded
from reference_bert import Encoder

LENGTHS = [7, 3, 9, 1, 5, 4]
TEMPERATURE, SCALE = 2.5, 20.0
GRADES = [0.5, 0.25, 0.75]
PREFIXES = [3, 5]
RELATION_HEADS = 2
SHOWN = [
    "embeddings.token_type_embeddings",
    "encoder.layer.0.attention.self.value.bias",
    "encoder.layer.1.output.dense.bias",
    "pooler.dense.bias",
]


class Heads(Encoder):
    def __init__(self, c):
        super().__init__(c)
        h = c["hidden_size"]
        self.heads = nn.ModuleDict(
            {
                "mood": nn.Linear(h, 4),
                "rating": nn.Linear(h, 1),
                "choice": nn.Linear(h, 1),
                "tags": nn.Linear(h, 3),
                "answer": nn.Linear(h, 2),
                "relation": nn.Linear(2 * h, 5),
                "mapped": nn.Linear(h, 4),
            }
        )
        # What the layers compute, as the last pass left it.
        self.states = {}
        self.embeddings["LayerNorm"].register_forward_hook(self.keep(0))
        for number, layer in enumerate(self.encoder["layer"]):
            layer.register_forward_hook(self.keep(number + 1))
            for name in ["query", "key", "value"]:
                getattr(layer.attention["self"], name).register_forward_hook(self.keep((number, name)))

    def keep(self, name):
        def hook(module, inputs, output):
            self.states[name] = output

        return hook


def main():
    torch.set_default_dtype(torch.float64)
    model = Heads(CONFIG)
    named = sorted((our_name(name), p) for name, p in model.named_parameters())
    assign(named)
    batch = padded(LENGTHS)
    golden = {"torch": torch.__version__, "tasks": {}}
    for name, task in TASKS.items():
        model.zero_grad()
        sequence, pooled = model.encode(batch["ids"], batch["segments"], batch["turns"], batch["mask"])
        outputs, loss = task(model, sequence, pooled)
        loss.backward()
        golden["tasks"][name] = {
            "outputs": numbers(outputs),
            "loss": number(loss),
            "gradients": {n: numbers(gradient(p)) for n, p in named if n in SHOWN or owner(n) in model.heads},
        }
    print(json.dumps(golden, indent=0))


def our_name(name):
    return name.removeprefix("heads.").replace("_embeddings.weight", "_embeddings")


def owner(name):
    return name.split(".")[0]


def gradient(p):
    return torch.zeros_like(p) if p.grad is None else p.grad


def classes(model, sequence, pooled):
    outputs = model.heads["mood"](pooled)
    return outputs, F.cross_entropy(outputs, torch.tensor([(3 * b + 1) % 4 for b in range(len(LENGTHS))]))


def teacher(outputs):
    return torch.tensor([[((5 * b + 3 * c) % 7) / 2 for c in range(outputs)] for b in range(len(LENGTHS))])


def soft_classes(model, sequence, pooled):
    outputs = model.heads["mood"](pooled)
    student = F.log_softmax(outputs / TEMPERATURE, -1)
    target = F.log_softmax(teacher(4) / TEMPERATURE, -1)
    divergence = F.kl_div(student, target, reduction="batchmean", log_target=True)
    return outputs, TEMPERATURE**2 * divergence


def scores(model, sequence, pooled):
    outputs = model.heads["rating"](pooled)
    return outputs, F.mse_loss(outputs.squeeze(-1), torch.tensor([(b % 4) / 4 for b in range(len(LENGTHS))]))


def groups(model, sequence, pooled):
    outputs = model.heads["choice"](pooled)
    sizes, answers = [3, 1, 2], [2, 0, 1]
    parts = outputs.squeeze(-1).split(sizes)
    return outputs, torch.stack([F.cross_entropy(p, torch.tensor(a)) for p, a in zip(parts, answers)]).mean()


def some_tokens(model, sequence, pooled):
    rows = [(b, t) for b, length in enumerate(LENGTHS) for t in range(length) if (t + b) % 3 == 1]
    chosen = torch.stack([sequence[b, t] for b, t in rows])
    outputs = model.heads["tags"](chosen)
    return outputs, F.cross_entropy(outputs, torch.tensor([(t + 2 * b) % 3 for b, t in rows]))


def soft_tokens(model, sequence, pooled):
    """Beside the classes of the same tokens."""
    outputs, loss = some_tokens(model, sequence, pooled)
    student = F.log_softmax(outputs / TEMPERATURE, -1)
    target = F.log_softmax(token_teacher(3)[: len(outputs)] / TEMPERATURE, -1)
    divergence = F.kl_div(student, target, reduction="batchmean", log_target=True)
    return outputs, loss + TEMPERATURE**2 * divergence


def spans(model, sequence, pooled):
    outputs = model.heads["answer"](sequence)
    firsts = torch.tensor([length // 3 for length in LENGTHS])
    lasts = torch.tensor([length // 2 for length in LENGTHS])
    padding = torch.arange(max(LENGTHS)) >= torch.tensor(LENGTHS)[:, None]
    first, last = outputs.masked_fill(padding[..., None], float("-inf")).unbind(-1)
    return outputs[~padding], (F.cross_entropy(first, firsts) + F.cross_entropy(last, lasts)) / 2


def marked(model, sequence, pooled):
    pairs = [torch.cat([sequence[b, length // 4], sequence[b, length - 1]]) for b, length in enumerate(LENGTHS)]
    outputs = model.heads["relation"](torch.stack(pairs))
    return outputs, F.cross_entropy(outputs, torch.tensor([(2 * b + 1) % 5 for b in range(len(LENGTHS))]))


def vectors(sequence):
    return torch.stack([sequence[b, :length].mean(0) for b, length in enumerate(LENGTHS)])


def choices(queries, candidates, keys):
    """Scaled cosines; candidates of equal keys are left out, unless they are at the same place."""
    cosines = F.cosine_similarity(queries[:, None], candidates[None], dim=-1)
    keys = torch.tensor(keys)
    excluded = (keys[: len(queries), None] == keys[None, : len(candidates)]) & ~torch.eye(len(queries), len(candidates), dtype=torch.bool)
    return (SCALE * cosines).masked_fill(excluded, float("-inf"))


def in_batch_loss(means, keys, pairs):
    """Both directions; sequences after the pairs are candidates of the first ones only."""
    firsts, seconds, further = means[0 : 2 * pairs : 2], means[1 : 2 * pairs : 2], means[2 * pairs :]
    own = torch.arange(pairs)
    by_second = F.cross_entropy(choices(firsts, torch.cat([seconds, further]), keys), own)
    return (by_second + F.cross_entropy(choices(seconds, firsts, keys), own)) / 2


def in_batch(model, sequence, pooled):
    means = vectors(sequence)
    return means, in_batch_loss(means, [7, 8, 7], 3)


def in_batch_mined(model, sequence, pooled):
    means = vectors(sequence)
    return means, in_batch_loss(means, [7, 8, 9, 7], 2)


def cosent_loss(means):
    """As sentence-transformers computes it: log-sum-exp over ordered pairs and 0."""
    cosines = F.cosine_similarity(means[0::2], means[1::2], dim=-1)
    grades = torch.tensor(GRADES)
    differences = SCALE * (cosines[None] - cosines[:, None])
    ordered = differences[grades[:, None] > grades[None]]
    return torch.logsumexp(torch.cat([torch.zeros(1), ordered]), 0)


def cosent(model, sequence, pooled):
    means = vectors(sequence)
    return means, cosent_loss(means)


def nested(loss):
    """The mean over prefixes and the whole, as sentence-transformers' MatryoshkaLoss with equal weights, divided by their number."""

    def task(model, sequence, pooled):
        means = vectors(sequence)
        return means, torch.stack([loss(means[:, :width]) for width in [*PREFIXES, means.shape[1]]]).mean()

    return task


def cosine(model, sequence, pooled):
    means = vectors(sequence)
    cosines = F.cosine_similarity(means[0::2], means[1::2], dim=-1)
    return means, F.mse_loss(cosines, torch.tensor(GRADES))


def soft_scores(model, sequence, pooled):
    outputs = model.heads["rating"](pooled)
    return outputs, F.mse_loss(outputs, teacher(1))


def soft_vectors(model, sequence, pooled):
    """As sentence-transformers' MSELoss: a mean over elements, too."""
    means = torch.stack([sequence[b, :length].mean(0) for b, length in enumerate(LENGTHS)])
    return means, F.mse_loss(means, teacher(means.shape[1]))


def packed(x):
    return torch.cat([x[b, :length] for b, length in enumerate(LENGTHS)])


def token_teacher(width):
    return torch.tensor([[((5 * n + 3 * c) % 7) / 2 for c in range(width)] for n in range(sum(LENGTHS))])


def mapped(model, sequence, pooled):
    outputs = model.heads["mapped"](packed(model.states[1]))
    return outputs, F.mse_loss(outputs, token_teacher(4))


def embedded(model, sequence, pooled):
    outputs = packed(model.states[0])
    return outputs, F.cosine_embedding_loss(outputs, token_teacher(outputs.shape[1]), torch.ones(len(outputs)))


def deep(model, sequence, pooled):
    outputs = packed(model.states[2])
    return outputs, F.mse_loss(outputs, token_teacher(outputs.shape[1]))


def qkv(model, layer):
    return torch.cat([packed(model.states[(layer, name)]) for name in ["query", "key", "value"]], 1)


def heads(rows, count):
    """[3, count, T, w] queries, keys and values of one sequence."""
    return rows.view(len(rows), 3, count, -1).permute(1, 2, 0, 3)


def products(x, y):
    return x @ y.transpose(-1, -2) / x.shape[-1] ** 0.5


def attention_scores(model, sequence, pooled):
    outputs = qkv(model, 0)
    count = CONFIG["num_attention_heads"]
    losses = []
    for own, taught in zip(outputs.split(LENGTHS), token_teacher(3 * count * 4).split(LENGTHS)):
        (q, k, _), (q_taught, k_taught, _) = heads(own, count), heads(taught, count)
        losses.append(F.mse_loss(products(q, k), products(q_taught, k_taught)))
    return outputs, torch.stack(losses).mean()


def relations(model, sequence, pooled):
    outputs = qkv(model, 1)
    losses = []
    for own, taught in zip(outputs.split(LENGTHS), token_teacher(3 * RELATION_HEADS * 4).split(LENGTHS)):
        x, y = heads(own, RELATION_HEADS), heads(taught, RELATION_HEADS)
        student, teacher = products(x, x).log_softmax(-1), products(y, y).log_softmax(-1)
        losses.append(F.kl_div(student, teacher, reduction="sum", log_target=True) / (RELATION_HEADS * len(own)))
    return outputs, torch.stack(losses).mean()


TASKS = {
    "classes": classes,
    "soft classes": soft_classes,
    "scores": scores,
    "groups": groups,
    "some tokens": some_tokens,
    "soft tokens": soft_tokens,
    "spans": spans,
    "marked": marked,
    "in batch": in_batch,
    "in batch, mined": in_batch_mined,
    "in batch, nested": nested(lambda means: in_batch_loss(means, [7, 8, 7], 3)),
    "cosent": cosent,
    "cosent, nested": nested(cosent_loss),
    "cosine": cosine,
    "soft scores": soft_scores,
    "soft vectors": soft_vectors,
    "mapped states": mapped,
    "embedded states": embedded,
    "deep states": deep,
    "attention": attention_scores,
    "relations": relations,
}


if __name__ == "__main__":
    main()
