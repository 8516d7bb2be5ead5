"""Makes golden/mecab-tiny.zip and golden/mecab-tiny.tsv: a made-up dictionary that mecab-ko has compiled, and how mecab-ko
cuts random texts with it.

    pip install -r requirements.txt
    python make_mecab_golden.py

The dictionary holds what a reader and a lattice can get wrong: several entries of one surface, ties, classes with and
without groups and lengths, a character of two classes, penalties after a space.
"""

import pathlib
import random
import subprocess
import sys
import tempfile
import zipfile

import _mecab

GOLDEN = pathlib.Path(__file__).parent.parent / "resources" / "golden"
MATRIX_SIZE = 4
ALPHABET = "가나다라 한漢一ab12!?\N{GRINNING FACE}ㅋ"
TIME = (2026, 1, 1, 0, 0, 0)

CHAR_DEF = """
DEFAULT 0 1 0
SPACE   0 1 0
HANGUL  0 1 2
LATIN   1 1 0
NUMBER  1 1 0
SYMBOL  1 0 2
HANJA   0 0 1
NUMERAL 1 1 0
0x0020 SPACE
0x0021..0x002F SYMBOL
0x003A..0x003F SYMBOL
0x0030..0x0039 NUMBER
0x0041..0x007A LATIN
0x3130..0x318F HANGUL
0xAC00..0xD7A3 HANGUL
0x4E00..0x9FA5 HANJA
0x4E00 NUMERAL HANJA
"""
UNK_DEF = """
DEFAULT,0,0,900,SY
SPACE,0,0,900,SP
HANGUL,1,1,700,NN
HANGUL,2,2,650,UN
LATIN,3,3,300,SL
NUMBER,2,3,250,SN
SYMBOL,0,1,400,SY
HANJA,1,0,500,SH
NUMERAL,1,1,350,NR
"""
DICRC = """
cost-factor = 800
bos-feature = BOS/EOS
eval-size = 1
unk-eval-size = 1
config-charset = UTF-8
left-space-penalty-factor = 10,3000,20,6000
"""
POS_ID_DEF = "JX 20\nEF 10\nNN 1\nVV 2\nVV+EF 3\n"


def words(rng):
    surfaces = {"".join(rng.choice("가나다라한ㅋ") for _ in range(rng.randint(1, 4))) for _ in range(60)}
    surfaces |= {"ab", "12", "!", "漢一", "\N{GRINNING FACE}"}
    for surface in sorted(surfaces):
        for tag in rng.sample(["NN", "VV", "JX", "EF", "VV+EF"], rng.randint(1, 3)):
            # Costs are multiples of 50, so that ties happen.
            yield f"{surface},{rng.randrange(MATRIX_SIZE)},{rng.randrange(MATRIX_SIZE)},{50 * rng.randint(0, 20)},{tag}"


def compile_dictionary(rng, source, target):
    files = {
        "char.def": CHAR_DEF,
        "unk.def": UNK_DEF,
        "dicrc": DICRC,
        "pos-id.def": POS_ID_DEF,
        "words.csv": "\n".join(words(rng)) + "\n",
        "rewrite.def": "[unigram rewrite]\n*\t$1\n[left rewrite]\n*\t$1\n[right rewrite]\n*\t$1\n",
        "feature.def": "UNIGRAM U:%F[0]\nBIGRAM B:%L[0]/%R[0]\n",
        "left-id.def": "".join(f"{i} L{i}\n" for i in range(MATRIX_SIZE)),
        "right-id.def": "".join(f"{i} R{i}\n" for i in range(MATRIX_SIZE)),
        "matrix.def": f"{MATRIX_SIZE} {MATRIX_SIZE}\n"
        + "".join(f"{r} {l} {50 * rng.randint(-10, 10)}\n" for r in range(MATRIX_SIZE) for l in range(MATRIX_SIZE)),
    }
    for name, text in files.items():
        (source / name).write_text(text.lstrip("\n"), encoding="utf-8")
    subprocess.run(
        [sys.executable, "-m", "mecab", "dict-index", "-d", source, "-o", target, "-f", "utf-8", "-t", "utf-8"],
        check=True,
    )
    (target / "dicrc").write_text(DICRC.lstrip("\n"), encoding="utf-8")


def main():
    rng = random.Random(20191029)
    with tempfile.TemporaryDirectory() as source, tempfile.TemporaryDirectory() as target:
        target = pathlib.Path(target)
        compile_dictionary(rng, pathlib.Path(source), target)
        with zipfile.ZipFile(GOLDEN / "mecab-tiny.zip", "w") as archive:
            for name in ["sys.dic", "unk.dic", "matrix.bin", "char.bin", "dicrc"]:
                info = zipfile.ZipInfo(name, TIME)
                archive.writestr(info, (target / name).read_bytes(), zipfile.ZIP_DEFLATED)
        rcfile = target / "mecabrc"
        rcfile.write_text("")
        tagger = _mecab.Tagger(["--rcfile", str(rcfile), "--dicdir", str(target)])
        texts = {"".join(rng.choice(ALPHABET) for _ in range(rng.randint(1, 30))) for _ in range(600)}
        texts |= {"ㅋ" * n for n in (24, 25, 26, 40)} | {"가" + "ab" * 20, "\N{GRINNING FACE}" * 30}
        with open(GOLDEN / "mecab-tiny.tsv", "w", encoding="utf-8") as out:
            for text in sorted(" ".join(text.split()) for text in texts):
                if text:
                    lattice = _mecab.Lattice()
                    lattice.add_request_type(_mecab.MECAB_ALLOCATE_SENTENCE)
                    lattice.set_sentence(text)
                    assert tagger.parse(lattice)
                    cut = " ".join(f"{start}-{end}/{node.feature.split(',')[0]}" for (start, end), node in lattice)
                    out.write(f"{text}\t{cut}\n")


if __name__ == "__main__":
    main()
