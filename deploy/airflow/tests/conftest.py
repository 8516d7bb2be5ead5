"""The corpus that the tests share: two days that follow each other, run before and after there is a tokenizer."""

import os
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path
from types import SimpleNamespace

import pytest
from airflow.dag_processing.dagbag import DagBag
from sample_days import write_days

DAYS = ("2026-01-05", "2026-01-06")
RAW = Path(os.environ["DIALOGBERT_RAW"])
WORK = Path(os.environ["DIALOGBERT_WORK"])


@pytest.fixture(scope="session")
def bag():
    return DagBag(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])


@pytest.fixture
def daily(bag):
    return bag.dags["dialogbert_daily"]


@pytest.fixture
def statistics(bag):
    return bag.dags["dialogbert_statistics"]


def run(dag, day):
    """States of a run's tasks."""
    dag_run = dag.test(logical_date=datetime.fromisoformat(day).replace(tzinfo=timezone.utc))
    return {instance.task_id: instance.state for instance in dag_run.get_task_instances()}


def job(name, *arguments):
    """Runs a job that is in no DAG of these."""
    launcher = Path(os.environ["DIALOGBERT_HOME"]) / "bin/dialogbert"
    command = ["bash", launcher, name, "--config", os.environ["DIALOGBERT_TRAIN_CONF"], *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        print(done.stdout, file=sys.stderr)
        raise RuntimeError(f"{name} ended with {done.returncode}")


@pytest.fixture(scope="session")
def corpus(bag):
    write_days(Path(os.environ["DIALOGBERT_SAMPLE"]), RAW, DAYS)
    daily = bag.dags["dialogbert_daily"]
    first = run(daily, DAYS[0])
    job("train-tokenizer")
    return SimpleNamespace(first=first, second=run(daily, DAYS[1]), again=run(daily, DAYS[0]))
