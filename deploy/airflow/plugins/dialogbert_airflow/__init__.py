"""Jobs of Dialog-BERT as tasks of Airflow."""

from dialogbert_airflow.operator import DialogBertOperator
from dialogbert_airflow.retry import ExitCodes

__all__ = ["DialogBertOperator", "ExitCodes"]
