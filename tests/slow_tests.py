"""Which tests are slow: told at the end, and begun with where several processes share the tests."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

WORTH_TELLING_S = 10.0
SHOWN = 15


class SlowTests:
    """A plugin: what each test took with its fixtures, and what part of all that is."""

    def __init__(self) -> None:
        self._took: Counter[str] = Counter()
        self._slow: set[str] = set()

    @pytest.hookimpl(trylast=True)  # after the tests are put in another order
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Files with slow tests first in each process of several, so that none of them is what the
        last works on while the others have nothing left to do.
        """
        if hasattr(config, "workerinput"):
            slow = {item.path for item in items if item.get_closest_marker("slow")}
            items.sort(key=lambda item: item.path not in slow)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._took[report.nodeid] += report.duration
        if "slow" in report.keywords:
            self._slow.add(report.nodeid)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        whole = self._took.total()
        if whole < WORTH_TELLING_S:
            return
        terminalreporter.section(f"slowest of {len(self._took)} tests, {whole:.0f} s")
        rows = [(seconds, name) for name, seconds in self._took.most_common(SHOWN)]
        rows.append((sum(seconds for seconds, _ in rows), f"these {len(rows)}"))
        rows.append((sum(self._took[name] for name in self._slow), "all marked slow"))
        files: Counter[str] = Counter()
        for name, seconds in self._took.items():
            files[name.partition("::")[0]] += seconds
        rows += [(seconds, name) for name, seconds in files.most_common(SHOWN)]
        for seconds, name in rows:
            terminalreporter.write_line(f"{seconds:7.1f} s {seconds / whole:6.1%}  {name}")
