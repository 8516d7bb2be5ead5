"""One job of the pipeline as a task."""

import os
from pathlib import Path

from airflow.sdk.exceptions import AirflowFailException, AirflowNotFoundException
from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.sdk import BaseHook

from dialogbert_airflow.retry import ExitCodes


class DialogBertOperator(SparkSubmitOperator):
    """
    Submits a job of the release that DIALOGBERT_HOME names (/opt/dialogbert).

    The driver runs on Airflow's worker, so that its log and its exit code arrive here. A retry is harmless: finished work is
    recognized, and unfinished work is begun again, or continued with ``resume``.

    :param job: its name
    :param config: its configuration file, on the worker
    :param sets: settings that override it (templated)
    :param day: makes only this day's part of the output (templated)
    :param overwrite: replaces an output whose inputs have changed, as when a day is delivered again
    :param resume: continues a training run
    """

    def __init__(
        self, *, job, config, sets=None, day=None, overwrite=False, resume=False, deploy_mode="client", **kwargs
    ):
        arguments = [job, "--config", str(config)]
        for key, value in (sets or {}).items():
            arguments += ["--set", f"{key}={value}"]
        if day is not None:
            arguments += ["--day", day]
        arguments += ["--overwrite"] * overwrite + ["--resume"] * resume
        kwargs.setdefault("retry_policy", ExitCodes())
        kwargs.setdefault("name", job if day is None else f"{job} {day}")
        super().__init__(
            java_class="io.dialogbert.frame.JobMain",
            application_args=arguments,
            deploy_mode=deploy_mode,
            **kwargs,
        )
        self.job = job

    def execute(self, context):
        # The hook would take an unknown connection for YARN.
        try:
            BaseHook.get_connection(self._conn_id)
        except AirflowNotFoundException as e:
            raise AirflowFailException(f"no connection {self._conn_id}: define it, with the master as its host") from e
        home = Path(os.environ.get("DIALOGBERT_HOME", "/opt/dialogbert"))
        jars = sorted(home.glob("lib/*-job.jar"))
        if len(jars) != 1:
            raise AirflowFailException(f"no release in {home}: unpack one there, or set DIALOGBERT_HOME on the worker")
        self.application = str(jars[0])
        options = " ".join(
            line for line in (home / "conf/jvm.options").read_text().splitlines() if not line.startswith("#")
        )
        self.conf = {
            "spark.driver.extraJavaOptions": options,
            "spark.executor.defaultJavaOptions": options,
            **(self.conf or {}),
        }
        return super().execute(context)
