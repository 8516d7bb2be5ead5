"""
### On demand: pretrain, fine-tune, distill

By the sections of one configuration file on the workers, parameter `config`; the examples and task data that it names are there already.
Finished stages are not done again, and one that was stopped goes on where it was.
"""

from datetime import datetime, timedelta

from airflow.sdk import DAG, Param
from dialogbert_airflow import DEFAULTS, DialogBertOperator

with DAG(
    dag_id="dialogbert_train",
    doc_md=__doc__,
    schedule=None,
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    tags=["dialogbert"],
    default_args={**DEFAULTS, "execution_timeout": timedelta(days=14)},
    params={"config": Param("/etc/dialogbert/train.conf", type="string")},
) as dag:
    previous = None
    for job in ("pretrain", "finetune", "distill"):
        # One training at a time, of whatever run: pools.json has the pool.
        stage = DialogBertOperator(
            task_id=job, job=job, config="{{ params.config }}", resume=True, pool="dialogbert_training"
        )
        if previous is not None:
            previous >> stage
        previous = stage
