"""
The daily DAG under a running scheduler, whose task is killed and which is killed itself. Nothing may be half done
after that, and the rest of the way must lead to the same bytes as if nothing had happened. Each test goes on where
the one before it ended.
"""

import contextlib
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest
from conftest import DAYS, RAW, WORK

WEEK = "2026-01-05"
LATE = "2026-01-07"
# Ample for a busy machine; nothing here waits longer than it must.
PATIENCE_S = 300
# From the moment at which a task is to end to the end of its Spark: three heartbeats, and as much for a busy machine.
KILLED_S = 30


def wait_for(what, condition, limit_s=PATIENCE_S):
    """The first value of a condition that is true."""
    end = time.monotonic() + limit_s
    while not (value := condition()):
        assert time.monotonic() < end, f"no {what} after {limit_s} s"
        time.sleep(0.2)
    return value


class Airflow:
    """The processes of an Airflow of one machine, and its REST API."""

    def __init__(self, home, work):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.home = home
        self.processes = {}
        self.token = None
        self.environment = {
            **os.environ,
            "DIALOGBERT_WORK": str(work),
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__PORT": str(port),
            "AIRFLOW__API__WORKERS": "1",
            "AIRFLOW__API_AUTH__JWT_SECRET": "of this test, as long as the algorithm wants it to be: 64 bytes",
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{self.url}/execution/",
            "AIRFLOW__CORE__PARALLELISM": "2",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
            "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "5",
            "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD": "10",
            "AIRFLOW__SCHEDULER__SCHEDULER_HEARTBEAT_SEC": "1",
            "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "2",
        }

    def start(self, component):
        with open(self.home / f"{component}.log", "ab") as log:
            # A process group of its own, so that its workers end with it after the test.
            self.processes[component] = subprocess.Popen(
                # Its server of logs has a fixed port.
                ["airflow", component, *(["--skip-serve-logs"] if component == "scheduler" else [])],
                env=self.environment,
                cwd=self.home,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def stop(self, component):
        process = self.processes.pop(component)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def ask(self, method, path, body=None):
        if self.token is None and path != "/auth/token":
            self.token = self.ask("GET", "/auth/token")["access_token"]
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"},
        )
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.load(response)

    def answers(self):
        try:
            return self.ask("GET", "/api/v2/version")
        except OSError:
            return None

    def dag(self, dag_id, **changes):
        return self.ask("PATCH", f"/api/v2/dags/{dag_id}", changes)

    def knows(self, dag_id):
        try:
            return self.ask("GET", f"/api/v2/dags/{dag_id}/details")
        except OSError:
            return None

    def trigger(self, day):
        body = {"logical_date": None, "partition_key": day}
        return self.ask("POST", "/api/v2/dags/dialogbert_daily/dagRuns", body)["dag_run_id"]

    def tasks(self, dag_id, run_id):
        """Tries and states of a run's tasks."""
        path = f"/api/v2/dags/{dag_id}/dagRuns/{urllib.request.quote(run_id)}/taskInstances"
        return {each["task_id"]: each for each in self.ask("GET", path)["task_instances"]}

    def states(self, dag_id, run_id):
        return {name: task["state"] for name, task in self.tasks(dag_id, run_id).items()}

    def run(self, dag_id, run_id):
        return self.ask("GET", f"/api/v2/dags/{dag_id}/dagRuns/{urllib.request.quote(run_id)}")

    def ended(self, dag_id, run_id):
        state = self.run(dag_id, run_id)["state"]
        return state if state in ("success", "failed") else None

    def weeks(self):
        """Runs of the weekly DAG that assets have started, the oldest first."""
        runs = self.ask("GET", "/api/v2/dags/dialogbert_statistics/dagRuns?run_type=asset_triggered&order_by=id")
        return runs["dag_runs"]


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    """Where the days are made again."""
    return tmp_path_factory.mktemp("work")


@pytest.fixture(scope="module")
def airflow(corpus, work, tmp_path_factory):
    airflow = Airflow(tmp_path_factory.mktemp("logs"), work)
    try:
        for component in ("api-server", "dag-processor", "scheduler"):
            airflow.start(component)
        wait_for("answer", airflow.answers)
        for dag_id in ("dialogbert_daily", "dialogbert_statistics"):
            wait_for(dag_id, lambda: airflow.knows(dag_id))
        airflow.dag("dialogbert_daily", is_paused=False)
        yield airflow
    except BaseException:
        for log in airflow.home.iterdir():
            print(log.name, log.read_text(errors="replace")[-3000:], sep="\n")
        raise
    finally:
        for component in list(airflow.processes):
            airflow.stop(component)


def java(job, day):
    """Processes in which Spark runs a job."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                command = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
                if "io.dialogbert.frame.JobMain" in command and job in command and day in command:
                    # One that has ended stays until it is waited for.
                    if "\nState:\tZ" not in (entry / "status").read_text():
                        found.append(int(entry.name))
    return found


def begun(work, stage, job, day):
    """Whether Spark has begun to make a day."""
    return java(job, day) and (work / stage / f".day={day}.unfinished").exists()


def assert_whole(work):
    """No day is there in part. What is unfinished is hidden from all readers."""
    for stage in ("messages", "dialogues", "examples"):
        for day in (work / stage).glob("day=*"):
            files = json.loads((day / "manifest.json").read_text())["files"]
            assert files and all((day / each["path"]).stat().st_size == each["bytes"] for each in files)


def digests(work, stage, day):
    directory = work / stage / f"day={day}"
    return {
        str(file.relative_to(directory)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in directory.rglob("*")
        if file.is_file() and file.name != "manifest.json"
    }


def assert_undisturbed(work, day, *stages):
    """What was made is what the same DAG makes if nobody disturbs it, and nothing else is left."""
    for stage in stages:
        assert digests(work, stage, day) == digests(WORK, stage, day) != {}
        manifests = [
            json.loads((place / stage / f"day={day}" / "manifest.json").read_text()) for place in (work, WORK)
        ]
        for key in ("settings", "counts", "files"):
            assert manifests[0][key] == manifests[1][key]
        assert not list((work / stage).glob(f".*{day}*"))


def test_killed_task_leaves_nothing_half_done(airflow, work):
    day = DAYS[0]
    run_id = airflow.trigger(day)
    wait_for("Spark", lambda: begun(work, "messages", "ingest-messages", day))
    path = f"/api/v2/dags/dialogbert_daily/dagRuns/{urllib.request.quote(run_id)}/taskInstances/ingest_messages"
    airflow.ask("PATCH", path, {"new_state": "failed"})
    asked = time.monotonic()
    wait_for("end of Spark", lambda: not java("ingest-messages", day), KILLED_S)
    print(f"Spark was gone {time.monotonic() - asked:.1f} s after its task was set to failed")
    assert not (work / "messages" / f"day={day}").exists()
    assert_whole(work)
    assert wait_for("end of the run", lambda: airflow.ended("dialogbert_daily", run_id)) == "failed"

    airflow.ask(
        "POST", "/api/v2/dags/dialogbert_daily/clearTaskInstances", {"dry_run": False, "dag_run_id": run_id}
    )
    assert wait_for("end of the run", lambda: airflow.ended("dialogbert_daily", run_id)) == "success"
    assert airflow.states("dialogbert_daily", run_id)["publish"] == "success"
    assert_undisturbed(work, day, "messages", "dialogues")


def test_killed_scheduler_starts_the_task_again(airflow, work):
    day = DAYS[1]
    run_id = airflow.trigger(day)
    (first,) = wait_for(
        "Spark", lambda: begun(work, "messages", "ingest-messages", day) and java("ingest-messages", day)
    )
    # Only itself: its workers live on, and cannot tell anybody of their tasks' end.
    os.kill(airflow.processes["scheduler"].pid, signal.SIGKILL)
    airflow.processes["scheduler"].wait()
    orphans = airflow.processes.pop("scheduler").pid
    try:
        airflow.start("scheduler")
        shutil.copytree(WORK / "tokenizer", work / "tokenizer")
        airflow.dag("dialogbert_statistics", is_paused=False)
        assert wait_for("end of the run", lambda: airflow.ended("dialogbert_daily", run_id)) == "success"
        assert set(airflow.states("dialogbert_daily", run_id).values()) == {"success"}
        assert first not in java("ingest-messages", day)
        assert_whole(work)
        assert_undisturbed(work, day, "messages", "dialogues", "examples")
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(orphans, signal.SIGKILL)


def test_a_published_day_starts_its_week_which_names_what_it_lacks(airflow, work):
    # Of the second day: the weekly DAG was paused before.
    (week,) = wait_for("weekly run", airflow.weeks)
    assert week["partition_key"] == WEEK
    run_id = week["dag_run_id"]
    assert wait_for("end of the run", lambda: airflow.ended("dialogbert_statistics", run_id)) == "success"
    assert airflow.states("dialogbert_statistics", run_id) == {
        "find_days": "success",
        "corpus_stats": "success",
        "publish": "success",
        "whole_week": "skipped",
    }
    manifest = json.loads((work / "statistics" / WEEK / "manifest.json").read_text())
    days = {(each["name"], Path(each["path"]).name) for each in manifest["inputs"]}
    assert {(stage, f"day={day}") for stage in ("messages", "dialogues") for day in DAYS} <= days


def test_late_day_is_added_by_backfill_and_renews_its_week(airflow, work):
    run_id = airflow.trigger(LATE)
    assert wait_for("end of the run", lambda: airflow.ended("dialogbert_daily", run_id)) == "success"
    assert airflow.states("dialogbert_daily", run_id)["find_files"] == "skipped"
    (RAW / LATE).mkdir()
    (RAW / LATE / "messages.jsonl").write_text(
        '{"conversation_id": "late", "message_id": "1", "sender_id": "a", "sent_at": "2026-01-07T12:00:00+09:00",'
        ' "lang": "ko", "text": "저녁 먹었어?", "source": "app"}\n'
    )
    body = {
        "dag_id": "dialogbert_daily",
        # Of a day's run, at three o'clock in the zone of the DAG.
        "from_date": f"{LATE}T00:00:00Z",
        "to_date": f"{LATE}T04:00:00Z",
        "reprocess_behavior": "completed",
        "max_active_runs": 1,
    }
    airflow.ask("POST", "/api/v2/backfills", body)
    wait_for("late day", lambda: (work / "dialogues" / f"day={LATE}").exists())
    assert_whole(work)

    def renewed():
        manifest = json.loads((work / "statistics" / WEEK / "manifest.json").read_text())
        return any(each["path"].endswith(f"day={LATE}") for each in manifest["inputs"])

    wait_for("renewed week", renewed)
