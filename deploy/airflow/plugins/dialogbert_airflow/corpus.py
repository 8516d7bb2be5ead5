"""The corpus that the DAGs share: where it is, and which of its days are there."""

import json
import os
from pathlib import Path
from zoneinfo import ZoneInfo

from airflow.sdk import Asset
from airflow.sdk.exceptions import AirflowFailException

# Days begin and end here; daily.conf says the same to the jobs.
ZONE = ZoneInfo("Asia/Seoul")
DAYS = Asset(name="dialogbert_days", uri="x-dialogbert://days")
# A task may know its day by its run's partition, or by the date of a run that somebody started by hand.
PARTITION = "{{ partition_key or ds }}"


def location(variable):
    """The path that a variable of the worker names."""
    try:
        return Path(os.environ[variable])
    except KeyError:
        raise AirflowFailException(f"set {variable} on the worker") from None


def counts(stage, day):
    """What a day of a stage has counted; None if the day is not there."""
    manifest = location("DIALOGBERT_WORK") / stage / f"day={day}" / "manifest.json"
    return json.loads(manifest.read_text())["counts"] if manifest.is_file() else None


def has_tokenizer():
    return (location("DIALOGBERT_WORK") / "tokenizer" / "manifest.json").is_file()
