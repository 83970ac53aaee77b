"""What a model may choose among: candidates, columns, source parameters and form fields, each with an id."""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_lowercase
from typing import Final

from domain.observation import Column, EndpointParameter, Findings, FormField, Observation, RecordCandidate
from domain.plan import SourceKind
from generators.view import brief

_CANDIDATES: Final = 5
_COLUMNS: Final = 42
_MOST_COLUMNS: Final = 110
_LIKE: Final = 0.7
"""Share of column names in common from which a candidate's columns are only named, not shown again."""
_SAMPLE_WORDS: Final = (18, 6)
"""Words shown of a column's first sample and of its second; addresses are shown with their whole path."""
_VALUE_CHARACTERS: Final = 28
_VALUES: Final = 12
_FORMS: Final = 4
_FORM_FIELDS: Final = 12


@dataclass(frozen=True, kw_only=True)
class Detail:
    """How much of the offer is shown."""

    candidates: int = _CANDIDATES
    columns: int = _COLUMNS
    samples: int = len(_SAMPLE_WORDS)
    values: int = _VALUES


DETAILS: Final = (
    Detail(),
    Detail(candidates=4, samples=1, values=8),
    Detail(candidates=3, columns=30, samples=1, values=6),
    Detail(candidates=3, columns=18, samples=1, values=4),
)
"""The whole offer, then ever less of it, for a prompt that must stay within a limit."""


@dataclass(frozen=True, kw_only=True)
class FormChoice:
    """One field of a form on the page: where the form goes and what the field is."""

    method: str
    action: str
    field: FormField


@dataclass(frozen=True, kw_only=True)
class Offer:
    """Everything with an id. ``text`` is how it is shown (a source's data: it belongs inside the fence)."""

    candidates: dict[str, RecordCandidate]
    columns: dict[str, Column]
    sources: dict[str, EndpointParameter]
    forms: dict[str, FormChoice]
    text: str


def offer_of(
    findings: Findings, observation: Observation, *, only: SourceKind | None = None, detail: Detail = DETAILS[0]
) -> Offer:
    """Return the five best candidates, with the best of every kind among them, and what else can be chosen."""
    candidates = dict(zip(ascii_lowercase, _best(findings, only, detail.candidates), strict=False))
    columns: dict[str, Column] = {}
    sources: dict[str, EndpointParameter] = {}
    lines: list[str] = []
    for letter, candidate in candidates.items():
        first = candidate.columns[: min(detail.columns, _MOST_COLUMNS - len(columns))]
        mine = {f"{letter}{number}": column for number, column in enumerate(first, start=1)}
        lines += ["", _headline(letter, candidate), *_columns(mine, candidate, columns, detail)]
        columns |= mine
        endpoint = next((e for e in findings.endpoints if e.id == candidate.endpoint), None)
        for parameter in endpoint.parameters if endpoint else ():
            if parameter.proven:
                name = f"s{len(sources) + 1}"
                sources[name] = parameter
                lines.append(f"source parameter {name} of {letter}: {_source(parameter)}")
    forms = _forms(observation)
    lines += ["", *(_form(name, choice) for name, choice in forms.items())]
    page = observation.pages[0] if observation.pages else None
    head = f"Page: {page.title if page else ''} ({page.final_url if page else observation.url})"
    text = "\n".join([head, *lines]).strip()
    return Offer(candidates=candidates, columns=columns, sources=sources, forms=forms, text=text)


def _best(findings: Findings, only: SourceKind | None, most: int) -> list[RecordCandidate]:
    ranked = [c for c in findings.candidates if not c.detail_of and (only is None or c.kind is only)]
    ranked = [c for c in ranked if c.grounded or c.kind is not SourceKind.JSON]
    leaders = [next(c for c in ranked if c.kind is kind) for kind in dict.fromkeys(c.kind for c in ranked)]
    chosen = [*leaders, *(c for c in ranked if all(c is not leader for leader in leaders))][: max(most, len(leaders))]
    # A browser's candidates come last: the others show more columns, and it is the dearest kind.
    return sorted(chosen, key=lambda c: c.kind is SourceKind.BROWSER)


def _headline(letter: str, candidate: RecordCandidate) -> str:
    paging = f", paging by {candidate.paging.kind.value}" if candidate.paging else ""
    total = f" of {candidate.total}" if candidate.total else ""
    part = "" if candidate.complete else ", not all records within reach"
    covers = f", covers {round(100 * candidate.coverage)} % of the page's text" if candidate.coverage else ""
    where = _short(candidate.source.records or "root", 80)
    return (
        f"candidate {letter}: {candidate.kind.value}, {candidate.count}{total} records at {where}{paging}{covers}{part}"
    )


def _columns(
    mine: dict[str, Column], candidate: RecordCandidate, before: dict[str, Column], detail: Detail
) -> list[str]:
    names = [column.name for column in mine.values()]
    if names and (twin := _twin(names, before)):
        return [f"  columns {next(iter(mine))} to {list(mine)[-1]} are named as {twin}1 to {twin}{len(names)} above"]
    known = {column.name for column in before.values()}
    if names and sum(name in known for name in names) >= _LIKE * len(names):
        return [f"  columns like those above: {', '.join(f'{name} {column.name}' for name, column in mine.items())}"]
    return [_column(name, column, candidate, detail) for name, column in mine.items()]


def _twin(names: list[str], before: dict[str, Column]) -> str:
    """Return the letter of the candidate above that has the same columns in the same order, or ""."""
    for letter in dict.fromkeys(name[0] for name in before):
        if [column.name for name, column in before.items() if name[0] == letter] == names:
            return letter
    return ""


def _column(name: str, column: Column, candidate: RecordCandidate, detail: Detail) -> str:
    categorical = bool(column.values) and len(column.values) <= max(2, candidate.count // 2)
    more = (
        f" and {len(column.values) - detail.values} more" if categorical and len(column.values) > detail.values else ""
    )
    fill = f" {round(100 * column.fill)} %" if column.fill < 0.995 else ""
    label = f" [{_short(column.label, 30)}]" if column.label and column.label != column.name else ""
    unit = f" in {column.unit}" if column.unit else ""
    unit += f", read times {column.scale:g}" if column.scale != 1.0 else ""
    if categorical:
        texts = " | ".join(_short(text, _VALUE_CHARACTERS) for text in column.values[: detail.values])
    else:
        pairs = zip(column.samples[: detail.samples], _SAMPLE_WORDS, strict=False)
        texts = " | ".join(brief(text, words=words) for text, words in pairs)
    return f"  {name} {column.name}{label} {column.type.value}{unit}{fill}: {texts}{more}"


def _source(parameter: EndpointParameter) -> str:
    choices = (
        f"; choices: {' | '.join(_short(c, 24) for c in parameter.choices[:_VALUES])}" if parameter.choices else ""
    )
    return f"{parameter.name} ({_short(parameter.effect, 120)}){choices}"


def _forms(observation: Observation) -> dict[str, FormChoice]:
    found: dict[str, FormChoice] = {}
    for page in observation.pages[:1]:
        for number, form in enumerate(page.forms[:_FORMS], start=1):
            shown = [f for f in form.fields if f.name and f.kind not in {"hidden", "submit", "button"}]
            for place, field in enumerate(shown[:_FORM_FIELDS], start=1):
                found[f"f{number}.{place}"] = FormChoice(method=form.method.upper(), action=form.action, field=field)
    return found


def _form(name: str, choice: FormChoice) -> str:
    field = choice.field
    options = (
        f": {' | '.join(_short(o.label or o.value, 24) for o in field.options[:_VALUES])}" if field.options else ""
    )
    label = field.label or field.placeholder
    shown = f" [{_short(label, 40)}]" if label else ""
    return f"form field {name} ({choice.method}): {_short(field.name, 40)}{shown} {field.kind}{options}"


def _short(text: str, longest: int) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= longest else f"{flat[: longest - 1]}…"
