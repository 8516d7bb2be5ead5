"""Renders every manifest and checks it against the schemas of its kinds, and what the schemas cannot know.

Needs kubectl or kustomize. The schema of SparkApplication is the file DIALOGBERT_SPARK_APPLICATION_SCHEMA: the operator's CRD as
JSON schema, with additionalProperties: false where an object lists its properties.
"""
import copy
import json
import os
import pathlib
import re
import shutil
import subprocess

import jsonschema
import kubernetes_validate
import pytest
import yaml

HERE = pathlib.Path(__file__).resolve().parent.parent
VERSION = "1.34"
JOBS = sorted(path.parent.name for path in HERE.glob("jobs/*/kustomization.yaml"))
DIRECTORIES = ["install"] + [f"jobs/{job}" for job in JOBS]


def render(directory):
    command = ["kustomize", "build"] if shutil.which("kustomize") else ["kubectl", "kustomize"]
    out = subprocess.run(command + [HERE / directory], check=True, capture_output=True, text=True).stdout
    return list(yaml.safe_load_all(out))


@pytest.fixture(scope="module")
def manifests():
    return {directory: render(directory) for directory in DIRECTORIES}


@pytest.fixture(scope="module")
def schema():
    path = os.environ.get("DIALOGBERT_SPARK_APPLICATION_SCHEMA")
    if not path:
        pytest.skip("DIALOGBERT_SPARK_APPLICATION_SCHEMA names no schema")
    return json.loads(pathlib.Path(path).read_text())


def application(manifests, job):
    return next(m for m in manifests[f"jobs/{job}"] if m["kind"] == "SparkApplication")


def core_kinds(manifests):
    return [m for ms in manifests.values() for m in ms if m["kind"] != "SparkApplication"]


def test_every_job_is_there():
    assert len(JOBS) == 6


def test_core_kinds_fit_their_schemas(manifests):
    for manifest in core_kinds(manifests):
        kubernetes_validate.validate(manifest, VERSION, strict=True)


def test_a_wrong_field_of_each_core_kind_is_found(manifests):
    kinds = set()
    for manifest in core_kinds(manifests):
        kinds.add(manifest["kind"])
        broken = dict(manifest, wrong=1)
        with pytest.raises(kubernetes_validate.ValidationError):
            kubernetes_validate.validate(broken, VERSION, strict=True)
    assert kinds == {"ConfigMap", "PersistentVolumeClaim", "Role", "RoleBinding", "ServiceAccount"}


@pytest.mark.parametrize("job", JOBS)
def test_applications_fit_the_operators_schema(manifests, schema, job):
    jsonschema.validate(application(manifests, job), schema)


@pytest.mark.parametrize("job", JOBS)
@pytest.mark.parametrize(
    "path, value",
    [("driver.memoryOverhed", "1g"), ("executor.cores", "two"), ("mode", "remote"), ("restartPolicy.type", "Sometimes")],
)
def test_a_wrong_field_of_each_application_is_found(manifests, schema, job, path, value):
    broken = copy.deepcopy(application(manifests, job))
    *parents, last = path.split(".")
    at = broken["spec"]
    for parent in parents:
        at = at[parent]
    at[last] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, schema)


@pytest.mark.parametrize("job", JOBS)
def test_pods_are_not_root_and_write_only_to_volumes(manifests, job):
    spec = application(manifests, job)["spec"]
    volumes = {volume["name"] for volume in spec["volumes"]}
    for role in ("driver", "executor"):
        pod, container = spec[role]["podSecurityContext"], spec[role]["securityContext"]
        assert pod["runAsNonRoot"] and pod["runAsUser"] == 185
        assert container["readOnlyRootFilesystem"] and not container["allowPrivilegeEscalation"]
        assert container["capabilities"] == {"drop": ["ALL"]}
        mounts = {mount["name"]: mount["mountPath"] for mount in spec[role]["volumeMounts"]}
        assert mounts.keys() <= volumes
        assert mounts["scratch"] == spec["sparkConf"]["spark.local.dir"]
        options = next(e["value"] for e in spec[role]["env"] if e["name"] == "JDK_JAVA_OPTIONS")
        assert f"-Djava.io.tmpdir={mounts['scratch']}" in options and f"-Duser.home={mounts['home']}" in options


@pytest.mark.parametrize("job", JOBS)
def test_the_key_is_a_file_that_only_the_driver_sees(manifests, job):
    spec = application(manifests, job)["spec"]
    assert not [m for m in spec["executor"]["volumeMounts"] if m["name"] == "key"]
    key = next(v for v in spec["volumes"] if v["name"] == "key")
    assert key["secret"]["defaultMode"] == 0o440
    assert "SecretKeyRef" not in json.dumps(spec)


@pytest.mark.parametrize("job", JOBS)
def test_each_runs_its_job_with_its_settings(manifests, job):
    assert application(manifests, job)["metadata"]["name"] == job
    assert application(manifests, job)["spec"]["arguments"][:3] == [job, "--config", "/settings/corpus.conf"]
    settings = next(m for m in manifests[f"jobs/{job}"] if m["kind"] == "ConfigMap")
    assert re.search(rf"^{job} \{{", settings["data"]["corpus.conf"], re.MULTILINE)


def test_only_executors_are_on_nodes_that_may_go(manifests):
    for job in JOBS:
        spec = application(manifests, job)["spec"]
        assert "nodeSelector" not in spec["driver"] and "tolerations" not in spec["driver"]
        assert ("nodeSelector" in spec["executor"]) == (job != "pretrain")
        assert ("gpu" in spec["executor"]) == (job == "pretrain")


def test_the_image_is_pinned_by_its_builder_and_not_root():
    lines = (HERE / "Dockerfile").read_text().splitlines()
    commands = [line for line in lines if line and not line.startswith("#")]
    assert commands[:2] == ["ARG SPARK_IMAGE", "FROM ${SPARK_IMAGE}"]
    assert commands[-1] == "USER 185"
    assert not any("latest" in line for line in commands)
