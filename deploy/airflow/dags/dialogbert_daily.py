"""
### Every day: the previous day's raw files to a day of the corpus

Files lie in `DIALOGBERT_RAW/YYYY-MM-DD`. Each stage below `DIALOGBERT_WORK` gets a directory `day=YYYY-MM-DD`: `messages`, `dialogues`, and
`examples` once there is a tokenizer. Nothing else changes there.

- A day without files is skipped. If they come late, backfill the day's partition.
- A day that is done stays as it is. If its files have changed since, `ingest_messages` fails and names the difference.
- `publish` adds an event to the asset `dialogbert_days`: the day and the counts of its manifests, or that it has no data.

The key of the pseudonyms is a file that only workers see, `DIALOGBERT_KEY_FILE`.
"""

from datetime import date, datetime, timedelta
from pathlib import Path

from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
from airflow.sdk import DAG, CronPartitionTimetable, Metadata, task
from dialogbert_airflow import DEFAULTS, DialogBertOperator
from dialogbert_airflow.corpus import DAYS, PARTITION, ZONE, counts, has_tokenizer, location

CONFIG = Path(__file__).parent.parent / "daily.conf"


def by_day(job):
    # No replacing here: the days after a replaced one would have to be made again, in their order.
    return DialogBertOperator(
        task_id=job.replace("-", "_"), job=job, config=CONFIG, day=PARTITION, pool="dialogbert_days"
    )


with DAG(
    dag_id="dialogbert_daily",
    doc_md=__doc__,
    schedule=CronPartitionTimetable("0 3 * * *", timezone=ZONE.key, run_offset=-1, key_format="%Y-%m-%d"),
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    tags=["dialogbert"],
    default_args={**DEFAULTS, "execution_timeout": timedelta(hours=6)},
) as dag:

    @task
    def find_files(day):
        files = location("DIALOGBERT_RAW") / day
        key = location("DIALOGBERT_KEY_FILE")
        if not key.is_file():
            raise AirflowFailException(f"no key of the pseudonyms at {key}: mount the secret there")
        if date.fromisoformat(day) >= datetime.now(ZONE).date():
            raise AirflowFailException(f"{day} is not over in {ZONE}: run a past day, by its partition key")
        # Jobs read no files with such names, such as _SUCCESS.
        if not files.is_dir() or all(file.name.startswith((".", "_")) for file in files.iterdir()):
            raise AirflowSkipException(f"no data of {day}: no files in {files}; if some come, backfill the day")

    # A skipped day is published, too: whoever waits for the week's days must hear of it.
    @task(outlets=[DAYS], trigger_rule="none_failed")
    def publish(day):
        stages = {stage: counts(stage, day) for stage in ("messages", "dialogues")}
        yield Metadata(DAYS, {"day": day, **stages} if all(stages.values()) else {"day": day, "state": "no data"})

    @task
    def find_tokenizer():
        if not has_tokenizer():
            raise AirflowSkipException("no tokenizer yet, so no examples: train one, then clear this task in past runs")

    dialogues = by_day("build-dialogues")
    find_files(PARTITION) >> by_day("ingest-messages") >> dialogues >> publish(PARTITION)
    dialogues >> find_tokenizer() >> by_day("build-examples")
