from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support.corpus import corpus_path, has_corpus
from tests.support.golden import Golden

HERE = Path(__file__).resolve().parent

# The same examples on every run of CI; a person's runs look for new ones.
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("dev", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "dev")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write tests/golden instead of comparing with it"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: needs a server or the runtime; left out by 'make test-fast'")
    if config.getoption("--update-golden") and os.environ.get("CI"):
        raise pytest.UsageError("golden files are updated by a person who reads the difference, never in CI")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not has_corpus():
        terminalreporter.write_sep(
            "!", f"no corpus at {corpus_path()}: its tests were SKIPPED", red=True, bold=True
        )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    return Golden(HERE / "golden", update=bool(request.config.getoption("--update-golden")))
