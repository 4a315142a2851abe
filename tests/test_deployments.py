"""What is deployed: to Prefect's work pools, and in containers as far as no engine is needed."""

import fnmatch
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml

from tests.test_flows import ask, environment
from tests.waiting import ending, until

ROOT = Path(__file__).parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
DEPLOYMENTS = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]


@pytest.fixture(scope="module")
def prefect_home(new_prefect_home):
    return new_prefect_home()


# ── work pools ────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda d: d["name"])
def test_a_deployment_names_the_flow_that_tries_again(deployment):
    from prefect.flows import load_flow_from_entrypoint

    flow = load_flow_from_entrypoint(deployment["entrypoint"])
    assert flow.name == "refresh"
    assert flow.retries == 2
    assert flow.timeout_seconds == 24 * 3600


@pytest.mark.slow
@pytest.mark.usefixtures("at_examples")
def test_a_worker_runs_what_is_deployed(example_library, prefect_home, tmp_path, monkeypatch):
    """Server, pool, deployment and worker as the page says, and one run to its end."""
    from litmap.flows.server import running_server

    library = tmp_path / "library"
    shutil.copytree(example_library, library)
    monkeypatch.setenv("PREFECT_HOME", str(prefect_home))
    with running_server("--no-ui", "--no-late-runs") as address:
        own = environment(prefect_home) | {
            "PREFECT_API_URL": f"{address}/api",
            "LITMAP_LIBRARY": str(library),
            "TZ": "Europe/Berlin",
        }

        def prefect(*words):
            done = subprocess.run(
                [sys.executable, "-m", "prefect", *words],
                env=own, cwd=ROOT, capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert done.returncode == 0, done.stdout + done.stderr

        prefect("work-pool", "create", "--type", "process", "papers")
        prefect("--no-prompt", "deploy", "--name", "papers")
        (deployed,) = ask(f"{address}/api/deployments/filter", {})
        assert deployed["schedules"][0]["schedule"]["timezone"] == "Europe/Berlin"
        assert str(ROOT) not in str(deployed), "a container has no such folder"
        prefect("deployment", "run", "refresh/papers")
        worker = [sys.executable, "-m", "prefect", "worker", "start", "--pool", "papers"]
        silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        ended = {"type": {"any_": ["COMPLETED", "FAILED", "CRASHED"]}}
        own_runs = {"any_": [deployed["id"]]}  # other tests' runs may be on the server
        completed = {"flow_runs": {"state": ended, "deployment_id": own_runs}}
        with ending(subprocess.Popen(worker, env=own, cwd=tmp_path, **silent)):
            (run,) = until(lambda: ask(f"{address}/api/flow_runs/filter", completed), seconds=600)
        assert run["state"]["name"] == "Completed"
        assert run["deployment_id"] == deployed["id"]
        assert run["name"] == f"refresh {library}"


FAILS_ONCE = """
import sys
from litmap.flows import refresh as flows
from litmap.flows.server import running_server

tries = []

def fails_once(settings):
    tries.append(str(settings.library))
    if len(tries) == 1:
        raise LibraryError("the disk was not there yet")
    return {"tries": tries}

flows._refreshed = fails_once
with running_server("--no-ui", "--no-scheduler", "--no-late-runs"):
    at_once = flows.scheduled_refresh.with_options(retry_delay_seconds=0)
    print(at_once(sys.argv[1]))
"""


@pytest.mark.slow
def test_a_scheduled_refresh_that_fails_is_tried_again(prefect_home, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", FAILS_ONCE, str(tmp_path)],
        env=environment(prefect_home), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.strip() == str({"tries": [str(tmp_path)] * 2}), done.stderr[-2000:]


# ── the image ─────────────────────────────────────────────────────────────────────────────────────
def copied() -> list[str]:
    """What the Dockerfile copies out of the project."""
    lines = [line.split()[1:-1] for line in DOCKERFILE.splitlines() if line.startswith("COPY ")]
    return [name for line in lines for name in line]


def is_sent(name: str) -> bool:
    """Whether `.dockerignore` lets a file through; its last pattern that fits counts."""
    sent = True
    for pattern in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        plain = pattern.removeprefix("!").removeprefix("**/")
        if pattern and not pattern.startswith("#"):
            parts = Path(name).parts if "**" in pattern else (Path(name).parts[0],)
            if any(fnmatch.fnmatch(part, plain) for part in parts):
                sent = pattern.startswith("!")
    return sent


def test_all_that_is_copied_is_there_and_sent():
    assert len(copied()) > 5
    for name in copied():
        assert (ROOT / name).exists(), name
        assert is_sent(name), name


@pytest.mark.parametrize(
    "name",
    [
        ".git/config",
        ".venv/bin/python",
        "index/catalogue.sqlite",
        "tests/x.py",
        "flows/__pycache__/x.pyc",
    ],
)
def test_nothing_of_the_desk_is_sent(name):
    assert not is_sent(name)


@pytest.mark.slow
def test_what_is_sent_is_enough_to_install(tmp_path):
    """The package built from the copied files alone holds what the project's own holds."""
    context = tmp_path / "context"
    context.mkdir()
    for name in copied():
        source, target = ROOT / name, context / name
        if source.is_dir():
            shutil.copytree(
                source, target, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info")
            )
        else:
            shutil.copy(source, target)
    code = "from setuptools import build_meta as b; print(b.build_wheel('.'))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=context, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    with zipfile.ZipFile(next(context.glob("*.whl"))) as wheel:
        names = set(wheel.namelist())
    assert {"litmap/flows/refresh.py", "litmap/schedules/due.py", "litmap/ui/style.css"} <= names


def test_the_image_has_no_registry_s_host_and_runs_as_nobody_in_particular():
    assert "://" not in DOCKERFILE
    assert re.search(r"^USER 1000$", DOCKERFILE, re.M)


@pytest.mark.skipif(not shutil.which("hadolint"), reason="hadolint is not installed")
def test_hadolint_finds_no_fault():
    done = subprocess.run(
        ["hadolint", str(ROOT / "Dockerfile")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


# ── the compose file ──────────────────────────────────────────────────────────────────────────────
def test_all_services_share_one_volume_and_only_read_the_notes():
    assert list(COMPOSE["volumes"]) == ["papers"]
    for service in COMPOSE["services"].values():
        assert service["volumes"][0] == "papers:/papers"
        assert service["volumes"][1].endswith(":/notes:ro")


def test_ports_are_open_to_this_machine_alone():
    ports = [p for service in COMPOSE["services"].values() for p in service.get("ports", ())]
    assert len(ports) == 2
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_what_the_worker_deploys_is_in_prefect_s_file():
    command = COMPOSE["services"]["worker"]["command"][-1]
    (name,) = re.findall(r"deploy --name (\S+)", command)
    (pool,) = re.findall(r"worker start --pool (\S+)", command)
    (deployment,) = [d for d in DEPLOYMENTS if d["name"] == name]
    assert deployment["work_pool"]["name"] == pool


def test_a_container_of_the_docker_pool_has_compose_s_volume_network_and_server():
    (deployment,) = [d for d in DEPLOYMENTS if d["name"] == "papers-docker"]
    given = deployment["work_pool"]["job_variables"]
    project = COMPOSE["name"]
    assert given["image"] == COMPOSE["services"]["worker"]["image"]
    assert given["volumes"][0] == f"{project}_papers:/papers"
    assert given["networks"] == [f"{project}_default"]
    assert given["env"] == {
        "PREFECT_API_URL": COMPOSE["services"]["worker"]["environment"]["PREFECT_API_URL"]
    }


@pytest.mark.parametrize("service", ["server", "worker", "app"])
def test_a_service_starts_a_program_that_the_image_has(service):
    from litmap.cli import build_parser

    command = COMPOSE["services"][service]["command"]
    assert command[0] in {"prefect", "litmap", "sh"}
    if command[0] == "litmap":
        build_parser().parse_args(command[1:])
    assert os.environ.get("PREFECT_API_URL") is None


# ── Kubernetes ────────────────────────────────────────────────────────────────────────────────────
KUBERNETES = list(yaml.safe_load_all((ROOT / "kubernetes.yaml").read_text(encoding="utf-8")))


def pods():
    """Each kind's name, the labels of its pods, and what they are."""
    for thing in KUBERNETES:
        spec = thing.get("spec", {})
        if thing["kind"] == "CronJob":
            yield thing["metadata"]["name"], {}, spec["jobTemplate"]["spec"]["template"]["spec"]
        elif thing["kind"] == "Deployment":
            labels = spec["template"]["metadata"]["labels"]
            assert labels == spec["selector"]["matchLabels"]
            yield thing["metadata"]["name"], labels, spec["template"]["spec"]


def named(kind):
    return {t["metadata"]["name"]: t["spec"] for t in KUBERNETES if t["kind"] == kind}


def test_volumes_of_pods_are_claimed_and_the_notes_only_read():
    claims = named("PersistentVolumeClaim")
    for _, _, pod in pods():
        volumes = {v["name"]: v["persistentVolumeClaim"] for v in pod.get("volumes", ())}
        assert {volume["claimName"] for volume in volumes.values()} <= claims.keys()
        mounts = {m["name"]: m for c in pod["containers"] for m in c.get("volumeMounts", ())}
        assert mounts.keys() == volumes.keys()
        assert {m["mountPath"] for m in mounts.values()} <= {"/papers", "/notes"}
        assert "notes" not in mounts or mounts["notes"]["readOnly"]


def test_services_lead_to_pods_and_workers_to_the_scheduler():
    labels = [own for _, own, _ in pods()]
    services = named("Service")
    for service in services.values():
        assert service["selector"] in labels
    (port,) = services["litmap-scheduler"]["ports"]
    address = f"tcp://litmap-scheduler:{port['port']}"
    by_name = {name: pod["containers"][0] for name, _, pod in pods()}
    assert address in by_name["litmap-workers"]["args"]
    assert str(port["port"]) in by_name["litmap-scheduler"]["args"]
    given = {own["name"]: own.get("value") for own in by_name["litmap-refresh"]["env"]}
    assert given == {"LITMAP_WORKERS_RUNNER": "dask", "LITMAP_WORKERS_ADDRESS": address}
    (deployment,) = [d for d in DEPLOYMENTS if d["name"] == "papers-kubernetes"]
    assert deployment["work_pool"]["job_variables"]["env"] == given
    assert {pod["image"] for pod in by_name.values()} == {
        deployment["work_pool"]["job_variables"]["image"]
    }


def test_pods_start_programs_that_the_image_has():
    from litmap.cli import build_parser

    for _, _, pod in pods():
        (container,) = pod["containers"]
        program, *arguments = container["args"]
        assert program in {"litmap", "dask"}
        if program == "litmap":
            build_parser().parse_args(arguments)
