"""docs/kubernetes against the schemas of Kubernetes, and against what it runs."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
from django.urls import resolve
from ruamel.yaml import YAML

from runfit import __version__
from runfit.env import Environment
from tests.deployment.image import instructions

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "kubernetes"
KUBERNETES = ("1.31", "1.35")
"""The oldest and the newest that the files are for."""
AWS = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"}


def objects() -> list[dict[str, Any]]:
    files = sorted(FOLDER.glob("*.yaml"))
    return [each for file in files for each in YAML(typ="safe").load_all(file.read_text())]


def of_kind(kind: str) -> list[dict[str, Any]]:
    return [each for each in objects() if each["kind"] == kind]


def pods() -> dict[str, dict[str, Any]]:
    """The specs of pods, by part."""
    jobs = [each["spec"]["jobTemplate"] for each in of_kind("CronJob")]
    owners = [*of_kind("Deployment"), *of_kind("Job"), *jobs]
    templates = [each["spec"]["template"] for each in owners]
    return {each["metadata"]["labels"]["part"]: each["spec"] for each in templates}


def container(part: str) -> dict[str, Any]:
    (only,) = pods()[part]["containers"]
    return dict(only)


def image(word: str) -> list[str]:
    return [rest for name, rest in instructions() if name == word]


@pytest.mark.parametrize("version", KUBERNETES)
def test_each_object_fits_its_schema(version):
    for each in objects():
        kubernetes_validate.validate(each, version, strict=True)


def test_a_word_that_kubernetes_does_not_know_is_found():
    wrong = of_kind("Deployment")[0]
    wrong["spec"]["template"]["spec"]["containers"][0]["livenesProbe"] = {}

    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, KUBERNETES[-1], strict=True)


def test_each_part_is_there_as_often_as_it_should_be():
    replicas = {
        each["metadata"]["name"]: each["spec"]["replicas"] for each in of_kind("Deployment")
    }

    assert replicas == {"runfit-web": 2, "runfit-worker": 2, "runfit-beat": 2}
    assert {*pods()} == {"web", "worker", "beat", "prepare", "backup"}


@pytest.mark.parametrize("part", pods())
def test_each_pod_is_confined(part):
    pod, own = pods()[part], container(part)

    user = pod["securityContext"]
    assert user["runAsNonRoot"]
    assert image("USER") == [str(user["runAsUser"])] == [str(user["fsGroup"])]
    assert own["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert own["resources"]["limits"]["memory"]
    assert own["image"].rpartition(":")[2] == __version__
    assert {mount["name"] for mount in own["volumeMounts"]} == {
        volume["name"] for volume in pod["volumes"]
    }
    assert {next(iter(each.values()))["name"] for each in own["envFrom"]} == {"runfit"}


def test_settings_are_those_of_the_code():
    (config,), (secret,) = of_kind("ConfigMap"), of_kind("Secret")
    names = {*config["data"], *secret["stringData"]}

    assert names - AWS <= {field.name.upper() for field in fields(Environment)}
    assert names >= {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "SITE_URL", "FILES_URL"}
    folder = str(Path(config["data"]["ERASURE_LIST"]).parent)
    mounts = {mount["mountPath"] for mount in container("web")["volumeMounts"]}
    assert mounts == {"/tmp", "/var/lib/runfit", folder}
    assert (
        config["data"]["SITE_URL"] == f"https://{of_kind('Ingress')[0]['spec']['rules'][0]['host']}"
    )


def test_requests_find_their_way_to_web():
    (port,) = container("web")["ports"]
    (service,), (ingress,) = of_kind("Service"), of_kind("Ingress")

    assert image("EXPOSE") == [str(port["containerPort"])]
    assert service["spec"]["ports"][0]["targetPort"] == port["name"]
    (rule,) = ingress["spec"]["rules"]
    backend = rule["http"]["paths"][0]["backend"]["service"]
    assert backend == {"name": service["metadata"]["name"], "port": {"name": "http"}}
    labels = {"app": "runfit", "part": "web"}
    (policy,) = of_kind("NetworkPolicy")
    assert service["spec"]["selector"] == policy["spec"]["podSelector"]["matchLabels"] == labels


@pytest.mark.parametrize("probe", ["startupProbe", "readinessProbe", "livenessProbe"])
def test_probes_ask_what_web_answers(client, db, probe):
    asked = container("web")[probe]["httpGet"]
    host = {each["name"]: each["value"] for each in asked["httpHeaders"]}

    resolve(asked["path"])
    assert client.get(asked["path"], headers=host).status_code == 200


def test_commands_are_those_of_compose():
    compose = YAML(typ="safe").load((ROOT / "docker-compose.yml").read_text())["services"]

    assert container("worker")["command"] == compose["worker"]["command"]
    assert container("prepare")["command"] == compose["prepare"]["command"]
    assert container("beat")["command"] == compose["beat"]["command"]
    grace = pods()["worker"]["terminationGracePeriodSeconds"]
    assert f"{grace}s" == compose["worker"]["stop_grace_period"]


def test_the_page_names_each_file():
    page = (FOLDER / "README.md").read_text()

    assert {*re.findall(r"`(\w+\.yaml)`", page)} == {file.name for file in FOLDER.glob("*.yaml")}
