"""Makes golden/sentencepiece.model, a small model that the official SentencePiece trainer made from made-up words, and
golden/sentencepiece.tsv: texts with the pieces that the official library cuts them into.

    pip install -r requirements.txt
    python make_sentencepiece_golden.py
"""

import pathlib
import random
import tempfile

import sentencepiece

GOLDEN = pathlib.Path(__file__).parent.parent / "resources" / "golden"
SYLLABLES = "가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허고노도로모보소오"


def main():
    rng = random.Random(20191029)
    morphemes = ["".join(rng.choice(SYLLABLES) for _ in range(rng.randint(1, 3))) for _ in range(120)]
    morphemes += ["ㅋㅋ", "ㅎㅎ", "ok", "LTE", "!!", "?", "2019", "今日", "は"]
    weights = [1 / (rank + 1) for rank in range(len(morphemes))]

    def text():
        words = range(rng.randint(1, 6))
        return " ".join("".join(rng.choices(morphemes, weights, k=rng.randint(1, 3))) for _ in words)

    with tempfile.TemporaryDirectory() as directory:
        corpus = pathlib.Path(directory, "corpus.txt")
        corpus.write_text("\n".join(text() for _ in range(4000)), encoding="utf-8")
        sentencepiece.SentencePieceTrainer.train(
            input=str(corpus),
            model_prefix=str(pathlib.Path(directory, "model")),
            vocab_size=600,
            model_type="unigram",
            normalization_rule_name="identity",
            byte_fallback=True,
            num_threads=1,
            minloglevel=2,
        )
        model = pathlib.Path(directory, "model.model").read_bytes()
    (GOLDEN / "sentencepiece.model").write_bytes(model)
    processor = sentencepiece.SentencePieceProcessor(model_proto=model)
    with open(GOLDEN / "sentencepiece.tsv", "w", encoding="utf-8") as out:
        for n in range(300):
            line = text()
            if n % 3 == 0:
                # Characters that no piece covers.
                at = rng.randint(0, len(line))
                line = " ".join((line[:at] + rng.choice("뷁한\N{GRINNING FACE}xé") + line[at:]).split())
            out.write(line + "\t" + " ".join(processor.encode_as_pieces(line)) + "\n")


if __name__ == "__main__":
    main()
