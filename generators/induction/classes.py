"""Which class names, ids and attributes say what an element *is*, and which are only build or state noise."""

from __future__ import annotations

import re
from functools import lru_cache

_TOOL_MADE = re.compile(
    r"^(?:css|sc|jsx|jss|svelte|emotion|styled|makeStyles|Mui\w+-root|ng|v|data-v|_ng\w+)-|^_|__?[A-Za-z0-9]{5,8}$"
)
_SEPARATED_HASH = re.compile(r"(?:__|--|_|-)(?=[A-Za-z0-9]*\d)(?=[A-Za-z0-9]*[A-Za-z])[A-Za-z0-9]{4,}$")
_STATE = re.compile(
    r"^(?:active|selected|open|opened|closed|first|last|even|odd|hover|focus|current|show|shown|hide|hidden|visible"
    r"|invisible|collapsed|expanded|alt|loaded|loading|lazy\w*|disabled|enabled|checked|sticky|animated?|aos-\w+|in|fade)$"
    r"|^(?:is|has|js|was|no)-|(?:^|[-_])(?:first|last|even|odd|active|selected|current|hidden|visible)$",
    re.IGNORECASE,
)
_UTILITY = re.compile(
    r"[:/\[\]@!%]"
    r"|^-?(?:[mp][trblxyse]?|gap|space|w|h|min|max|col|row|text|bg|border|rounded|shadow|flex|grid|order|z|top|left"
    r"|right|bottom|inset|opacity|leading|tracking|font|d|align|justify|items|self|float|overflow|duration|ease|transition)"
    r"-[\w.-]*$"
    r"|^(?:flex|grid|block|inline|relative|absolute|fixed|static|container|row|clearfix|wrapper|inner|outer|col)$"
)
_IDENTIFIER = re.compile(r"-?[A-Za-z_][A-Za-z0-9_-]*$")
_VOWELS = frozenset("aeiouyAEIOUY")


@lru_cache(maxsize=20_000)
def is_stable(name: str) -> bool:
    """Tell whether a class name or id may stand in a signature: no hash, no state, no running number."""
    if len(name) > 60 or _STATE.search(name) or _TOOL_MADE.search(name) or _SEPARATED_HASH.search(name):
        return False
    if len(re.findall(r"\d", name)) >= max(2, len(name) // 3) or re.search(r"\d{3,}", name):
        return False
    return not any(_is_random(part) for part in re.split(r"[-_:]+", name))


@lru_cache(maxsize=20_000)
def is_utility(name: str) -> bool:
    """Tell whether a class is for looks only (``mt-4``, ``md:w-1/2``, ``flex``)."""
    return bool(_UTILITY.search(name))


@lru_cache(maxsize=20_000)
def is_selectable(name: str) -> bool:
    """Tell whether a selector may rest on the name: stable, and writable in CSS without escapes."""
    return bool(_IDENTIFIER.match(name)) and is_stable(name)


def _is_random(part: str) -> bool:
    """Tell whether letters stand as in a hash: digits inside, no vowels, or case that changes at every step."""
    if len(part) < 5:
        return False
    if re.search(r"[A-Za-z]\d+[A-Za-z]", part) and not re.fullmatch(r"[A-Za-z]+\d+[a-z]{1,2}", part):
        return True
    letters = [c for c in part if c.isalpha() and c.isascii()]
    if len(letters) >= 5 and not _VOWELS.intersection(letters):
        return True
    humps = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", part)
    return len(humps) >= 3 and len(letters) / len(humps) < 2.7
