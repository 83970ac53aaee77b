"""Bodies whose encoding is named wrongly, in several places, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.facade.http.charset import text_of
from tests.requirements import requirement

CAFE = "Café à Zoë"
RUSSIAN = "Концерт в Москве"
HTML = "text/html"

BODIES = {
    "the header says latin-1 and it is UTF-8": (CAFE.encode(), f"{HTML}; charset=iso-8859-1", CAFE),
    "the page says latin-1 and it is UTF-8": (b"<meta charset=latin-1>" + CAFE.encode(), HTML, CAFE),
    "the header says UTF-8 and the page rightly windows-1251": (
        b"<meta charset=windows-1251>" + RUSSIAN.encode("cp1251"),
        f"{HTML}; charset=utf-8",
        RUSSIAN,
    ),
    "the header says UTF-8 and it is Western": (CAFE.encode("cp1252"), f"{HTML}; charset=utf-8", CAFE),
    "nothing is said and it is UTF-8": (RUSSIAN.encode(), HTML, RUSSIAN),
    "nothing is said and it is Western": ("“Café” – 5 €".encode("cp1252"), HTML, "“Café” – 5 €"),
    "latin-1 means windows-1252": ("5 € “x”".encode("cp1252"), f"{HTML}; charset=latin-1", "5 € “x”"),
    "a mark beats the header": (RUSSIAN.encode("utf-16"), f"{HTML}; charset=utf-8", RUSSIAN),
    "UTF-16 by the header alone": (RUSSIAN.encode("utf-16-le"), f"{HTML}; charset=utf-16", RUSSIAN),
    "UTF-16 without a mark": ("<h1>List of all</h1>".encode("utf-16-be"), HTML, "<h1>List of all</h1>"),
    "the page says UTF-16, which it cannot be": (b"<meta charset=utf-16>" + CAFE.encode(), HTML, CAFE),
    "one broken letter spoils no page": (CAFE.encode() + b"\xc3 x", HTML, CAFE + "\ufffd x"),
    "an unknown name says nothing": (CAFE.encode(), f"{HTML}; charset=utf-99", CAFE),
    "a codec that unpacks is no charset": (CAFE.encode(), f"{HTML}; charset=zip", CAFE),
    "escapes are no charset": (rb"\ud800", f"{HTML}; charset=unicode_escape", r"\ud800"),
    "a codec that always fails is no charset": (CAFE.encode(), f"{HTML}; charset=undefined", CAFE),
    "names of hosts are no charset": (CAFE.encode(), f"{HTML}; charset=idna", CAFE),
    "half a pair is no letter": (b"+2AA-", f"{HTML}; charset=utf-7", "+2AA-"),
    "an old Cyrillic": (RUSSIAN.encode("iso8859-5"), f"{HTML}; charset=ISO-8859-5", RUSSIAN),
    "an old Hebrew": ("שלום".encode("iso8859-8"), f"{HTML}; charset=iso-8859-8", "שלום"),
    "XML names it": (b'<?xml version="1.0" encoding="windows-1251"?>' + RUSSIAN.encode("cp1251"), "", RUSSIAN),
    "Japanese": (b"<meta charset=shift_jis>" + "音楽会".encode("cp932"), HTML, "音楽会"),
}


@pytest.mark.parametrize("case", BODIES)
@requirement("LEARN-2")
def test_a_body_is_read_as_it_was_written(case: str) -> None:
    content, content_type, wanted = BODIES[case]
    assert text_of(content, content_type).endswith(wanted)


@given(
    st.binary(max_size=300),
    st.sampled_from([HTML, "", f"{HTML}; charset=utf-7", f"{HTML}; charset=punycode", "image/png", "a; charset=\x00"]),
)
def test_no_body_and_no_header_makes_it_raise(content: bytes, content_type: str) -> None:
    text_of(content, content_type).encode()  # no lone surrogates either: nothing could store or send them
