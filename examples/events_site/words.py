"""When a keyword occurs in a text: whole words, in their spellings, plural or singular, or a synonym.

Used by the archive's own search box (without synonyms) and by the truth of the example queries.
"""

import re
from functools import lru_cache

SYNONYMS: dict[str, tuple[str, ...]] = {
    "hip-hop": ("rap",),
    "family-friendly": ("family", "kids"),
    "yc": ("y combinator",),
    "co-founder": ("cofounder",),
}
"""Words that mean the same here; the README of the examples shows this table."""


def occurs(keyword: str, text: str, *, synonyms: bool = True) -> bool:
    """Whether the keyword, or a form or synonym of it, stands in the text as whole words."""
    alternatives = (keyword, *(SYNONYMS.get(keyword.lower(), ()) if synonyms else ()))
    return any(_pattern(alternative).search(text) for alternative in alternatives)


@lru_cache(maxsize=1024)
def _pattern(keyword: str) -> re.Pattern[str]:
    """Matches hip-hop, hip hop and hiphop alike, with the last word plural or singular."""
    *first, last = re.split(r"[\s-]+", keyword.lower().strip())
    endings = "|".join(re.escape(form) for form in _forms(last))
    start = "".join(re.escape(word) + r"[\s-]?" for word in first)
    return re.compile(rf"(?<!\w){start}(?:{endings})(?!\w)", re.IGNORECASE)


def _forms(word: str) -> tuple[str, ...]:
    """The word with its plural and singular, by the regular English rules."""
    forms = {word}
    if word.endswith("ies") and len(word) > 4:
        forms.add(word[:-3] + "y")
    elif word.endswith(("sses", "ches", "shes", "xes")):
        forms.add(word[:-2])
    elif word.endswith("s") and not word.endswith("ss") and len(word) > 3:
        forms.add(word[:-1])
    elif re.search(r"[^aeiou]y$", word):
        forms.add(word[:-1] + "ies")
    elif word.endswith(("s", "ch", "sh", "x")):
        forms.add(word + "es")
    else:
        forms.add(word + "s")
    return tuple(sorted(forms, key=len, reverse=True))
