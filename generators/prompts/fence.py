"""What comes from a source is data (LLM-4): it stands between two lines that it cannot forge.

The fence's mark is a hash of the very text inside. A page that wanted to close the fence early would
have to contain the hash of itself; and equal questions stay equal, so that kept replies are found.
This does not stop a model from believing what it reads: what a reply can say is bounded by its
schema, by ``unsafe_wording`` and by the checks that follow.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from domain.meaning.words import fold
from domain.values import content_hash

_MARK_LENGTH: Final = 32  # hex digits: 128 bits
_COPIED_WORDS: Final = 9  # so many words in a row are no coincidence
_ADDRESS: Final = re.compile(r"https?:|www\.|://|\b[\w.+-]+@[\w-]+\.\w|\b\d{1,3}(\.\d{1,3}){3}\b", re.IGNORECASE)
_MARKUP: Final = re.compile(r"[<>`{}\\]|\[[^\]]*\]\(")
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+|\n+")
_SECRETS: Final = re.compile(
    r"\b(passwords?|api.?keys?|access.?tokens?|credentials?|credit.?cards?|secrets?)\b", re.IGNORECASE
)
_ORDERS: Final = re.compile(
    r"\b(ignore|disregard|forget|override|bypass)\b.{0,40}\b(all|any|previous|prior|above|instruct\w*|rules?|polic\w+)"
    r"|\b(system|developer) (prompt|message)|\bas an? (ai|assistant|language model)\b"
    r"|\b(assistant|the model|the agent|claude|chatgpt|gpt)\b.{0,40}\b(must|should|shall|has to|needs? to|always)\b"
    r"|\byou (must|should|shall|have to|need to|are (now )?required)\b"
    r"|\b(before|after|instead of) (using|calling) (this|any|every)\b|\balways (call|use|send|run)\b"
    r"|\b(send|forward|post|upload|exfiltrat\w*|leak|reveal)\b.{0,40}\b(to\b|key|secret|password|credential|histor)"
    r"|\b(exfiltrat\w*|leak|reveal)\b.{0,40}\btoken"
    # A form's own hidden token is sent with it; a token of the reader's is not.
    r"|\b(send|forward|post|upload)\b.{0,40}\b(your|access|api|auth\w*|bearer|session|refresh|users?)\W{1,2}(s )?token",
    re.IGNORECASE,
)


def fenced(text: str, label: str) -> str:
    """Return a source's text between marks. Control characters are taken out, nothing else is changed."""
    clean = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cf", "Co", "Cs"})
    mark = content_hash(label, clean)[:_MARK_LENGTH]
    return f"<<<DATA {label} {mark}\n{clean}\nDATA {label} {mark}>>>"


def unsafe_wording(text: str, *, longest: int, seen: str = "", logs_in: bool = False) -> str:
    """Return what is wrong with a text that a person or a client's model will read, or "".

    ``seen`` is the source's text: a sentence that repeats it is the page's, not the model's. ``logs_in``: the text
    tells how a login form is filled, which needs words for secrets; no such text is published.
    """
    if len(text) > longest:
        return f"longer than {longest} characters"
    if any(unicodedata.category(c) in {"Cc", "Cf", "Co", "Cs"} for c in text):
        return "line breaks or invisible characters"
    shapes = ((_ADDRESS, "an address; leave it out"), (_MARKUP, "markup; plain words only"))
    steering = (
        (_SECRETS, "a word for secrets; no tool asks for or tells any"),
        (_ORDERS, "an order to the reader; say only what the tool gives"),
    )
    for pattern, wrong in shapes if logs_in else (*shapes, *steering):
        if pattern.search(text):
            return wrong
    if seen and _copies(text, seen):
        return "a sentence taken over from the source; use your own words"
    return ""


def without_orders(text: str) -> str:
    """Return a source's text without the sentences that steer its reader: for descriptions that are published."""
    if not _ORDERS.search(text):
        return text
    return " ".join(sentence for sentence in _SENTENCE.split(text) if not _ORDERS.search(sentence))


def foreign_script(text: str, question: str) -> bool:
    """Return whether a text is mostly in letters of another script than the question's."""
    return bool(question) and _latin_share(question) > 0.5 > _latin_share(text)


def _copies(text: str, seen: str) -> bool:
    words, page = fold(text).split(), f" {fold(seen)} "
    runs = (words[i : i + _COPIED_WORDS] for i in range(len(words) - _COPIED_WORDS + 1))
    return any(f" {' '.join(run)} " in page for run in runs)


def _latin_share(text: str) -> float:
    letters = [c for c in text if c.isalpha()]
    return sum("LATIN" in unicodedata.name(c, "") for c in letters) / len(letters) if letters else 1.0
