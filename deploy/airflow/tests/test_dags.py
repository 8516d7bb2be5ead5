"""The DAGs in a real Airflow, without a scheduler. bin/airflow-test sets the environment."""

import copy
import json
import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from airflow.sdk.definitions.retry_policy import RetryAction
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException
from airflow.serialization.serialized_objects import DagSerialization
from conftest import DAYS, RAW, WORK, job, run
from dialogbert_airflow import DialogBertOperator, ExitCodes
from dialogbert_airflow.corpus import ZONE

DAGS = Path(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
DAILY_CONF = str(DAGS.parent / "daily.conf")
NO_DATA = "2026-01-02"
LAST_MONDAY = "2026-01-05"


def manifest(stage, day):
    return WORK / stage / f"day={day}" / "manifest.json"


def states(succeeded="", skipped="", failed="", upstream_failed=""):
    return {
        task: state
        for state, tasks in (
            ("success", succeeded),
            ("skipped", skipped),
            ("failed", failed),
            ("upstream_failed", upstream_failed),
        )
        for task in tasks.split()
    }


def test_every_file_loads(bag):
    assert bag.import_errors == {}
    assert set(bag.dags) == {"dialogbert_daily", "dialogbert_statistics", "dialogbert_train"}


@pytest.mark.parametrize("name", sorted(file.name for file in DAGS.glob("*.py")))
def test_file_is_quick_to_parse(name):
    # In a process of its own, after what all DAGs import: the DAG processor imports that once.
    code = (
        "import runpy, sys, time, dialogbert_airflow, airflow.sdk as sdk;"
        "sdk.PartitionedAssetTimetable, sdk.CronPartitionTimetable, sdk.StartOfWeekMapper;"
        "start = time.process_time(); runpy.run_path(sys.argv[1]); print(time.process_time() - start)"
    )
    done = subprocess.run([sys.executable, "-c", code, DAGS / name], capture_output=True, text=True, check=True)
    assert float(done.stdout.split()[-1]) < 2


def test_conventions(bag):
    for dag in bag.dags.values():
        assert dag.doc_md and dag.tags == {"dialogbert"} and not dag.catchup and dag.max_active_runs == 1
        for each in dag.tasks:
            assert each.owner == "dialogbert" and each.retries == 2 and each.execution_timeout
        DagSerialization.to_dict(dag)


def graph(dag):
    return {each.task_id: each.downstream_task_ids for each in dag.tasks}


def test_tasks_of_a_day(daily):
    assert graph(daily) == {
        "find_files": {"ingest_messages"},
        "ingest_messages": {"build_dialogues"},
        "build_dialogues": {"publish", "find_tokenizer"},
        "publish": set(),
        "find_tokenizer": {"build_examples"},
        "build_examples": set(),
    }
    by_day = [daily.get_task(task) for task in ("ingest_messages", "build_dialogues", "build_examples")]
    assert {task.pool for task in by_day} == {"dialogbert_days"}


def test_tasks_of_a_week(statistics):
    assert graph(statistics) == {
        "find_days": {"corpus_stats", "publish", "whole_week"},
        "corpus_stats": {"publish", "whole_week"},
        "publish": set(),
        "whole_week": set(),
    }


def test_trainings_follow_each_other_one_at_a_time(bag):
    dag = bag.dags["dialogbert_train"]
    assert graph(dag) == {
        "pretrain": {"finetune"},
        "finetune": {"distill"},
        "distill": {"export_model"},
        "export_model": set(),
    }
    assert {each.pool for each in dag.tasks} == {"dialogbert_training"}


def test_pools_have_one_slot():
    pools = json.loads((DAGS.parent / "pools.json").read_text())
    assert {name: pool["slots"] for name, pool in pools.items()} == {"dialogbert_days": 1, "dialogbert_training": 1}


def rendered(dag, task, **context):
    task = copy.copy(dag.get_task(task))
    task.render_template_fields(context)
    return task.application_args


def test_arguments_name_the_day_and_no_key(daily):
    assert rendered(daily, "ingest_messages", partition_key="2026-11-27") == [
        *("ingest-messages", "--config", DAILY_CONF, "--day", "2026-11-27")
    ]


def test_licenses_are_a_list_for_the_job(bag):
    licenses = ['CC BY-SA 4.0: the "corpus"', "말뭉치"]
    arguments = rendered(
        bag.dags["dialogbert_train"], "export_model", params={"config": "my.conf", "data_licenses": licenses}
    )
    assert arguments[:4] == ["export-model", "--config", "my.conf", "--set"]
    key, value = arguments[4].split("=", 1)
    assert key == "export-model.data-licenses" and json.loads(value) == licenses


def test_training_without_licenses_is_refused_before_it_begins(bag):
    for conf in ({}, {"data_licenses": []}):
        with pytest.raises(Exception, match="data_licenses"):
            bag.dags["dialogbert_train"].test(run_conf=conf)


@pytest.mark.parametrize(
    "message, action, reason",
    [
        ("Error code is: 2.\nlast lines\njob: bad configuration: line 3", RetryAction.FAIL, "job: bad configuration: line 3"),
        ("Error code is: 2.\njob: bad configuration: no\n  a\n  b\nuse c", RetryAction.FAIL, "job: bad configuration: no a b use c"),
        ("Error code is: 3.\n[INFO] - job: bad input: file-1", RetryAction.FAIL, "job: bad input: file-1"),
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


def function(dag, task):
    return dag.get_task(task).python_callable


def test_missing_secret_is_named(daily, monkeypatch, tmp_path):
    monkeypatch.setenv("DIALOGBERT_KEY_FILE", str(tmp_path / "none"))
    with pytest.raises(AirflowFailException, match="no key of the pseudonyms at .*: mount the secret there"):
        function(daily, "find_files")(NO_DATA)
    monkeypatch.delenv("DIALOGBERT_KEY_FILE")
    with pytest.raises(AirflowFailException, match="set DIALOGBERT_KEY_FILE on the worker"):
        function(daily, "find_files")(NO_DATA)


def test_day_that_is_not_over_is_refused(daily):
    with pytest.raises(AirflowFailException, match="is not over in Asia/Seoul"):
        function(daily, "find_files")(str(datetime.now(ZONE).date()))


def test_day_without_data_is_skipped_and_says_so(daily):
    (RAW / NO_DATA).mkdir()
    (RAW / NO_DATA / "_SUCCESS").touch()
    assert run(daily, NO_DATA) == states(
        succeeded="publish", skipped="find_files ingest_messages build_dialogues find_tokenizer build_examples"
    )
    assert not (WORK / "messages").exists()
    with pytest.raises(AirflowSkipException, match=f"no data of {NO_DATA}: no files in .*; if some come, backfill"):
        function(daily, "find_files")(NO_DATA)
    (event,) = function(daily, "publish")(NO_DATA)
    assert event.extra == {"day": NO_DATA, "state": "no data"}


def test_days_follow_each_other_and_sessions_go_on(daily, corpus):
    assert corpus.first == states(
        succeeded="find_files ingest_messages build_dialogues publish", skipped="find_tokenizer build_examples"
    )
    everything = states(
        succeeded="find_files ingest_messages build_dialogues publish find_tokenizer build_examples"
    )
    assert corpus.second == everything
    # The first day once more, now with a tokenizer: what was done stays, and examples are added.
    assert corpus.again == everything
    first, second = (json.loads(manifest("dialogues", day).read_text())["counts"] for day in DAYS)
    assert second["messages_taken_over"] == first["messages_left_open"] > 0
    for stage in ("messages", "dialogues", "examples"):
        assert {each.name for each in (WORK / stage).iterdir()} == {f"day={day}" for day in DAYS}


def test_event_has_the_counts_of_the_manifests(daily, corpus):
    (event,) = function(daily, "publish")(DAYS[0])
    assert event.extra["day"] == DAYS[0]
    for stage in ("messages", "dialogues"):
        assert event.extra[stage] == json.loads(manifest(stage, DAYS[0]).read_text())["counts"]


def test_day_twice_changes_nothing(daily, corpus):
    files = [manifest(stage, DAYS[1]) for stage in ("messages", "dialogues", "examples")]
    before = [(file.stat().st_mtime_ns, file.read_bytes()) for file in files]
    assert set(run(daily, DAYS[1]).values()) == {"success"}
    assert [(file.stat().st_mtime_ns, file.read_bytes()) for file in files] == before


def test_day_with_other_files_fails_at_once_and_changes_nothing(daily, corpus, capfd):
    before = manifest("messages", DAYS[0]).read_bytes()
    more = RAW / DAYS[0] / "more.jsonl"
    more.write_text("{}\n")
    try:
        assert run(daily, DAYS[0]) == states(
            succeeded="find_files",
            failed="ingest_messages",
            upstream_failed="build_dialogues publish find_tokenizer build_examples",
        )
    finally:
        more.unlink()
    log = "".join(capfd.readouterr())
    assert "ingest-messages: bad configuration: output is not what is asked for: " in log and "more.jsonl" in log
    assert manifest("messages", DAYS[0]).read_bytes() == before


def test_bad_input_fails_at_once_and_says_why(daily, corpus, capfd):
    day = "2026-01-08"
    (RAW / day).mkdir()
    (RAW / day / "part-0.jsonl.gz").write_text("no gzip")
    assert run(daily, day)["ingest_messages"] == "failed"
    assert "ingest-messages: bad input: " in "".join(capfd.readouterr())
    assert not manifest("messages", day).parent.exists()


@pytest.fixture
def week(statistics, monkeypatch, tmp_path):
    """What find_days says of a week with some days."""
    monkeypatch.setenv("DIALOGBERT_WORK", str(tmp_path))

    def find(monday, *days):
        for path in [f"{stage}/day={day}" for stage in ("messages", "dialogues") for day in days] + ["tokenizer"]:
            (tmp_path / path).mkdir(parents=True, exist_ok=True)
            (tmp_path / path / "manifest.json").write_text('{"counts": {"rows_out": 1}}')
        return function(statistics, "find_days")(monday)

    return find


def test_week_without_days_is_skipped(week):
    with pytest.raises(AirflowSkipException, match=f"no data in the week of {LAST_MONDAY}"):
        week(LAST_MONDAY)


def test_week_that_goes_on_is_skipped_and_names_days(week):
    today = datetime.now(ZONE).date()
    monday = today - timedelta(days=today.weekday())
    with pytest.raises(AirflowSkipException, match=f"the week of {monday} goes on: 1 of 7 days are there, not "):
        week(str(monday), str(monday))


def test_week_that_lacks_days_is_described_and_names_them(week, statistics):
    there = week(LAST_MONDAY, *DAYS)
    assert there == list(DAYS)
    message = "the week of 2026-01-05 is over: 2 of 7 days are there, not 2026-01-07, .*, 2026-01-11"
    with pytest.raises(AirflowSkipException, match=message):
        function(statistics, "whole_week")(LAST_MONDAY, there)


def test_whole_week_has_nothing_to_say(week, statistics):
    days = [f"2026-01-{day:02}" for day in range(5, 12)]
    assert week(LAST_MONDAY, *days) == days
    function(statistics, "whole_week")(LAST_MONDAY, days)


def test_statistics_need_a_tokenizer(week, statistics, tmp_path):
    week(LAST_MONDAY, *DAYS)
    (tmp_path / "tokenizer/manifest.json").unlink()
    with pytest.raises(AirflowSkipException, match="no tokenizer yet"):
        function(statistics, "find_days")(LAST_MONDAY)


def test_training_makes_a_student_and_exports_it(bag, corpus):
    for each in ("mine-reactions", "build-task-data"):
        job(each)
    conf = {"config": os.environ["DIALOGBERT_TRAIN_CONF"], "data_licenses": ["none: made up"]}
    dag_run = bag.dags["dialogbert_train"].test(run_conf=conf)
    assert {each.task_id: each.state for each in dag_run.get_task_instances()} == states(
        succeeded="pretrain finetune distill export_model"
    )
    assert "none: made up" in (WORK / "exported/README.md").read_text()
