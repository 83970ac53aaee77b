"""Which candidate of each source kind could answer, and why the others cannot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from typing import Final

from domain.meaning.told import told_counts
from domain.observation import Findings, Observation, RecordCandidate
from domain.plan import Intent, Rejection, SourceKind
from generators.induction.paging import pages_by_script
from generators.sources.relevance import relevance, served_share, visible_text
from generators.sources.roles import human_text

_FAITHFUL: Final = 0.5
"""A candidate that covers less than half of what the best one covers does not bring what the page shows."""
_AGREES: Final = 0.8
"""A candidate that has eight in ten of the records that the page shows is faithful, however it writes their values."""
_LEAST: Final = 0.02


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The candidate that was taken for its kind."""

    candidate: RecordCandidate
    fit: float


def choose(
    intent: Intent, findings: Findings, observation: Observation, *, only: SourceKind | None = None
) -> tuple[list[Choice], list[Rejection]]:
    """Return the best candidate of each kind that is faithful, cheapest kind first, and the kinds that failed."""
    visible = visible_text(observation)
    best = _best_coverage(findings)
    shown = max((c.coverage for c in findings.candidates if c.kind in _PAGE_KINDS and not c.detail_of), default=0.0)
    choices: list[Choice] = []
    rejected = [Rejection(kind=kind, reason=reason) for kind, reason in findings.rejected]
    for kind in SourceKind:
        if only is not None and kind is not only:
            rejected.append(Rejection(kind=kind, reason=f"--source {only} was asked for"))
            continue
        ranked = sorted(
            (c for c in findings.candidates if c.kind is kind and not c.detail_of),
            key=lambda c: -relevance(c, intent, visible),
        )
        ranked = _whole_first(ranked, observation, intent)
        read = (observation.pages[0].text_after if observation.pages else "") or visible  # served text may be hidden
        # Texts of elements side by side may run together, where no word of a record stands by itself.
        least = {c.id: 0.0 if _stands_in(c, read) else shown for c in ranked}
        ranked = [_ended(c, observation, intent, visible, findings.candidates) for c in ranked]
        good = [c for c in ranked if not _fault(c, best, least[c.id])]
        if good:
            choices.append(Choice(candidate=good[0], fit=relevance(good[0], intent, visible)))
        elif not any(r.kind is kind for r in rejected):
            reason = _fault(ranked[0], best, least[ranked[0].id]) if ranked else _ABSENT[kind]
            rejected.append(Rejection(kind=kind, reason=reason))
    return choices, rejected


def _whole_first(ranked: list[RecordCandidate], observation: Observation, intent: Intent) -> list[RecordCandidate]:
    """Put a feed before the page's own list where that is only its beginning, and tells no more: the last five."""
    first = next((c for c in ranked if c.source.format != "xml"), None)
    if first is None or first.paging is not None:
        return ranked
    texts = {feed.url: " ".join(unescape(feed.text).split()) for feed in observation.feeds}
    names = [c.samples for c in human_text(first.columns) if c.samples]
    least = served_share(first.columns, intent)
    feeds = [c for c in ranked if c.source.format == "xml" and c.count > first.count]
    feeds = [c for c in feeds if served_share(c.columns, intent) >= least]
    whole = [c for c in feeds if any(all(t in texts.get(c.url, "") for t in samples) for samples in names)]
    shown = [c.model_copy(update={"coverage": first.coverage, "agreement": 1.0}) for c in whole]
    return [*shown, *(c for c in ranked if c not in whole)]


def _ended(
    candidate: RecordCandidate,
    observation: Observation,
    intent: Intent,
    visible: str,
    beside: Sequence[RecordCandidate],
) -> RecordCandidate:
    """Return a candidate of the page as incomplete where the page says that there is more, and it has no paging."""
    if candidate.kind not in _PAGE_KINDS or candidate.paging is not None or not observation.pages:
        return candidate
    page = observation.pages[0]
    if (
        candidate.source.format == "xml"
        and not candidate.coverage
        and any(c.paging is not None and c.source.format != "xml" for c in beside if c.kind in _PAGE_KINDS)
    ):
        return candidate.model_copy(update={"complete": False})  # the newest of what the page has in several parts
    _, told = told_counts(visible, intent.subject)
    paged = (c for c in beside if c.kind is SourceKind.JSON and c.paging is not None and c.agreement >= _AGREES)
    more = max([told or 0, *(c.total or 0 for c in paged)]) > candidate.count
    if more or pages_by_script(page.rendered_html or page.served_html, page.final_url):
        return candidate.model_copy(update={"complete": False})
    return candidate


def _best_coverage(findings: Findings) -> float:
    """What the page shows: all its data, or the group that the record finder puts first (not a larger, coarser one)."""
    page = [c for c in findings.candidates if c.kind in _PAGE_KINDS and not c.detail_of]
    first = max(page, key=lambda c: c.score, default=None)
    rest = [c.coverage for c in findings.candidates if c.kind not in _PAGE_KINDS and not c.detail_of]
    return max([*rest, first.coverage if first else 0.0], default=0.0)


_PAGE_KINDS: Final = (SourceKind.HTML, SourceKind.BROWSER)
_TELLING: Final = 6
_ABSENT: Final = {
    SourceKind.OPENAPI: "no API document was found",
    SourceKind.JSON: "no JSON answer with records was seen",
    SourceKind.EMBEDDED: "the page carries no data with records",
    SourceKind.HTML: "the served HTML has no repeated records",
    SourceKind.BROWSER: "not needed: the records come without a browser",
}


def _stands_in(candidate: RecordCandidate, visible: str) -> bool:
    """Whether each record that was kept as an example has most of its long texts in what a person reads."""
    told = [[v for v in row.values() if isinstance(v, str) and len(v) >= _TELLING] for row in candidate.exemplars]
    told = [[text for text in texts if "://" not in text] for texts in told]
    return bool(told) and all(2 * sum(text in visible for text in texts) > len(texts) for texts in told)


def _fault(candidate: RecordCandidate, best: float, shown: float) -> str:
    """Return why a candidate would not be faithful, or nothing; ``shown`` is what the best group of the page covers."""
    if candidate.kind is SourceKind.OPENAPI:
        return "; ".join(candidate.reasons)
    if candidate.kind is SourceKind.JSON and not candidate.grounded:
        return "the endpoint does not answer outside the page"
    if candidate.kind in _PAGE_KINDS:  # links that nobody sees are a trap for those who follow everything
        if not candidate.complete and (candidate.kind is SourceKind.HTML or candidate.paging is None):
            return f"it has only the first {candidate.count} records"
        return "the page does not show its records" if not candidate.coverage and shown > _LEAST else ""
    if best > _LEAST and candidate.coverage < _FAITHFUL * best and candidate.agreement < _AGREES:
        share, most, same = (round(100 * x) for x in (candidate.coverage, best, candidate.agreement))
        return f"its records cover {share} % of the visible text (the best {most} %) and {same} % of the records shown"
    if not candidate.complete:
        return f"it has only the first {candidate.count} records"
    return ""
