"""Dialog-BERT's tokenizer for transformers: AutoTokenizer.from_pretrained(DIRECTORY, trust_remote_code=True).

Needs numpy; sentencepiece if the directory has a tokenizer.model; for methods with morphemes python-mecab-ko (Korean) and
fugashi with ipadic (Japanese). Do not install mecab-ko beside python-mecab-ko: both own a module mecab_ko_dic.

tokenizer(text) gives [CLS] text [SEP], tokenizer(text, pair) [CLS] text [SEP] pair [SEP]. encode_turns lays out dialogues as in
training. tokenizer.lang is the language of texts, "ko" or "ja"; it matters only to methods with morphemes. A text never gives
special tokens, even if it spells them, unless split_special_tokens=False is passed.
"""

import json
import os
import re
import shutil
import unicodedata

import numpy as np
from transformers import BatchEncoding, PreTrainedTokenizer

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[SEPT]"]
UNK, CLS, SEP, SEPT = 1, 2, 3, 5
WORD_START = "\u2581"
CONTINUES = "##"
ZERO_WIDTH_JOINER = 0x200D
MAX_MARKS = 30
# Number of the class SYMBOL in IPADIC's char.def.
IPADIC_SIGNS = 3
IDEOGRAPHS = [
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B820, 0x2CEAF),
    (0xF900, 0xFAFF),
    (0x2F800, 0x2FA1F),
]
FILES = {"model_file": "tokenizer.model", "vocab_file": "vocab.txt", "settings_file": "dialogbert_tokenizer.json"}


def _category(code):
    return unicodedata.category(chr(code))


def _is_space(code):
    return _category(code)[0] == "Z" or 9 <= code <= 13 or 0x1C <= code <= 0x1F or code in (0x85, 0x2800)


def _is_invisible(code):
    return (
        code in (0x115F, 0x1160, 0x3164, 0x034F, 0xFFFD)
        or 0xFE00 <= code <= 0xFE0F
        or 0xE0100 <= code <= 0xE01EF
        or 0x180B <= code <= 0x180F
        or (code & 0xFFFE) == 0xFFFE
        or 0xFDD0 <= code <= 0xFDEF
        or _category(code) in ("Cc", "Cf", "Cs")
    )


def _usual_widths():
    widths = {code: ord(unicodedata.normalize("NFKC", chr(code))[0]) for code in range(0xFF01, 0xFFEF)}
    widths[0xFFE3] = 0xAF
    widths[0xFFA0] = None
    letters = (code for code in range(0xFFA1, 0xFFDD) if _category(code)[0] == "L")
    widths.update({code: 0x3131 + i for i, code in enumerate(letters)})
    return widths


USUAL_WIDTHS = _usual_widths()


def _fold(code):
    """What a code point becomes; None if it is removed."""
    if _is_space(code):
        return 0x20
    if code == 0x2581:
        return ord("_")
    if code == 0x301C:
        return ord("~")
    code = USUAL_WIDTHS.get(code, code)
    return None if code is None or _is_invisible(code) else code


def _is_mark(code):
    return _category(code)[0] == "M"


def _is_emoji_part(code):
    return code is not None and (0x1F000 <= code <= 0x1FAFF or 0x2190 <= code <= 0x21FF or _category(code) == "So")


class Normalizer:
    """One spelling of texts: width, NFC, spaces, runs of repeated characters."""

    def __init__(self, max_repeats, lower_case):
        self.max_repeats = max_repeats
        self.lower_case = lower_case

    def __call__(self, text):
        codes = self._visible([ord(c) for c in text])
        return "".join(map(chr, self._join_runs(self._compose(self._lower(codes)))))

    @staticmethod
    def _visible(codes):
        out = []
        for i, code in enumerate(codes):
            kept = _fold(code)
            if (
                code == ZERO_WIDTH_JOINER
                and out
                and _is_emoji_part(out[-1])
                and i + 1 < len(codes)
                and _is_emoji_part(_fold(codes[i + 1]))
            ):
                kept = code
            if kept is not None:
                out.append(kept)
        return out

    def _lower(self, codes):
        if not self.lower_case:
            return codes
        text = "".join(map(chr, codes))
        parts = re.split(r"(\[[A-Z0-9_]+\])", text)
        return [
            code if i % 2 else ord(chr(code).lower()[0])
            for i, part in enumerate(parts)
            for code in map(ord, part)
        ]

    @staticmethod
    def _first_marks(text):
        if sum(1 + (ord(c) > 0xFFFF) for c in text) <= MAX_MARKS:
            return text
        kept, marks = [], 0
        for c in text:
            marks += _is_mark(ord(c))
            if marks <= MAX_MARKS or not _is_mark(ord(c)):
                kept.append(c)
        return "".join(kept)

    def _compose(self, codes):
        out = []
        at = 0
        while at < len(codes):
            end = at + 1
            while end < len(codes) and self._composes_with_previous(codes[end]):
                end += 1
            part = self._first_marks("".join(map(chr, codes[at:end])))
            out.extend(map(ord, self._first_marks(unicodedata.normalize("NFC", part))))
            at = end
        return out

    @staticmethod
    def _composes_with_previous(code):
        if code < 0x300 or 0xAC00 <= code <= 0xD7A3:
            return False
        return 0x1160 <= code <= 0x11FF or _is_mark(code)

    def _join_runs(self, codes):
        kept = []
        for code in codes:
            if _is_space(code):
                if not kept or kept[-1] == 0x20:
                    continue
                code = 0x20
            kept.append(code)
            for unit in (1, 2):
                if self._ends_in_long_run(kept, unit):
                    del kept[-unit:]
                    break
        if kept and kept[-1] == 0x20:
            kept.pop()
        return kept

    def _ends_in_long_run(self, codes, unit):
        run = unit * (self.max_repeats + 1)
        if len(codes) < run or codes[-run : len(codes) - unit] != codes[len(codes) - run + unit :]:
            return False
        return all(_category(code) != "Nd" for code in codes[-unit:])


class Unigram:
    """The most probable pieces of a segment, in single precision, as the SentencePiece library finds them."""

    def __init__(self, model_file, tagged):
        import sentencepiece

        model = sentencepiece.SentencePieceProcessor(model_file=model_file)
        ids = range(model.get_piece_size())
        self.pieces = [model.id_to_piece(i) for i in ids]
        normal = [
            i for i in ids if not (model.is_control(i) or model.is_unknown(i) or model.is_byte(i) or model.is_unused(i))
        ]
        self.normal = normal
        self.first_byte = next((i for i in ids if model.is_byte(i)), None)
        self.tags = {
            piece[1:] for piece in self.pieces if tagged and re.match("/[^\\W\\d_]", piece)
        }
        self.scores = {i: np.float32(model.get_score(i)) for i in normal}

    def prepare(self, user_symbols):
        symbols = set(user_symbols)
        self.ids = {}
        for i in reversed([i for i in self.normal if self.pieces[i] not in symbols]):
            self.ids[self.symbols(self.pieces[i])] = i
        self.longest = max(map(len, self.ids), default=1)
        self.unknown = min(self.scores[i] for i in self.ids.values()) - np.float32(10)

    def end_of_text(self, piece):
        slash = piece.rfind("/")
        return slash if slash >= 0 and piece[slash + 1 :] in self.tags else len(piece)

    def symbols(self, piece):
        end = self.end_of_text(piece)
        return tuple(piece[:end]) + ((piece[end:],) if end < len(piece) else ())

    def encode(self, segment, starts_word, tag):
        symbols = ((WORD_START,) if starts_word else ()) + tuple(segment)
        if tag:
            symbols += ("/" + tag if tag in self.tags else None,)
        size = len(symbols)
        best = [None] * (size + 1)
        best[0] = (np.float32(0), None, 0)
        for start in range(size):
            score = best[start][0]
            for end in range(start + 1, min(start + self.longest, size) + 1):
                piece = self.ids.get(symbols[start:end])
                if piece is not None:
                    self._offer(best, score + self.scores[piece], piece, start, end)
            if symbols[start : start + 1] not in self.ids:
                self._offer(best, score + self.unknown, UNK, start, start + 1)
        found = []
        end = size
        while end > 0:
            _, piece, start = best[end]
            found.append((piece, start, end))
            end = start
        return self._joined(found[::-1], symbols)

    @staticmethod
    def _offer(best, score, piece, start, end):
        if best[end] is None or score > best[end][0]:
            best[end] = (score, piece, start)

    def _joined(self, found, symbols):
        out = []
        for i, (piece, start, end) in enumerate(found):
            if piece != UNK:
                out.append(piece)
            elif self.first_byte is not None:
                text = "".join(s for s in symbols[start:end] if s is not None and not s.startswith("/") or s == "/")
                out.extend(self.first_byte + byte for byte in text.replace(WORD_START, "").encode("utf-8"))
            elif i == 0 or found[i - 1][0] != UNK:
                out.append(UNK)
        return out

    def encode_symbol(self, piece, starts_word, ids):
        return ([ids.get(WORD_START, UNK)] if starts_word else []) + [piece]


class Words:
    """Whole segments, or their characters, each a piece or unknown."""

    def __init__(self, ids, normal, characters):
        self.ids = {piece: ids[piece] for piece in normal}
        self.characters = characters

    def encode(self, segment, starts_word, tag):
        if self.characters:
            mark = [self.ids.get(WORD_START, UNK)] if starts_word else []
            return mark + [self.ids.get(c, UNK) for c in segment]
        return [self.ids.get(WORD_START + segment if starts_word else segment, UNK)]

    def encode_symbol(self, piece, starts_word, ids):
        return ([self.ids.get(WORD_START, UNK)] if starts_word else []) + [piece]


class WordPiece:
    """The longest matching pieces, from the start of a segment."""

    def __init__(self, ids, normal):
        self.starts = {piece: ids[piece] for piece in normal if not piece.startswith(CONTINUES)}
        self.inside = {piece[2:]: ids[piece] for piece in normal if piece.startswith(CONTINUES)}
        self.pieces = {i: piece for piece, i in ids.items()}

    def encode(self, segment, starts_word, tag):
        found, start = [], 0
        while start < len(segment):
            table = self.starts if start == 0 and starts_word else self.inside
            end = next((end for end in range(len(segment), start, -1) if segment[start:end] in table), None)
            if end is None:
                return [UNK]
            found.append(table[segment[start:end]])
            start = end
        return found

    def encode_symbol(self, piece, starts_word, ids):
        return [piece if starts_word else ids.get(CONTINUES + self.pieces[piece], UNK)]


class Morphemes:
    """Cuts texts as MeCab does, with PyPI's dictionaries or those in the directories given by language."""

    def __init__(self, dictionaries):
        self.dictionaries = dictionaries
        self.taggers = {}

    def __call__(self, text, lang):
        """Start, end and part of speech of each morpheme."""
        if lang not in self.taggers:
            self.taggers[lang] = {"ko": self._korean, "ja": self._japanese}[lang]()
        return self.taggers[lang](text)

    def _korean(self):
        from mecab import MeCab

        tagger = MeCab(self.dictionaries.get("ko"))
        return lambda text: [(m.span.start, m.span.end, m.feature.pos) for m in tagger.parse(text)]

    def _japanese(self):
        import fugashi
        import ipadic

        path = self.dictionaries.get("ja")
        tagger = fugashi.GenericTagger(f'-r "{path}/dicrc" -d "{path}"' if path else ipadic.MECAB_ARGS)

        def cut(text):
            found, at = [], 0
            for node in tagger(text):
                start = text.index(node.surface, at)
                at = start + len(node.surface)
                tag = node.feature[0]
                # PyPI's IPADIC makes unknown signs such as ? symbols; IPADIC itself, with which we cut, makes them nouns.
                if not path and node.is_unk and node.char_type == IPADIC_SIGNS:
                    tag = "名詞"
                found.append((start, at, tag))
            return found

        return cut


def _may_split(text, at):
    joined = ord(text[at]) == ZERO_WIDTH_JOINER or ord(text[at - 1]) == ZERO_WIDTH_JOINER
    return not joined and not _is_mark(ord(text[at]))


def _stands_alone(code):
    """Punctuation and CJK ideographs, which BERT makes words of their own."""
    return (
        33 <= code <= 47
        or 58 <= code <= 64
        or 91 <= code <= 96
        or 123 <= code <= 126
        or _category(code)[0] == "P"
        or any(first <= code <= last for first, last in IDEOGRAPHS)
    )


def _bert_words(text):
    words = []
    for i, c in enumerate(text):
        if c == " ":
            continue
        if words and words[-1][1] == i and not _stands_alone(ord(c)) and not _stands_alone(ord(text[i - 1])):
            words[-1] = (words[-1][0], i + 1, "")
        else:
            words.append((i, i + 1, ""))
    return words


class DialogBertTokenizer(PreTrainedTokenizer):
    vocab_files_names = FILES
    model_input_names = ["input_ids", "token_type_ids", "attention_mask"]

    def __init__(
        self,
        settings_file,
        model_file=None,
        vocab_file=None,
        layout=None,
        lang="ko",
        mecab_dictionaries=None,
        **kwargs,
    ):
        with open(settings_file, encoding="utf-8") as file:
            self.settings = json.load(file)
        self.files = {"settings_file": settings_file, "model_file": model_file, "vocab_file": vocab_file}
        self.lang = lang
        self.layout = layout
        self.method = self.settings["method"]
        self.normalizer = Normalizer(**self.settings["normalization"])
        symbols = self.settings["user_symbols"]
        longest_first = sorted(symbols, key=len, reverse=True)
        self.symbol_pattern = re.compile("(" + "|".join(map(re.escape, longest_first)) + ")") if symbols else None
        self.morphemes = Morphemes(mecab_dictionaries or {})
        if self.method in ("subword", "morpheme+subword", "morpheme+tag"):
            self.encoder = Unigram(model_file, self.method == "morpheme+tag")
            self.encoder.prepare(symbols)
            self.pieces = self.encoder.pieces
            self.ids = {piece: i for i, piece in enumerate(self.pieces)}
        else:
            with open(vocab_file, encoding="utf-8", newline="\n") as file:
                self.pieces = file.read()[:-1].split("\n")
            self.ids = {piece: i for i, piece in enumerate(self.pieces)}
            pieces_of_words = self.method in ("wordpiece", "bert")
            forms = {form for s in symbols for form in (s, CONTINUES + s if pieces_of_words else s)}
            reserved = forms | set(SPECIAL) | set(self.settings.get("spare_tokens", []))
            normal = [piece for piece in self.pieces if piece not in reserved]
            if pieces_of_words:
                self.encoder = WordPiece(self.ids, normal)
            else:
                self.encoder = Words(self.ids, normal, self.method == "character")
        self.cache = {}
        kwargs.setdefault("split_special_tokens", True)
        for name, token in zip(("pad", "unk", "cls", "sep", "mask"), SPECIAL):
            kwargs[name + "_token"] = token
        kwargs["extra_special_tokens"] = ["[SEPT]"]
        super().__init__(layout=layout, lang=lang, **kwargs)

    @property
    def vocab_size(self):
        return len(self.pieces)

    def get_vocab(self):
        return dict(self.ids)

    def _convert_token_to_id(self, token):
        return self.ids.get(token, UNK)

    def _convert_id_to_token(self, index):
        return self.pieces[index]

    def tokenize(self, text, lang=None, split_special_tokens=None, **kwargs):
        """Pieces of a text. Where a context is expected, its lines are its turns."""
        if split_special_tokens is None:
            split_special_tokens = self.split_special_tokens
        special = "|".join(map(re.escape, SPECIAL))
        parts = [text] if split_special_tokens else re.split(f"({special})", text)
        ids = []
        for i, part in enumerate(parts):
            ids.extend([self.ids[part]] if i % 2 else self._lines(part, lang or self.lang))
        return [self.pieces[i] for i in ids]

    def _lines(self, text, lang):
        turns = text.split("\n") if self.layout["lines_are_turns"] else [text]
        return self._joined([self.encode_text(turn, lang) for turn in turns])

    @staticmethod
    def _joined(turns):
        joined = []
        for turn in turns:
            if turn:
                joined.extend(([SEPT] if joined else []) + turn)
        return joined

    def encode_text(self, text, lang=None):
        """Ids of one text, without special tokens."""
        text = self.normalizer(text)
        ids = []
        parts = self.symbol_pattern.split(text) if self.symbol_pattern else [text]
        at = 0
        for i, part in enumerate(parts):
            if i % 2:
                ids.extend(self.encoder.encode_symbol(self.ids[part], self._starts_word(text, at), self.ids))
            elif part:
                for start, end, tag in self._segments(part, lang or self.lang):
                    starts_word = self.method == "bert" or self._starts_word(text, at + start)
                    key = (part[start:end], starts_word, tag)
                    if key not in self.cache:
                        if len(self.cache) >= 100_000:
                            self.cache.clear()
                        self.cache[key] = self.encoder.encode(*key)
                    ids.extend(self.cache[key])
            at += len(part)
        return ids

    @staticmethod
    def _starts_word(text, at):
        return at == 0 or text[at - 1] == " "

    def _segments(self, part, lang):
        if self.method == "bert":
            return _bert_words(part)
        if not self.method.startswith("morpheme"):
            return [(m.start(), m.end(), "") for m in re.finditer("[^ ]+", part)]
        joined = []
        for start, end, tag in self.morphemes(part, lang) if part.strip() else []:
            if joined and joined[-1][1] == start and not _may_split(part, start):
                joined[-1] = (joined[-1][0], end, joined[-1][2])
            else:
                joined.append((start, end, tag if self.method == "morpheme+tag" else ""))
        return joined

    def build_inputs_with_special_tokens(self, token_ids_0, token_ids_1=None):
        second = [] if token_ids_1 is None else token_ids_1 + [SEP]
        return [CLS] + token_ids_0 + [SEP] + second

    def create_token_type_ids_from_sequences(self, token_ids_0, token_ids_1=None):
        return self._types([token_ids_0] if token_ids_1 is None else [token_ids_0, token_ids_1])

    def get_special_tokens_mask(self, token_ids_0, token_ids_1=None, already_has_special_tokens=False):
        ids = token_ids_0 if already_has_special_tokens else self.build_inputs_with_special_tokens(token_ids_0, token_ids_1)
        return [1 if i < len(SPECIAL) and i != UNK else 0 for i in ids]

    def _types(self, texts):
        """Token types of [CLS] text [SEP] ...: segment + number of segments * turn."""
        shared = set(texts[0]) & set(texts[1]) if self.layout["marks_shared"] and len(texts) == 2 else set()
        types, turn = [0], 0
        for segment, text in enumerate(texts):
            for token in text + [SEP]:
                second = turn if not (self.layout["marks_shared"] and len(texts) == 2) else int(token in shared)
                types.append(segment + self.layout["num_segments"] * second)
                turn ^= token in (SEPT, SEP)
        return types

    def encode_turns(self, turns, pair=None, lang=None, return_tensors=None):
        """Lays out texts as in training, cut to the length that was trained.

        turns: the turns of a context, oldest first, or one text in a list; pair: the second text of a pair, such as a reply.
        """
        first = self._joined([self.encode_text(turn, lang) for turn in turns])
        length = self.layout["max_sequence_length"]
        if pair is None:
            texts = [self._first(first, length - 2)]
        else:
            second = self.encode_text(pair, lang)
            room = length - 3
            room_of_first = max(room - room // 2, room - len(second))
            kept = min(len(self._last_turns(first)), room_of_first)
            texts = [self._first(first, room_of_first), second[: room - kept]]
        ids = self.build_inputs_with_special_tokens(*texts)
        encoded = {"input_ids": ids, "token_type_ids": self._types(texts), "attention_mask": [1] * len(ids)}
        return BatchEncoding(encoded, tensor_type=return_tensors, prepend_batch_axis=return_tensors is not None)

    def _first(self, text, room):
        text = self._last_turns(text)
        if len(text) <= room:
            return text
        if not self.layout["keeps_end"]:
            return text[:room]
        kept = text[len(text) - room :]
        return kept[1:] if kept[0] == SEPT else kept

    def _last_turns(self, text):
        turns = 1
        for i in range(len(text) - 1, -1, -1):
            if text[i] == SEPT:
                turns += 1
                if turns > self.layout["max_turns"]:
                    return text[i + 1 :]
        return text

    def convert_tokens_to_string(self, tokens):
        text, raw = "", bytearray()
        for token in tokens:
            byte = re.fullmatch("<0x([0-9A-F]{2})>", token)
            if byte:
                raw.append(int(byte[1], 16))
                continue
            text += raw.decode("utf-8", "replace")
            raw.clear()
            if token in ("[UNK]", "[MASK]"):
                text += token
            elif token in SPECIAL or token in self.settings.get("spare_tokens", []):
                continue
            elif isinstance(self.encoder, WordPiece):
                text += token[2:] if token.startswith(CONTINUES) else " " + token
            else:
                end = self.encoder.end_of_text(token) if isinstance(self.encoder, Unigram) else len(token)
                text += token[:end].replace(WORD_START, " ")
        return (text + raw.decode("utf-8", "replace")).strip()

    def save_vocabulary(self, save_directory, filename_prefix=None):
        saved = []
        for key, path in self.files.items():
            if path:
                target = os.path.join(save_directory, FILES[key])
                if os.path.abspath(path) != os.path.abspath(target):
                    shutil.copyfile(path, target)
                saved.append(target)
        return tuple(saved)
