"""
### Every day: the previous day's raw files to messages and dialogues

Files lie in `DIALOGBERT_RAW/YYYY-MM-DD`, outputs in `DIALOGBERT_WORK/messages/YYYY-MM-DD` and `.../dialogues/YYYY-MM-DD`. A day without
files is skipped. For a day that comes late, or again, backfill its partition: what has changed is made again, the rest stays. Whoever
trains rebuilds the whole corpus instead, since sessions go on past midnight and a copy may be of last year's text.

The key of the pseudonyms is a file that only workers see, `DIALOGBERT_KEY_FILE`.
"""

import json
import os
from datetime import datetime, timedelta
from pathlib import Path

from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
from airflow.sdk import DAG, Asset, CronPartitionTimetable, Metadata, task
from dialogbert_airflow import DEFAULTS, DialogBertOperator

CONFIG = Path(__file__).parent.parent / "daily.conf"
DAY = "{{ partition_key or ds }}"
MESSAGES = Asset(name="dialogbert_messages", uri="x-dialogbert://messages")


def directory(variable):
    try:
        return Path(os.environ[variable])
    except KeyError:
        raise AirflowFailException(f"set {variable} on the worker") from None


with DAG(
    dag_id="dialogbert_daily",
    doc_md=__doc__,
    schedule=CronPartitionTimetable("0 3 * * *", timezone="Asia/Seoul", run_offset=-1, key_format="%Y-%m-%d"),
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    tags=["dialogbert"],
    default_args={**DEFAULTS, "execution_timeout": timedelta(hours=6)},
) as dag:

    @task
    def find_files(day):
        files = directory("DIALOGBERT_RAW") / day
        key = directory("DIALOGBERT_KEY_FILE")
        if not key.is_file():
            raise AirflowFailException(f"no key of the pseudonyms at {key}: mount the secret there")
        if not files.is_dir() or not any(files.iterdir()):
            raise AirflowSkipException(f"no data: {files}")

    # A day that is delivered twice replaces what was made of it.
    ingest = DialogBertOperator(
        task_id="ingest_messages", job="ingest-messages", config=CONFIG, sets={"day": DAY}, overwrite=True
    )
    dialogues = DialogBertOperator(
        task_id="build_dialogues", job="build-dialogues", config=CONFIG, sets={"day": DAY}, overwrite=True
    )

    @task(outlets=[MESSAGES])
    def publish(day):
        manifest = json.loads((directory("DIALOGBERT_WORK") / "messages" / day / "manifest.json").read_text())
        yield Metadata(MESSAGES, {"day": day, "counts": manifest["counts"]})

    find_files(DAY) >> ingest >> dialogues >> publish(DAY)
