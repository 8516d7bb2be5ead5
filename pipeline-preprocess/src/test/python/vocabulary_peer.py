"""The official SentencePiece: trains models and encodes with them. Says "ready", then answers requests, each a line of
JSON.
"""

import json
import os
import sys
import time

import sentencepiece


def train(table, model, vocab_size, byte_fallback, whole_texts):
    """Seconds that it takes from a count table to the file of a model."""
    start = time.perf_counter()
    sentencepiece.SentencePieceTrainer.train(
        input=table,
        input_format="tsv",
        model_prefix=model.removesuffix(".model"),
        model_type="unigram",
        vocab_size=vocab_size,
        byte_fallback=byte_fallback,
        normalization_rule_name="identity",
        add_dummy_prefix=whole_texts,
        remove_extra_whitespaces=whole_texts,
        max_sentencepiece_length=16,
        character_coverage=0.9995,
        seed_sentencepiece_size=1_000_000,
        shrinking_factor=0.75,
        num_sub_iterations=2,
        num_threads=os.cpu_count(),
        unk_id=0,
        bos_id=-1,
        eos_id=-1,
        minloglevel=2,
    )
    return time.perf_counter() - start


def encode(model, texts, output):
    """Writes the ids of each line; parts of a line between tabs are encoded on their own."""
    processor = sentencepiece.SentencePieceProcessor(model_file=model)
    with open(texts, encoding="utf-8") as lines, open(output, "w", encoding="utf-8") as out:
        for line in lines:
            parts = processor.encode(line.rstrip("\n").split("\t"))
            out.write(" ".join(str(id) for part in parts for id in part) + "\n")
    return "done"


def main():
    print("ready", flush=True)
    for line in sys.stdin:
        command, *arguments = json.loads(line)
        print({"train": train, "encode": encode}[command](*arguments), flush=True)


if __name__ == "__main__":
    main()
