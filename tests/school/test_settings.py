"""Settings: validated at the start, with errors that name the variable; the example file lists them all."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from domain.errors import SettingsProblem
from school.settings import load_settings
from school.settings_docs import env_example
from tests.requirements import requirement

ROOT = Path(__file__).resolve().parents[2]


@requirement("OPS-2")
def test_the_example_file_is_fresh() -> None:
    assert (ROOT / ".env.example").read_text() == env_example()


@requirement("OPS-2")
def test_a_wrong_value_is_named_with_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENT_SCHOOL_NATIVE_TOOLS", "many")
    with pytest.raises(SettingsProblem, match="AGENT_SCHOOL_NATIVE_TOOLS"):
        load_settings()


@requirement("OPS-2", "PLAN-3")
def test_a_held_clock_without_a_zone_is_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENT_SCHOOL_NOW", "2027-05-12T09:00:00")
    now = load_settings().now
    assert now is not None
    assert now.utcoffset() == timedelta(0)


@requirement("OPS-2")
def test_lists_are_given_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENT_SCHOOL_PRIVATE_HOSTS", "127.0.0.1:8000, localhost")
    assert load_settings().private_hosts == ("127.0.0.1:8000", "localhost")


@requirement("OPS-2")
def test_keys_never_show_in_the_settings_own_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    assert "very-secret" not in repr(load_settings())
