"""BERT for pretraining written plainly with torch.nn: the reference that our numbers and speeds are compared with.

Post-layer-norm encoder of Devlin et al. 2019 with a turn embedding beside token, position and segment, and logits at
the masked positions only. Parameter names are BERT's, so that both sides exchange parameters by name.
"""

import torch
import torch.nn.functional as F
from torch import nn


class SelfAttention(nn.Module):
    def __init__(self, hidden, heads, dropout):
        super().__init__()
        self.heads = heads
        self.dropout = dropout
        self.query = nn.Linear(hidden, hidden)
        self.key = nn.Linear(hidden, hidden)
        self.value = nn.Linear(hidden, hidden)

    def forward(self, x, mask):
        b, t, h = x.shape
        q, k, v = (f(x).view(b, t, self.heads, h // self.heads).transpose(1, 2) for f in (self.query, self.key, self.value))
        dropout = self.dropout if self.training else 0.0
        if hasattr(F, "scaled_dot_product_attention"):
            context = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, dropout_p=dropout)
        else:
            scores = q @ k.transpose(-1, -2) * (h // self.heads) ** -0.5
            if mask is not None:
                scores = scores.masked_fill(~mask, float("-inf"))
            context = F.dropout(scores.softmax(-1), dropout) @ v
        return context.transpose(1, 2).reshape(b, t, h)


class Layer(nn.Module):
    def __init__(self, c):
        super().__init__()
        h = c["hidden_size"]
        eps = c["layer_norm_eps"]
        self.attention = nn.ModuleDict(
            {
                "self": SelfAttention(h, c["num_attention_heads"], c["attention_probs_dropout_prob"]),
                "output": nn.ModuleDict({"dense": nn.Linear(h, h), "LayerNorm": nn.LayerNorm(h, eps)}),
            }
        )
        self.intermediate = nn.ModuleDict({"dense": nn.Linear(h, c["intermediate_size"])})
        self.output = nn.ModuleDict({"dense": nn.Linear(c["intermediate_size"], h), "LayerNorm": nn.LayerNorm(h, eps)})
        self.dropout = nn.Dropout(c["hidden_dropout_prob"])

    def forward(self, x, mask):
        out = self.attention["output"]
        x = out["LayerNorm"](x + self.dropout(out["dense"](self.attention["self"](x, mask))))
        y = self.output["dense"](F.gelu(self.intermediate["dense"](x)))
        return self.output["LayerNorm"](x + self.dropout(y))


class Encoder(nn.Module):
    def __init__(self, c):
        super().__init__()
        h = c["hidden_size"]
        eps = c["layer_norm_eps"]
        self.embeddings = nn.ModuleDict(
            {
                "word_embeddings": nn.Embedding(c["vocab_size"], h),
                "position_embeddings": nn.Embedding(c["max_position_embeddings"], h),
                "token_type_embeddings": nn.Embedding(c["type_vocab_size"], h),
                "turn_embeddings": nn.Embedding(c["turn_vocab_size"], h),
                "LayerNorm": nn.LayerNorm(h, eps),
            }
        )
        self.dropout = nn.Dropout(c["hidden_dropout_prob"])
        self.encoder = nn.ModuleDict({"layer": nn.ModuleList(Layer(c) for _ in range(c["num_hidden_layers"]))})
        self.pooler = nn.ModuleDict({"dense": nn.Linear(h, h)})

    def encode(self, ids, segments, turns, mask):
        """[B, T, H] and [B, H]; mask [B, 1, 1, T] is true at real tokens, or None where all are."""
        e = self.embeddings
        positions = torch.arange(ids.shape[1])
        x = e["word_embeddings"](ids) + e["position_embeddings"](positions)
        x = x + e["token_type_embeddings"](segments) + e["turn_embeddings"](turns)
        x = self.dropout(e["LayerNorm"](x))
        for layer in self.encoder["layer"]:
            x = layer(x, mask)
        return x, torch.tanh(self.pooler["dense"](x[:, 0]))


class Pretraining(Encoder):
    def __init__(self, c):
        super().__init__(c)
        h = c["hidden_size"]
        eps = c["layer_norm_eps"]
        self.transform = nn.ModuleDict({"dense": nn.Linear(h, h), "LayerNorm": nn.LayerNorm(h, eps)})
        self.prediction_bias = nn.Parameter(torch.zeros(c["vocab_size"]))
        self.seq_relationship = nn.Linear(h, 2)
        for name, p in self.named_parameters():
            if p.dim() == 2:
                nn.init.normal_(p, std=0.02)
            elif name.endswith("bias"):
                nn.init.zeros_(p)

    def forward(self, ids, segments, turns, mask, masked_rows, masked_ids, labels):
        """Mean masked-LM and next-sentence losses, and both logits; masked_rows index [B * T]."""
        sequence, pooled = self.encode(ids, segments, turns, mask)
        gathered = sequence.flatten(0, 1)[masked_rows]
        transformed = self.transform["LayerNorm"](F.gelu(self.transform["dense"](gathered)))
        mlm_logits = F.linear(transformed, self.embeddings["word_embeddings"].weight, self.prediction_bias)
        nsp_logits = self.seq_relationship(pooled)
        return F.cross_entropy(mlm_logits, masked_ids), F.cross_entropy(nsp_logits, labels), mlm_logits, nsp_logits


HEADS = {
    "transform.": "cls.predictions.transform.",
    "prediction_bias": "cls.predictions.bias",
    "seq_relationship.": "cls.seq_relationship.",
}


def bert_name(name):
    """Our side's name of a parameter: BERT's, embeddings without '.weight'."""
    for ours, theirs in HEADS.items():
        if name.startswith(ours):
            return theirs + name[len(ours) :]
    return name.replace("_embeddings.weight", "_embeddings")


def adamw(model, lr, weight_decay, betas=(0.9, 0.999), eps=1e-8):
    """AdamW with decay on matrices only; fused where this PyTorch has it."""
    groups = [
        {"params": [p for p in model.parameters() if p.dim() == 2], "weight_decay": weight_decay},
        {"params": [p for p in model.parameters() if p.dim() != 2], "weight_decay": 0.0},
    ]
    try:
        return torch.optim.AdamW(groups, lr=lr, betas=betas, eps=eps, fused=True)
    except (RuntimeError, TypeError):
        return torch.optim.AdamW(groups, lr=lr, betas=betas, eps=eps)
