"""Runs that a killed schedule left behind: late ones, and ones that still seem to run."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from prefect import get_client
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.exceptions import ObjectNotFound
from prefect.states import Crashed

from litmap.lock import is_held
from litmap.paths import LibraryPaths

OPEN = (StateType.SCHEDULED, StateType.PENDING, StateType.RUNNING)


def clear_leftovers(deployment: str, library: Path) -> None:
    """Remove the runs of a deployment whose time has passed, and tell that those have crashed that
    seem to run while nothing writes the library. What was missed is made up for by one new run.
    """
    with get_client(sync_client=True) as client:
        try:
            number = client.read_deployment_by_name(deployment).id
        except ObjectNotFound:
            return
        now = datetime.now(UTC)
        is_written = is_held(LibraryPaths(library).lock)
        while left := _past(client, number, now, running=not is_written):
            for run in left:
                if run.state_type is StateType.SCHEDULED:
                    client.delete_flow_run(run.id)
                else:
                    ended: State[None] = Crashed(message="The schedule that ran it was killed.")
                    client.set_flow_run_state(run.id, ended, force=True)


def _past(client: SyncPrefectClient, deployment: UUID, now: Any, *, running: bool) -> list[FlowRun]:
    """Open runs that were to start before now; a page of them."""
    kinds = OPEN if running else OPEN[:1]
    runs = client.read_flow_runs(
        deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[deployment])),
        flow_run_filter=FlowRunFilter(
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(kinds))),
            expected_start_time=FlowRunFilterExpectedStartTime(before_=now),
        ),
    )
    return list(runs)
