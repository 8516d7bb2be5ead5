"""Masks and groups the messages of JSON Lines files in one process, as a first script for the task would.

    corpus_peer.py DIRECTORY

For each line on standard input it parses the messages of all files, masks personal data by regular expressions, sorts each
conversation by time and cuts it where a silence is longer than half an hour. It answers with the number of messages, the
seconds and the CPU seconds. It writes nothing, and looks for no names, no duplicates and no broadcasts.
"""

import datetime
import gzip
import json
import pathlib
import re
import sys
import time

GAP = datetime.timedelta(minutes=30)

PATTERNS = [
    (re.compile(pattern), placeholder)
    for pattern, placeholder in [
        (r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", "[EMAIL]"),
        (r"https?://\S+|www\.\S+", "[URL]"),
        (r"\d{6}[- ]?[1-8]\d{6}", "[RRN]"),
        (r"(?:\d{4}[- ]?){3}\d{4}", "[CARD]"),
        (r"0\d{1,3}[- .]?\d{3,4}[- .]?\d{4}", "[PHONE]"),
        (r"\d{3}-\d{2}-\d{5}", "[BUSINESS]"),
        (r"\d{2,6}-\d{2,6}-\d{2,8}", "[ACCOUNT]"),
        (r"\d{2}-\d{2}-\d{6}-\d{2}", "[LICENCE]"),
        (r"[MSROD]\d{8}", "[PASSPORT]"),
        (r"\d{2,3}[가-힣] ?\d{4}", "[PLATE]"),
        (r"(?:19|20)\d{2}[년.-] ?\d{1,2}[월.-] ?\d{1,2}", "[BIRTH]"),
        (r"[가-힣]+[시도군구] [가-힣0-9]+[로길동] ?\d+", "[ADDRESS]"),
        (r"[都道府県市区町村]\S{0,10}\d+(?:-\d+)+", "[ADDRESS]"),
        (r"(?:카톡|라인|인스타|아이디|ID)\s*:?\s*[A-Za-z0-9_]{4,}", "[MESSENGER_ID]"),
        (r"\d{1,3}(?:\.\d{1,3}){3}", "[IP]"),
    ]
]


def mask(text):
    for pattern, placeholder in PATTERNS:
        text = pattern.sub(placeholder, text)
    return text


def sessions(messages):
    messages.sort()
    number, before = 0, None
    for sent_at, _, _ in messages:
        now = datetime.datetime.fromisoformat(sent_at)
        number += before is None or now - before > GAP
        before = now
    return number


def make(files):
    conversations = {}
    number = 0
    for file in files:
        with (gzip.open if file.suffix == ".gz" else open)(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                message = json.loads(line)
                conversations.setdefault(message["conversation_id"], []).append(
                    (message["sent_at"], message["sender_id"], mask(message["text"]))
                )
                number += 1
    if not sum(map(sessions, conversations.values())):
        raise ValueError("no session")
    return number


if __name__ == "__main__":
    paths = sorted(pathlib.Path(sys.argv[1]).rglob("*.json*"))
    print("ready", flush=True)
    for _ in sys.stdin:
        begin, begin_cpu = time.perf_counter(), time.process_time()
        messages = make(paths)
        print(messages, time.perf_counter() - begin, time.process_time() - begin_cpu, flush=True)
