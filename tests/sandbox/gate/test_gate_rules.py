"""The table of the gate and its reference page."""

from __future__ import annotations

from pathlib import Path

from playwright._impl._protocol import COMMANDS as PROTOCOL
from playwright._impl._protocol import EXTENDS

from sandbox.gate_rules import COMMANDS, markdown
from tests.requirements import requirement


@requirement("BOX-5")
def test_the_reference_page_shows_the_table_as_it_is():
    assert Path("docs/reference/gate.md").read_text(encoding="utf-8") == markdown()


@requirement("BOX-5")
def test_every_method_and_parameter_of_the_table_exists_in_the_pinned_protocol():
    for kind, methods in COMMANDS.items():
        if kind == "Root":
            continue  # answered by the gate; the protocol describes it elsewhere
        known = {**PROTOCOL.get(EXTENDS.get(kind, ""), {}), **PROTOCOL[kind]}
        for name, method in methods.items():
            assert set(method.parameters) <= set(known[name]), f"{kind}.{name}"
