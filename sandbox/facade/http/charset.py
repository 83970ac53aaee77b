"""The text of an answer's body, also where the site says nothing or something wrong about its encoding.

Shared by the children, the observer and the recordings, so that all of them read a body the same way. Every codec
that is used here is loaded with this module: a child cannot open the files that hold them.
"""

from __future__ import annotations

import codecs
import re
from encodings import normalize_encoding
from encodings.aliases import aliases
from typing import Final

_HEADER: Final = re.compile(r"charset=[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_META: Final = re.compile(rb"<meta[^>]+charset=[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_XML: Final = re.compile(rb"^\s*<\?xml[^>]+encoding=[\"']([\w.:-]+)", re.IGNORECASE)
_LOOKED_AT: Final = 4096  # bytes in which a page declares its encoding; browsers look at 1,024
_MARKS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_WESTERN: Final = "cp1252"
# Source: the labels of the WHATWG Encoding Standard that mean something wider than Python's codec of that name.
_WIDER: Final = {
    "iso8859-1": _WESTERN,
    "ascii": _WESTERN,
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "utf-16": "utf-16-le",
}
_PLAIN: Final = ("utf-8", "utf-16-le", "utf-16-be")
_ALSO: Final = ("euc_jp", "big5", "koi8-r", "koi8-u", "iso8859-2", "iso8859-5", "iso8859-7", "iso8859-15", "cp1250")
_ALSO_WINDOWS: Final = ("cp1251", "cp1253", "cp1255", "cp1256", "cp1257", "cp874", "mac-roman", "iso2022_jp")
_ALSO_RARE: Final = ("iso8859-3", "iso8859-4", "iso8859-6", "iso8859-8", "iso8859-10", "iso8859-13", "iso8859-14")
_LOADED: Final = tuple(
    codecs.lookup(name) for name in (*_PLAIN, *_WIDER, *_WIDER.values(), *_ALSO, *_ALSO_WINDOWS, *_ALSO_RARE)
)
# Other codecs of Python read what no page is written in: escapes that become lone surrogates, archives, idna.
_KNOWN: Final = frozenset(normalize_encoding(codec.name) for codec in _LOADED)


def text_of(content: bytes, content_type: str = "") -> str:
    """Return a body as text; what cannot be read is marked with U+FFFD. Never raises.

    A byte order mark counts most, then the header, then what the page declares, then UTF-8. Bytes that are plainly
    UTF-8 are read so although something Western is declared; bytes that plainly are not are not read so.
    """
    for mark, name in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(name, "replace")
    header = _HEADER.search(content_type)
    named = (header.group(1) if header else "", _declared(content), _zeros(content))
    known = [codec for name in named if name and (codec := _codec(name))]
    if not known:
        return content.decode("utf-8" if _is_utf8(content) or not _is_text(content_type) else _WESTERN, "replace")
    if known[0] in ("utf-8", _WESTERN) and _is_utf8(content):
        return content.decode("utf-8", "replace")
    if known[0] == "utf-8":
        other = next((codec for codec in known if codec != "utf-8"), _WESTERN)
        return content.decode(other if _is_text(content_type) else "utf-8", "replace")
    return content.decode(known[0], "replace")


def _declared(content: bytes) -> str:
    head = content[:_LOOKED_AT]
    found = _XML.search(head) or _META.search(head)
    name = found.group(1).decode("ascii", "replace") if found else ""
    # A page whose declaration can be read byte by byte is not in UTF-16, whatever it says.
    return "utf-8" if name.lower().startswith("utf-16") else name


def _zeros(content: bytes) -> str:
    """Return which UTF-16 a body without a mark is in, by the zeros beside its first letters; "" when none."""
    head = content[:200]
    if len(head) < 4 or len(head) % 2:
        head = head[:-1]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > 0.7 * len(head) / 2 and not even:
        return "utf-16-le"
    return "utf-16-be" if even > 0.7 * len(head) / 2 and not odd else ""


def _codec(name: str) -> str:
    plain = normalize_encoding(name).lower()
    if plain not in _KNOWN and normalize_encoding(aliases.get(plain, "")) not in _KNOWN:
        return ""
    codec = codecs.lookup(name)
    return _WIDER.get(codec.name, codec.name)


def _is_utf8(content: bytes) -> bool:
    """Whether bytes are UTF-8, or were before a few of them broke."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("utf-8", "replace")
        broken = text.count("\ufffd")
        return sum(letter > "\x7f" for letter in text) - broken > broken
    return True


def _is_text(content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return not kind or kind.startswith("text/") or kind.endswith(("xml", "json"))
