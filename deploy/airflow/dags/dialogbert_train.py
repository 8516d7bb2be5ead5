"""
### On demand: pretrain, fine-tune, distill, export

By the sections of one configuration file on the workers, parameter `config`; the examples and task data that it names are there already.
Finished stages are not done again, and one that was stopped goes on where it was.

`data_licenses` names the license, or the terms, of each data set that the network learns from. They stand in the model card, and
nothing is exported without them: so they are asked for before training begins.
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
    params={
        "config": Param("/etc/dialogbert/train.conf", type="string", minLength=1),
        "data_licenses": Param(type="array", minItems=1, items={"type": "string", "minLength": 1}),
    },
) as dag:

    def stage(job, **options):
        # One training at a time, of whatever run: pools.json has the pool.
        return DialogBertOperator(
            task_id=job.replace("-", "_"),
            job=job,
            config="{{ params.config }}",
            pool="dialogbert_training",
            **options,
        )

    (
        stage("pretrain", resume=True)
        >> stage("finetune", resume=True)
        >> stage("distill", resume=True)
        >> stage("export-model", sets={"export-model.data-licenses": "{{ params.data_licenses | tojson }}"})
    )
