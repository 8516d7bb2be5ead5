"""The DAGs in a real Airflow. bin/airflow-test sets the environment: a fresh AIRFLOW_HOME, a release, Spark, a sample."""

import copy
import json
import os
import shutil
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk.exceptions import AirflowException, AirflowFailException
from airflow.sdk.definitions.retry_policy import RetryAction
from airflow.serialization.serialized_objects import DagSerialization
from dialogbert_airflow import DialogBertOperator, ExitCodes

SAMPLE = Path(os.environ["DIALOGBERT_SAMPLE"])
RAW = Path(os.environ["DIALOGBERT_RAW"])
WORK = Path(os.environ["DIALOGBERT_WORK"])


@pytest.fixture(scope="module")
def bag():
    return DagBag(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])


@pytest.fixture
def dag(bag):
    return bag.dags["dialogbert_daily"]


def run(dag, day):
    """States of a run's tasks."""
    dag_run = dag.test(logical_date=datetime.fromisoformat(day).replace(tzinfo=timezone.utc))
    return {instance.task_id: instance.state for instance in dag_run.get_task_instances()}


def test_every_file_loads(bag):
    assert bag.import_errors == {}
    assert set(bag.dags) == {"dialogbert_daily", "dialogbert_train"}


def test_conventions(bag):
    for dag in bag.dags.values():
        assert dag.doc_md and dag.tags == {"dialogbert"} and not dag.catchup and dag.max_active_runs == 1
        for each in dag.tasks:
            assert each.owner == "dialogbert" and each.retries == 2 and each.execution_timeout
        DagSerialization.to_dict(dag)


def test_tasks_follow_each_other(dag):
    assert {each.task_id: each.downstream_task_ids for each in dag.tasks} == {
        "find_files": {"ingest_messages"},
        "ingest_messages": {"build_dialogues"},
        "build_dialogues": {"publish"},
        "publish": set(),
    }


def test_trainings_follow_each_other_one_at_a_time(bag):
    tasks = bag.dags["dialogbert_train"].tasks
    assert {each.task_id: each.downstream_task_ids for each in tasks} == {
        "pretrain": {"finetune"},
        "finetune": {"distill"},
        "distill": set(),
    }
    assert {each.pool for each in tasks} == {"dialogbert_training"}


def test_arguments_name_the_day_and_no_key(dag):
    task = copy.copy(dag.get_task("ingest_messages"))
    task.render_template_fields({"partition_key": "2026-11-27"})
    config = str(Path(os.environ["AIRFLOW__CORE__DAGS_FOLDER"]).parent / "daily.conf")
    assert task.application_args == ["ingest-messages", "--config", config, "--set", "day=2026-11-27", "--overwrite"]


@pytest.mark.parametrize(
    "message, action, reason",
    [
        ("Error code is: 2.\nlast lines\nj: bad configuration: x.conf line 3", RetryAction.FAIL, "j: bad configuration: x.conf line 3"),
        ("Error code is: 3.\n[INFO] - j: bad input: file-1", RetryAction.FAIL, "j: bad input: file-1"),
        ("Error code is: 0. Kubernetes spark exit code is: 3", RetryAction.FAIL, "bad input"),
        ("Error code is: 4.", RetryAction.RETRY, "stopped on request"),
        ("Error code is: 1.", RetryAction.DEFAULT, None),
        ("another error", RetryAction.DEFAULT, None),
    ],
)
def test_exit_codes_become_decisions(message, action, reason):
    decision = ExitCodes().evaluate(AirflowException(message), 1, 3)
    assert (decision.action, decision.reason) == (action, reason)
    assert decision.retry_delay == (timedelta(minutes=10) if action == RetryAction.RETRY else None)


def test_policy_survives_serialization():
    assert ExitCodes.deserialize(ExitCodes(5).serialize()).stopped_delay_seconds == 5


def test_unknown_connection_is_named():
    operator = DialogBertOperator(task_id="t", job="report", config="my.conf", conn_id="nowhere")
    with pytest.raises(AirflowFailException, match="no connection nowhere"):
        operator.execute({})


def test_missing_release_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("DIALOGBERT_HOME", str(tmp_path))
    with pytest.raises(AirflowFailException, match="no release in"):
        DialogBertOperator(task_id="t", job="report", config="my.conf").execute({})


def test_day_without_data_is_skipped(dag):
    assert run(dag, "2026-01-01") == {
        "find_files": "skipped",
        "ingest_messages": "skipped",
        "build_dialogues": "skipped",
        "publish": "skipped",
    }


def test_day_is_ingested_and_a_second_delivery_replaces_it(dag):
    day = RAW / "2026-01-02"
    shutil.copytree(SAMPLE, day)
    assert set(run(dag, "2026-01-02").values()) == {"success"}
    before = json.loads((WORK / "messages/2026-01-02/manifest.json").read_text())["counts"]["rows_in"]
    next(day.iterdir()).unlink()
    assert set(run(dag, "2026-01-02").values()) == {"success"}
    after = json.loads((WORK / "messages/2026-01-02/manifest.json").read_text())["counts"]["rows_in"]
    assert 0 < after < before
    assert {each.name for each in (WORK / "dialogues").iterdir()} == {"2026-01-02"}


def test_bad_input_fails_at_once_and_says_why(dag, capfd):
    day = RAW / "2026-01-03"
    day.mkdir()
    (day / "part-0.jsonl.gz").write_text("no gzip")
    states = run(dag, "2026-01-03")
    assert states["ingest_messages"] == "failed" and states["build_dialogues"] == "upstream_failed"
    assert "ingest-messages: bad input: " in "".join(capfd.readouterr())
    assert not (WORK / "messages/2026-01-03").exists()


def test_training_makes_a_student(bag):
    dag_run = bag.dags["dialogbert_train"].test(run_conf={"config": os.environ["DIALOGBERT_TRAIN_CONF"]})
    assert {each.task_id: each.state for each in dag_run.get_task_instances()} == {
        "pretrain": "success",
        "finetune": "success",
        "distill": "success",
    }
    assert (SAMPLE.parent.parent / "student/manifest.json").is_file()
