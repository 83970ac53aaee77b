from __future__ import annotations

import base64
import json
import stat
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import SettingsProblem
from sandbox.secrets import MARK, Redactor, Secret, SecretStore
from tests.requirements import requirement

pytestmark = requirement("OPS-7")

TOKEN = Secret(name="token", host="api.example", place="header", key="X-Key", value="s3cr3t/v+lue")


def test_a_secret_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    SecretStore(tmp_path).add("ann", TOKEN)
    again = SecretStore(tmp_path)
    assert again.allowed("ann", ["token", "other"]) == (TOKEN,)
    assert again.allowed("bob", ["token"]) == ()
    assert again.names("ann") == (("token", "api.example", "header"),)


def test_the_file_is_readable_by_its_user_alone(tmp_path: Path) -> None:
    SecretStore(tmp_path / "secrets").add("ann", TOKEN)
    (file,) = (tmp_path / "secrets").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert "ann" not in file.name


def test_a_file_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    SecretStore(tmp_path).add("ann", TOKEN)
    (file,) = tmp_path.iterdir()
    file.chmod(0o644)
    with pytest.raises(SettingsProblem, match="read by others"):
        SecretStore(tmp_path).allowed("ann", ["token"])


def test_a_damaged_file_is_an_error(tmp_path: Path) -> None:
    SecretStore(tmp_path).add("ann", TOKEN)
    (file,) = tmp_path.iterdir()
    file.write_text("{")
    with pytest.raises(SettingsProblem, match="damaged"):
        SecretStore(tmp_path).names("ann")


def test_a_secret_can_be_replaced_and_removed(tmp_path: Path) -> None:
    store = SecretStore(tmp_path)
    store.add("ann", TOKEN)
    store.add("ann", TOKEN.model_copy(update={"value": "another"}))
    assert store.allowed("ann", ["token"])[0].value == "another"
    assert store.remove("ann", "token")
    assert not store.remove("ann", "token")
    assert store.names("ann") == ()


@pytest.mark.parametrize(
    "change", [{"value": "abc"}, {"value": "with\nbreak"}, {"key": "a\r"}, {"host": "API.example"}, {"host": "a/b"},
               {"host": ""}, {"name": ""}, {"key": ""}],
)  # fmt: skip
def test_a_secret_that_cannot_be_used_is_refused(tmp_path: Path, change: dict[str, str]) -> None:
    with pytest.raises(SettingsProblem):
        SecretStore(tmp_path).add("ann", TOKEN.model_copy(update=change))


def test_a_store_without_a_folder_is_empty_and_keeps_nothing() -> None:
    assert SecretStore(None).allowed("ann", ["token"]) == ()
    with pytest.raises(SettingsProblem, match="folder"):
        SecretStore(None).add("ann", TOKEN)


def test_a_secret_does_not_show_its_value() -> None:
    assert TOKEN.value not in repr(TOKEN)
    assert TOKEN.value not in str(TOKEN)


@given(st.text(min_size=7).filter(lambda t: MARK not in t and t.isprintable() and t.strip() == t), st.text(), st.text())
def test_no_common_spelling_of_a_secret_survives(value: str, before: str, after: str) -> None:
    redactor = Redactor([TOKEN.model_copy(update={"value": value})])
    encoded = base64.b64encode(value.encode()).decode()
    for spelling in (value, quote(value), quote(value, safe=""), quote_plus(value), json.dumps(value)[1:-1], encoded):
        assert value not in redactor.text(f"{before}{spelling}{after}") or value in before + after
        assert spelling not in redactor.text(f"<{spelling}>").replace(MARK, "")


@pytest.mark.parametrize("lead", ["", "a", "ab", "abc"])
def test_a_secret_inside_longer_base64_is_found(lead: str) -> None:
    text = base64.b64encode(f"{lead}{TOKEN.value} and more".encode()).decode()
    assert MARK in Redactor([TOKEN]).text(text)


def test_basic_credentials_are_found_as_a_browser_sends_them() -> None:
    secret = TOKEN.model_copy(update={"place": "basic", "key": "ann"})
    sent = base64.b64encode(b"ann:" + TOKEN.value.encode()).decode()
    assert MARK in Redactor([secret]).text(f"Basic {sent}")


def test_rows_are_cleaned_in_values_and_names() -> None:
    rows = {"rows": [{"a": f"x{TOKEN.value}", TOKEN.value: 1, "n": 2.5, "none": None}]}
    assert Redactor([TOKEN]).json(rows) == {"rows": [{"a": f"x{MARK}", MARK: 1, "n": 2.5, "none": None}]}
    assert Redactor([]).json(rows) is rows
    assert Redactor([TOKEN]).data(TOKEN.value.encode() * 2) == MARK.encode() * 2
