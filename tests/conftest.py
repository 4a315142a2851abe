"""What several tests share: the example library, built once by the real pipeline over real HTTP on
loopback.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, settings

from tests.left_behind import Watch
from tests.slow_tests import SlowTests

ROOT = Path(__file__).parent.parent
os.environ.pop(
    "COLUMNS", None
)  # of the terminal that pytest was started in: lines would break otherwise

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
def common(tmp_path_factory):
    """A folder of all processes that run these tests."""
    own = tmp_path_factory.getbasetemp()
    folder = own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own
    folder /= "common"
    (folder / "models").mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def new_state(tmp_path_factory, common):
    """Makes folders that stand for the user's cache folder. They have the models in common, which
    take seconds to bring into the form that runs fastest.
    """

    def make():
        folder = tmp_path_factory.mktemp("state")
        (folder / "models").symlink_to(common / "models", target_is_directory=True)
        return folder

    return make


@pytest.fixture(scope="session")
def state(new_state):
    """The folder that stands for the user's cache folder."""
    return new_state()


@pytest.fixture(scope="session")
def new_prefect_home(tmp_path_factory, common):
    """Makes folders for Prefect with an empty database of its newest format; to make that from
    nothing, as a first start does, takes each server seconds.
    """
    ready = common / "prefect"
    with FileLock(common / "prefect.lock"):
        if not ready.exists():
            made = tmp_path_factory.mktemp("prefect")
            command = [sys.executable, "-m", "prefect", "server", "database", "upgrade", "-y"]
            own = {**os.environ, "PREFECT_HOME": str(made)}
            subprocess.run(command, env=own, check=True, capture_output=True)
            made.rename(ready)
    return lambda: shutil.copytree(ready, tmp_path_factory.mktemp("prefect") / "home")


@pytest.fixture(scope="session")
def example_library(tmp_path_factory, common, web, state):
    """A library built from the example notes without Prefect; not to be written to. The first
    process that needs it builds it, and each has a copy.
    """
    from litmap.examples import NOTES

    from litmap.pipeline import refresh
    from litmap.settings import load_settings

    built = common / "library"
    with FileLock(common / "library.lock"):
        if not built.exists():
            library = tmp_path_factory.mktemp("built") / "library"
            with patch.dict(os.environ, web):
                refresh(load_settings({"library": library, "notes": (str(NOTES),), "state": state}))
            library.rename(built)
    return shutil.copytree(built, tmp_path_factory.mktemp("examples") / "library")


@pytest.fixture
def at_examples(web, state, monkeypatch):
    """This process's environment: the examples' server as the web, a cache folder of the tests'
    own.
    """
    for name, value in {**web, "LITMAP_STATE": str(state)}.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def draw_page(monkeypatch, state):
    """Draws what a function shows, with the app's pages to link to, for a visitor who may change
    things; without a browser.
    """
    testing = pytest.importorskip("streamlit.testing.v1")
    monkeypatch.setenv("LITMAP_STATE", str(state))
    monkeypatch.setattr("litmap.ui.state.may_change", lambda: True)

    def draw(library, script, *args):
        monkeypatch.setenv("LITMAP_LIBRARY", str(library))
        return testing.AppTest.from_function(script, default_timeout=240, args=args).run()

    return draw


@pytest.fixture(scope="module")
def browser():
    """Chromium without a window, for all tests of a file."""
    from tests.app_browser import running_browser

    with running_browser() as driver:
        yield driver


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
def scholarly_web(running_scholarly_web, monkeypatch, new_state):
    """The stand-in for the scholarly web (`tests/scholarly_web`) as this process's web, as at its
    start, and a cache folder of the test's own: what was refused elsewhere is not remembered here.
    """
    for name, value in running_scholarly_web.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("LITMAP_STATE", str(new_state()))
    running_scholarly_web.reset()
    yield running_scholarly_web
    running_scholarly_web.reset()


@pytest.fixture(scope="session")
def postgres_server():
    """The address of a PostgreSQL server for the tests of this process."""
    from tests import postgres_server

    with postgres_server.serve() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_catalogue(request, tmp_path):
    """The path by which an empty catalogue is opened, for each database that may hold one."""
    from tests import postgres_server

    folder = tmp_path / "library"
    if request.param == "postgresql":
        return postgres_server.empty_catalogue(request.getfixturevalue("postgres_server"), folder)
    return folder / "catalogue.sqlite"
