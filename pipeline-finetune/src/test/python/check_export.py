"""Opens what ExportCheck exported with stock libraries and compares it with what it expects: check_export.py DIRECTORY.

Prints the largest differences of outputs, and how many texts are cut alike. Exits 1 if a difference is 1e-5 or more, a text is cut
otherwise, or a tensor is missing or left over.
"""

import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
import torch
import transformers
from sentence_transformers import SentenceTransformer

LIMIT = 1e-5
# Names of the outputs in transformers, and in our ONNX graph, by head.
OUTPUTS = {"cls.predictions": "prediction_logits", "cls.seq_relationship": "seq_relationship_logits"}


def rows(values, mask):
    """[B, O] as it is; of [B, T, O] the rows of tokens."""
    return values[mask.astype(bool)] if values.ndim == 3 else values


def transformers_output(head, outputs):
    if head == "span":
        return torch.stack([outputs.start_logits, outputs.end_logits], -1)
    if head == "cls.predictions" and "prediction_logits" not in outputs:
        return outputs.logits
    return outputs[OUTPUTS.get(head, "logits")]


def directions(vectors):
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def check(directory, name):
    expected = json.loads((directory / f"{name}.json").read_text())
    exported = str(directory / name)
    faults = []
    tokenizer = transformers.AutoTokenizer.from_pretrained(exported, trust_remote_code=True)
    unequal = [t for t in expected["texts"] if tokenizer.encode_text(t["text"], t["lang"]) != t["ids"]]
    alike = len(expected["texts"]) - len(unequal)
    if unequal:
        faults.append(f"{len(unequal)} texts are cut otherwise, such as {json.dumps(unequal[0], ensure_ascii=False)}")
    features = []
    for example in expected["examples"]:
        encoded = tokenizer.encode_turns(example["turns"], example.get("pair"), example["lang"])
        types = [s + 2 * t for s, t in zip(example["segment_ids"], example["turn_ids"])]
        if encoded["input_ids"] != example["input_ids"] or encoded["token_type_ids"] != types:
            faults.append("an example is laid out otherwise")
        features.append(dict(encoded))
    # The way that pipelines take: one text, or a pair; cut otherwise if it is too long.
    compared = 0
    for example in expected["examples"]:
        tokenizer.lang = example["lang"]
        plain = tokenizer(*example["turns"][:1], *([example["pair"]] if "pair" in example else []))
        turned = tokenizer.encode_turns(example["turns"][:1], example.get("pair"))
        if plain["input_ids"] == turned["input_ids"]:
            compared += 1
            if plain["token_type_ids"] != turned["token_type_ids"]:
                faults.append("token types of a plain call differ")
    if not compared:
        faults.append("a plain call never gives the ids of encode_turns")
    batch = tokenizer.pad(features, return_tensors="pt")
    mask = batch["attention_mask"].numpy()
    config = json.loads((directory / name / "config.json").read_text())
    model, info = getattr(transformers, config["architectures"][0]).from_pretrained(exported, output_loading_info=True)
    left = {key: info[key] for key in ("missing_keys", "unexpected_keys", "mismatched_keys") if info.get(key)}
    if left:
        faults.append(str(left))
    with torch.no_grad():
        outputs = model.eval()(**batch)
    file = str(directory / name / "onnx" / "model.onnx")
    onnx.checker.check_model(file, full_check=True)
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    feed = {key: value.numpy() for key, value in batch.items()}
    differences = {}
    for head, shape in expected["outputs"].items():
        wanted = np.fromfile(directory / f"{name}-{head}.floats", "<f4").reshape(shape)
        if head == "vector":
            wanted = directions(wanted)
            states = outputs.last_hidden_state.numpy() * mask[:, :, None]
            found = directions(states.sum(1) / mask.sum(1, keepdims=True))
            graph = session.run(["sentence_embedding"], feed)[0]
            texts = ["\n".join(example["turns"]) for example in expected["examples"]]
            vectors = []
            stock = SentenceTransformer(exported, trust_remote_code=True, device="cpu")
            for example, text in zip(expected["examples"], texts):
                stock.tokenizer.lang = example["lang"]
                vectors.append(stock.encode([text])[0])
            # Contexts that the layout cuts are cut otherwise by the stock way of truncation.
            whole = [i for i, e in enumerate(expected["examples"]) if stock.tokenizer(texts[i], lang=e["lang"])["input_ids"] == e["input_ids"]]
            differences["sentence-transformers"] = np.abs(np.stack(vectors)[whole] - wanted[whole]).max()
            print(f"  sentence-transformers: {len(whole)} of {len(texts)} contexts are not cut")
        else:
            found = rows(transformers_output(head, outputs).numpy(), mask)
            graph = rows(session.run([OUTPUTS.get(head, "logits")], feed)[0], mask)
        differences[f"{head} transformers"] = np.abs(found - wanted).max()
        differences[f"{head} onnxruntime"] = np.abs(graph - wanted).max()
    for what, difference in differences.items():
        if not difference < LIMIT:
            faults.append(f"{what}: {difference:.3g}")
    shown = ", ".join(f"{what} {difference:.1e}" for what, difference in differences.items())
    print(f"{name} ({tokenizer.method}, {config['architectures'][0]}): {alike} of {len(expected['texts'])} texts alike; {shown}")
    return [f"{name}: {fault}" for fault in faults]


def check_imported(directory):
    """A published BERT: the pieces of English lines, and their vectors by sentence-transformers."""
    expected = json.loads((directory / "imported.expected").read_text())
    stock = SentenceTransformer(expected["model"], device="cpu")
    texts = [line["text"] for line in expected["texts"]]
    alike = [stock.tokenizer.tokenize(line["text"]) == line["pieces"] for line in expected["texts"]]
    ours = directions(np.fromfile(directory / "imported.floats", "<f4").reshape(len(texts), -1))
    difference = np.abs(directions(stock.encode(texts)) - ours).max()
    print(f"imported: {sum(alike)} of {len(alike)} lines cut alike; vectors {difference:.1e}")
    faults = [f"imported: another cut of {text}" for text, same in zip(texts, alike) if not same]
    return faults + ([] if difference < LIMIT else [f"imported: vectors differ by {difference:.3g}"])


if __name__ == "__main__":
    torch.set_num_threads(1)
    root = pathlib.Path(sys.argv[1])
    faults = check_imported(root)
    names = [path.stem for path in sorted(root.glob("*.json"))]
    faults += [fault for name in names for fault in check(root, name)]
    print("\n".join(faults) if faults else f"{len(names)} networks are the same")
    sys.exit(1 if faults or not names else 0)
