"""Jobs of Dialog-BERT as tasks of Airflow."""

from datetime import timedelta

from dialogbert_airflow.operator import DialogBertOperator
from dialogbert_airflow.retry import ExitCodes

# default_args of the DAGs; each adds how long its tasks may take.
DEFAULTS = {"owner": "dialogbert", "retries": 2, "retry_delay": timedelta(minutes=5)}

__all__ = ["DEFAULTS", "DialogBertOperator", "ExitCodes"]
