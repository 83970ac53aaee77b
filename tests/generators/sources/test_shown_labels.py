"""Data is called by what its page calls it."""

from __future__ import annotations

from domain.observation import Column, RecordCandidate
from domain.plan import FieldType, RecordSource, RequestTemplate, SourceKind
from generators.sources.shown_labels import with_shown_labels
from tests.requirements import requirement


def candidate(kind: SourceKind, *columns: Column) -> RecordCandidate:
    source = RecordSource(request=RequestTemplate(url="https://port.example/"), records="r")
    return RecordCandidate(id=kind.value, kind=kind, source=source, columns=columns, count=4, score=1.0)


def column(name: str, *samples: str, label: str = "", kind: FieldType = FieldType.STRING) -> Column:
    return Column(name=name, locator=name, samples=samples, label=label, type=kind)


@requirement("LEARN-3")
def test_a_column_of_data_takes_the_label_over_the_same_values() -> None:
    data = candidate(
        SourceKind.JSON,
        column("feet", "120", "95", "340", "77", kind=FieldType.INTEGER),
        column("badge", "<b>Poor</b>", "<b>Fair</b>", "<b>Good</b>"),
        column("other", "7", "8", "9"),
        column("called", "120", "95", "340", label="Own"),
    )
    shown = candidate(
        SourceKind.HTML,
        column("length_ft", "120", "95", "340", "77", label="Length (ft)"),
        column("condition", "Poor", "Fair", "Good", label="Condition"),
        column("plain", "7", "8", "9"),
    )
    (named,) = with_shown_labels([data], [shown])
    assert [c.label for c in named.columns] == ["Length (ft)", "Condition", "", "Own"]
    told = candidate(SourceKind.HTML, column("title", "Day: One", "Day: Two", "Day: Six", label="Day"))
    plain = candidate(SourceKind.JSON, column("name", "Day: One", "Day: Two", "Day: Six"))
    assert with_shown_labels([plain], [told]) == [plain]
    assert with_shown_labels([data], [data.model_copy(update={"columns": data.columns[:3]})]) == [data]
