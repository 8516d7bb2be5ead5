"""Makes BERT pretraining examples as google-research/bert's create_pretraining_data.py does, in plain Python.

The rules are that program's: sentences fill a chunk, a random cut, a random second part half of the time, tokens
dropped from either end of the longer part, static masks, all examples shuffled at the end. The code is our own. It
starts from token ids and writes Parquet.

    examples_peer.py DIALOGUES OUTPUT

DIALOGUES is a directory of Parquet with a column of turns. For each line on standard input it makes all examples and
answers with their number, the seconds and the CPU seconds.
"""

import random
import sys
import time

import pyarrow
import pyarrow.parquet

CLS, SEP, MASK, FIRST_ORDINARY, VOCAB_SIZE = 2, 3, 4, 6, 30006
MAX_LENGTH = 48
MAX_PREDICTIONS = 8
MASKED_LM_PROB = 0.15
SHORT_PROB = 0.1
ROWS_PER_GROUP = 10_000
SCHEMA = pyarrow.schema(
    [
        ("input_ids", pyarrow.list_(pyarrow.int32())),
        ("segment_ids", pyarrow.list_(pyarrow.int32())),
        ("next_sentence_label", pyarrow.int32()),
        ("masked_lm_positions", pyarrow.list_(pyarrow.int32())),
        ("masked_lm_ids", pyarrow.list_(pyarrow.int32())),
    ]
)


def examples_of(documents, number, rng):
    """The examples of one document."""
    document = documents[number]
    room = MAX_LENGTH - 3
    examples = []
    target = rng.randint(2, room) if rng.random() < SHORT_PROB else room
    chunk, chunk_length = [], 0
    i = 0
    while i < len(document):
        chunk.append(document[i])
        chunk_length += len(document[i])
        if i == len(document) - 1 or chunk_length >= target:
            cut = rng.randint(1, len(chunk) - 1) if len(chunk) >= 2 else 1
            first = [token for sentence in chunk[:cut] for token in sentence]
            second = []
            is_random = len(chunk) == 1 or rng.random() < 0.5
            if is_random:
                wanted = target - len(first)
                other = number
                for _ in range(10):
                    other = rng.randint(0, len(documents) - 1)
                    if other != number:
                        break
                for sentence in documents[other][rng.randint(0, len(documents[other]) - 1) :]:
                    second.extend(sentence)
                    if len(second) >= wanted:
                        break
                # The unused rest of the chunk is for the next example.
                i -= len(chunk) - cut
            else:
                second = [token for sentence in chunk[cut:] for token in sentence]
            truncate(first, second, room, rng)
            examples.append(frame(first, second, is_random, rng))
            chunk, chunk_length = [], 0
            target = rng.randint(2, room) if rng.random() < SHORT_PROB else room
        i += 1
    return examples


def truncate(first, second, room, rng):
    """Drops tokens of the longer part, from either end, until both fit."""
    while len(first) + len(second) > room:
        longer = first if len(first) > len(second) else second
        if rng.random() < 0.5:
            del longer[0]
        else:
            longer.pop()


def frame(first, second, is_random, rng):
    tokens = [CLS, *first, SEP, *second, SEP]
    segments = [0] * (len(first) + 2) + [1] * (len(second) + 1)
    masked, positions, ids = mask(tokens, rng)
    return masked, segments, int(is_random), positions, ids


def mask(tokens, rng):
    candidates = [i for i, token in enumerate(tokens) if token != CLS and token != SEP]
    rng.shuffle(candidates)
    limit = min(MAX_PREDICTIONS, max(1, round(len(tokens) * MASKED_LM_PROB)))
    masked = list(tokens)
    chosen = []
    for position in candidates:
        if len(chosen) >= limit:
            break
        if rng.random() < 0.8:
            masked[position] = MASK
        elif rng.random() >= 0.5:
            masked[position] = rng.randint(FIRST_ORDINARY, VOCAB_SIZE - 1)
        chosen.append((position, tokens[position]))
    chosen.sort()
    return masked, [position for position, _ in chosen], [token for _, token in chosen]


def make(source, output):
    """Makes all examples; gives their number."""
    rng = random.Random(1)
    documents = pyarrow.parquet.read_table(source, columns=["turns"], use_threads=False)["turns"].to_pylist()
    rng.shuffle(documents)
    examples = []
    for number in range(len(documents)):
        examples.extend(examples_of(documents, number, rng))
    rng.shuffle(examples)
    with pyarrow.parquet.ParquetWriter(output, SCHEMA, compression="zstd") as writer:
        for start in range(0, len(examples), ROWS_PER_GROUP):
            columns = zip(*examples[start : start + ROWS_PER_GROUP], strict=True)
            arrays = [pyarrow.array(column, field.type) for column, field in zip(columns, SCHEMA, strict=True)]
            writer.write_table(pyarrow.Table.from_arrays(arrays, schema=SCHEMA))
    return len(examples)


def main():
    source, output = sys.argv[1:]
    pyarrow.set_cpu_count(1)
    pyarrow.set_io_thread_count(1)
    print("ready", flush=True)
    for _ in sys.stdin:
        wall, cpu = time.perf_counter(), time.process_time()
        count = make(source, output)
        print(count, time.perf_counter() - wall, time.process_time() - cpu, flush=True)


if __name__ == "__main__":
    main()
