"""What several tests share: the example library, built once by the real pipeline over real HTTP on
loopback.
"""

import os
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, settings

from tests.left_behind import Watch
from tests.slow_tests import SlowTests

ROOT = Path(__file__).parent.parent

settings.register_profile(
    "desk", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)  # how fast examples come says how busy the machine is
settings.register_profile(
    "ci", settings.get_profile("desk"), derandomize=True
)  # one commit, one verdict; new examples are found at the desk
settings.load_profile("ci" if os.environ.get("CI") else "desk")


def pytest_configure(config):
    config.pluginmanager.register(Watch(), "left-behind")
    config.pluginmanager.register(SlowTests(), "slow-tests")


@pytest.fixture(scope="session")
def web():
    """The environment that makes clients reach the examples' server instead of the web."""
    from litmap.examples import server

    with server.serve() as environment:
        yield environment


@pytest.fixture(scope="session")
def state(tmp_path_factory):
    """The folder that stands for the user's cache folder."""
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="session")
def example_library(tmp_path_factory, web, state):
    """A library built from the example notes without Prefect; not to be written to."""
    from litmap.examples import NOTES

    from litmap.pipeline import refresh
    from litmap.settings import load_settings

    library = tmp_path_factory.mktemp("examples") / "library"
    with patch.dict(os.environ, web):
        refresh(load_settings({"library": library, "notes": (str(NOTES),), "state": state}))
    return library


@pytest.fixture
def at_examples(web, state, monkeypatch):
    """This process's environment: the examples' server as the web, a cache folder of the tests'
    own.
    """
    for name, value in {**web, "LITMAP_STATE": str(state)}.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def site(monkeypatch):
    """A server on loopback that a client reaches directly, whatever proxy this process has."""
    from tests import loopback

    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with loopback.serve() as running:
        yield running


@pytest.fixture(scope="session")
def running_scholarly_web():
    from tests import scholarly_web

    with scholarly_web.serve() as web:
        yield web


@pytest.fixture
def scholarly_web(running_scholarly_web, monkeypatch, tmp_path_factory):
    """The stand-in for the scholarly web (`tests/scholarly_web`) as this process's web, as at its
    start, and a cache folder of the test's own: what was refused elsewhere is not remembered here.
    """
    for name, value in running_scholarly_web.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("LITMAP_STATE", str(tmp_path_factory.mktemp("state")))
    running_scholarly_web.reset()
    yield running_scholarly_web
    running_scholarly_web.reset()
