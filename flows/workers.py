"""Workers of a Dask or Ray cluster, by Prefect's task runners: each task of theirs shows in its
pages.
"""

from __future__ import annotations

import importlib
import ipaddress
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import Context, copy_context
from typing import Any
from urllib.parse import urlsplit

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.settings import PREFECT_API_URL

from litmap.errors import UsageError, WorkerError
from litmap.pipeline.collaborators import Collaborators, open_workers
from litmap.pipeline.task_runners import Pending, TaskRunner
from litmap.pipeline.worker_tasks import Done, EmbedTask, Task, perform
from litmap.settings import Settings

logger = logging.getLogger(__name__)

GPU = "GPU"
"""What Dask's workers with a GPU say they have: `dask worker … --resources GPU=1`."""


@task(cache_policy=NO_CACHE, persist_result=False)
def perform_task(work: Task) -> Done:
    """What a worker of a cluster does; Prefect shows it under the name of its work."""
    return perform(work)


def collaborators() -> Collaborators:
    """The program's own, with workers of clusters. To be called by the flow, outside of its tasks:
    what Prefect knows of the caller travels with each task, and a stage of this process cannot.
    """
    of_flow = copy_context()

    def open_all(settings: Settings) -> AbstractContextManager[TaskRunner | None]:
        is_cluster = settings.workers_runner in _CLUSTERS
        return _open_cluster(settings, of_flow) if is_cluster else open_workers(settings)

    return Collaborators(open_workers=open_all)


@contextmanager
def _open_cluster(settings: Settings, of_flow: Context) -> Iterator[TaskRunner]:
    name, address = settings.workers_runner, settings.workers_address
    _see_that_workers_reach_prefect(address)
    try:
        made = _CLUSTERS[name](settings, of_flow)
    except ImportError as error:
        message = f"workers of {name} need more packages: pip install 'litmap[{name}]'"
        raise UsageError(message, subject=name) from error
    try:
        made.runner.__enter__()
        made.slots()
    except Exception as error:
        made.runner.__exit__(type(error), error, error.__traceback__)
        raise WorkerError(
            f"no {name.capitalize()} cluster answers at {address or 'this machine'}: {error}",
            subject=address,
        ) from error
    try:
        yield made
    finally:
        made.runner.__exit__(None, None, None)


def _see_that_workers_reach_prefect(address: str) -> None:
    """Workers of other machines tell Prefect's server what they do, which must not listen on this
    machine alone. Raises `UsageError`.
    """
    server = PREFECT_API_URL.value() or ""
    if address and not _is_of_this_machine(address) and _is_of_this_machine(server):
        raise UsageError(
            f"workers at {address} cannot reach Prefect's server at {server or 'this machine'}: "
            "start one that listens for them (`prefect server start --host 0.0.0.0`) and set "
            "PREFECT_API_URL to its address",
            subject=address,
        )


def _is_of_this_machine(address: str) -> bool:
    """Whether an address is one of the loopback, or none."""
    host = urlsplit(address).hostname or "localhost"
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class ClusterWorkers(ABC):
    """Workers of a cluster, by Prefect's runner of tasks, for tasks of one flow."""

    def __init__(self, runner: Any, of_flow: Context, *, needs_gpu: bool) -> None:
        self.runner = runner
        self._of_flow = of_flow
        self._needs_gpu = needs_gpu

    @abstractmethod
    def slots(self) -> int:
        """How many tasks can be done at once. Raises `WorkerError` where the cluster is gone."""

    @abstractmethod
    def _on_gpu(self) -> AbstractContextManager[Any]:
        """What is submitted inside goes to workers with a GPU."""

    def submit(self, work: Task) -> Pending:
        """Have a worker do the task; the cluster itself gives it to another where one dies."""
        return self._of_flow.copy().run(self._submit, work)

    def _submit(self, work: Task) -> Pending:
        named = perform_task.with_options(name=str(work))
        needs_gpu = self._needs_gpu and isinstance(work, EmbedTask)
        with self._on_gpu() if needs_gpu else nullcontext():
            pending: Pending = self.runner.submit(named, parameters={"work": work})
        return pending


class DaskWorkers(ClusterWorkers):
    """Workers of a Dask cluster; a slot is a thread of one."""

    def slots(self) -> int:
        """See `ClusterWorkers`."""
        client = self.runner.client
        if client.status not in ("running", "connecting"):
            raise WorkerError(f"Dask's scheduler is gone ({client.status})")
        return sum(client.ncores().values())

    def _on_gpu(self) -> AbstractContextManager[Any]:
        annotated: AbstractContextManager[Any] = importlib.import_module("dask").annotate(
            resources={GPU: 1}
        )
        return annotated


class RayWorkers(ClusterWorkers):
    """Workers of a Ray cluster; a slot is a processor."""

    def slots(self) -> int:
        """See `ClusterWorkers`."""
        ray = importlib.import_module("ray")
        if not ray.is_initialized():
            raise WorkerError("Ray's head is gone")
        return int(ray.cluster_resources().get("CPU", 0))

    def _on_gpu(self) -> AbstractContextManager[Any]:
        options: AbstractContextManager[Any] = importlib.import_module(
            "prefect_ray.context"
        ).remote_options(num_gpus=1)
        return options


def _dask(settings: Settings, of_flow: Context) -> DaskWorkers:
    runners = importlib.import_module("prefect_dask.task_runners")
    if settings.workers_address:
        runner = runners.DaskTaskRunner(address=settings.workers_address)
    else:
        cluster = {"threads_per_worker": 1, "n_workers": settings.readers or None}
        runner = runners.DaskTaskRunner(cluster_kwargs={**cluster, "dashboard_address": None})
    return DaskWorkers(runner, of_flow, needs_gpu=settings.workers_gpu)


def _ray(settings: Settings, of_flow: Context) -> RayWorkers:
    runners = importlib.import_module("prefect_ray.task_runners")
    importlib.import_module("ray")
    more: dict[str, Any] = {"include_dashboard": False, "log_to_driver": False}
    if not settings.workers_address:
        more |= {"num_cpus": settings.readers or None}
    runner = runners.RayTaskRunner(address=settings.workers_address or None, init_kwargs=more)
    return RayWorkers(runner, of_flow, needs_gpu=settings.workers_gpu)


_CLUSTERS: dict[str, Callable[[Settings, Context], ClusterWorkers]] = {
    "dask": _dask,
    "ray": _ray,
}
