"""
### Every week: what the week's days hold

Each day that `dialogbert_daily` publishes starts a run for its week, named by its Monday. While the week goes on and lacks days, the run
is skipped and says which. Otherwise `corpus_stats` describes the days that are there, in `DIALOGBERT_WORK/statistics/YYYY-MM-DD`; if some
are not, `whole_week` is skipped and names them. A day that comes late makes the week's statistics again.

They need a tokenizer, `DIALOGBERT_WORK/tokenizer`; without one, runs are skipped.
"""

import json
from datetime import date, datetime, timedelta
from pathlib import Path

from airflow.sdk.exceptions import AirflowSkipException
from airflow.sdk import DAG, Asset, Metadata, PartitionedAssetTimetable, StartOfWeekMapper, task
from dialogbert_airflow import DEFAULTS, DialogBertOperator
from dialogbert_airflow.corpus import DAYS, PARTITION, ZONE, counts, has_tokenizer, location

CONFIG = Path(__file__).parent.parent / "statistics.conf"
STATISTICS = Asset(name="dialogbert_statistics", uri="x-dialogbert://statistics")


def days_of(week):
    """The days of a week, by its Monday, and those that are there."""
    days = [str(date.fromisoformat(week) + timedelta(days=n)) for n in range(7)]
    return days, [day for day in days if all(counts(stage, day) for stage in ("messages", "dialogues"))]


def lacking(days, there):
    return f"{len(there)} of {len(days)} days are there, not {', '.join(day for day in days if day not in there)}"


with DAG(
    dag_id="dialogbert_statistics",
    doc_md=__doc__,
    schedule=PartitionedAssetTimetable(
        assets=DAYS,
        default_partition_mapper=StartOfWeekMapper(
            timezone=ZONE.key, input_format="%Y-%m-%d", output_format="%Y-%m-%d"
        ),
    ),
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    tags=["dialogbert"],
    default_args={**DEFAULTS, "execution_timeout": timedelta(hours=6)},
) as dag:

    @task
    def find_days(week):
        days, there = days_of(week)
        if not there:
            raise AirflowSkipException(f"no data in the week of {week}")
        if len(there) < len(days) and datetime.now(ZONE).date() <= date.fromisoformat(days[-1]):
            raise AirflowSkipException(f"the week of {week} goes on: {lacking(days, there)}")
        if not has_tokenizer():
            raise AirflowSkipException("no tokenizer yet, so no statistics: train one, then clear this task")
        return there

    @task
    def whole_week(week, there):
        days, _ = days_of(week)
        if len(there) < len(days):
            raise AirflowSkipException(f"the week of {week} is over: {lacking(days, there)}")

    @task(outlets=[STATISTICS])
    def publish(week, there):
        manifest = location("DIALOGBERT_WORK") / "statistics" / week / "manifest.json"
        yield Metadata(
            STATISTICS, {"week": week, "days": there, "counts": json.loads(manifest.read_text())["counts"]}
        )

    days = find_days(PARTITION)
    # A day more than the last time changes the output's inputs.
    statistics = DialogBertOperator(
        task_id="corpus_stats",
        job="corpus-stats",
        config=CONFIG,
        sets={"week": PARTITION, "days": "{{ ti.xcom_pull('find_days') | join(',') }}"},
        overwrite=True,
    )
    days >> statistics >> [publish(PARTITION, days), whole_week(PARTITION, days)]
