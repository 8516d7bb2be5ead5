"""Makes days of raw files of a made-up sample, whose messages are spread over a year."""

import gzip
import json
from datetime import date


def write_days(sample, raw, days):
    """
    Moves each two days of the sample that follow each other onto two days, with conversations of their own. So days
    have many messages, and sessions go on past the midnight between them.

    :param days: two, such as 2026-01-05, one after the other
    """
    rows = {day: [] for day in days}
    for file in sorted(sample.iterdir()):
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                try:
                    row = json.loads(line)
                    number = date.fromisoformat(row["sent_at"][:10]).toordinal()
                except (ValueError, KeyError, TypeError):
                    continue
                day = days[number % 2]
                row["conversation_id"] += f"-{number // 2}"
                row["sent_at"] = day + row["sent_at"][10:]
                rows[day].append(json.dumps(row, ensure_ascii=False))
    for day, lines in rows.items():
        (raw / day).mkdir(parents=True)
        with gzip.open(raw / day / "messages.jsonl.gz", "wt", encoding="utf-8") as out:
            out.write("\n".join(lines) + "\n")
