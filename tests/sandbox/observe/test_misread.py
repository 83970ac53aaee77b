"""What a browser shows of a page that does not say its encoding."""

from __future__ import annotations

import pytest

from sandbox.observing.misread import reread
from tests.requirements import requirement

SERVED = "<li>Café Zoë</li><li>Плов – 5 €</li><li>Ã la carte</li>"


@pytest.mark.parametrize("written", ["Café Zoë", "Плов – 5 €", "Café and Zoë"])
@requirement("LEARN-2")
def test_letters_that_a_browser_misread_are_those_that_were_served(written: str) -> None:
    shown = "".join(
        bytes([b]).decode("cp1252" if b not in b"\x81\x8d\x8f\x90\x9d" else "latin-1") for b in written.encode()
    )
    assert shown != written
    assert reread(shown, SERVED) == written


@pytest.mark.parametrize("shown", ["Café Zoë", "Ã la carte", "naïve – plain", "Ã¼ made by a script", ""])
def test_what_was_not_misread_is_left_alone(shown: str) -> None:
    assert reread(shown, SERVED) == shown
