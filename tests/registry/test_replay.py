from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import IntegrityBroken, RegistryProblem, UnknownTool, UsageProblem
from domain.observation import Exchange
from registry import FieldProfile, Profile, Registry, ReplayBundle, ReplayCase, StoredReplay, profile, replay
from registry.profiles import pattern
from tests.registry.making import NOON, make_version
from tests.requirements import requirement


def make_bundle(body: str = '{"events": []}') -> ReplayBundle:
    exchange = Exchange(id="1", method="GET", url="https://api.events.example/v1/events", status=200, body=body)
    case = ReplayCase(name="query", arguments={"city": "X"}, now=NOON, exchanges=(exchange,), rows=({"title": "a"},))
    return ReplayBundle(cases=(case,))


def make_profile() -> Profile:
    return profile([[{"title": "a"}], [{"title": "b"}], []])


@requirement("DRIFT-1", "PROVE-4")
def test_a_bundle_is_kept_with_its_version_and_comes_back_whole(registry: Registry) -> None:
    registry.publish(make_version(), actor="ann", bundle=make_bundle("one"), profile=make_profile())
    registry.publish(make_version(code="b = 2\n"), actor="ann", bundle=make_bundle("two"))
    assert registry.replays("list_concerts", "local") == (
        StoredReplay(number=2, bundle=make_bundle("two")),
        StoredReplay(number=1, bundle=make_bundle("one")),
    )
    assert registry.replays("list_concerts", "local", version=1)[0].bundle == make_bundle("one")
    assert registry.profile("list_concerts", "local", 1) == make_profile()
    assert registry.profile("list_concerts", "local", 2) is None


def test_a_step_that_runs_twice_keeps_the_first_bundle(registry: Registry) -> None:
    for body in ("first", "second"):
        registry.publish(make_version(), actor="ann", bundle=make_bundle(body))
    assert registry.replays("list_concerts", "local") == (StoredReplay(number=1, bundle=make_bundle("first")),)


@requirement("DRIFT-1")
def test_an_old_bundle_is_declared_obsolete_with_a_reason_only(registry: Registry) -> None:
    registry.publish(make_version(), actor="ann", bundle=make_bundle())
    with pytest.raises(RegistryProblem):
        registry.declare_obsolete("list_concerts", "local", 1, reason=" ", actor="ann")
    registry.declare_obsolete("list_concerts", "local", 1, reason="the site dropped prices", actor="ann")
    assert registry.replays("list_concerts", "local")[0].obsolete == "the site dropped prices"
    assert registry.audit()[0].facts == {"reason": "the site dropped prices"}
    registry.declare_obsolete("list_concerts", "local", 1, reason="the site dropped prices", actor="ann")
    assert [entry.action for entry in registry.audit()].count("obsolete_replay") == 1
    with pytest.raises(UnknownTool):
        registry.declare_obsolete("list_concerts", "local", 2, reason="x", actor="ann")


@requirement("DRIFT-1")
def test_a_tampered_bundle_is_refused(registry: Registry) -> None:
    registry.publish(make_version(), actor="ann", bundle=make_bundle("one"))
    with registry.database.write() as session:
        session.run("UPDATE replay SET bundle = :bundle", bundle=replay.pack(make_bundle("forged")))
    with pytest.raises(IntegrityBroken, match="replay bundle"):
        registry.replays("list_concerts", "local")


def test_a_bundle_beyond_its_bound_publishes_nothing(registry: Registry) -> None:
    with pytest.raises(RegistryProblem, match="at most"):
        registry.publish(make_version(), actor="ann", bundle=make_bundle("x" * (replay.BUNDLE_BYTES + 1)))
    assert registry.tools("local").entries == ()


@requirement("REG-4")
def test_a_difference_is_readable_and_leaves_out_what_is_equal(registry: Registry) -> None:
    registry.publish(make_version(code="a = 1\nb = 2\n"), actor="ann")
    registry.publish(make_version(code="a = 1\nb = 3\n", description="Finds gigs."), actor="ann")
    found = registry.diff("list_concerts", "local", 1, 2)
    assert sorted(found.parts) == ["code", "description"]
    assert found.parts["code"].splitlines() == [
        "--- code (version 1)",
        "+++ code (version 2)",
        "@@ -1,2 +1,2 @@",
        " a = 1",
        "-b = 2",
        "+b = 3",
    ]
    assert registry.diff("list_concerts", "local", 1, 1).text == ""


@requirement("DRIFT-4")
def test_a_profile_tells_fill_types_patterns_and_row_counts() -> None:
    samples = [
        [{"date": "2027-05-12", "price": 10, "note": None}, {"date": "2027-06-01", "price": 9.5, "note": "x"}],
        [{"date": "2028-01-31", "price": None, "note": ""}],
        [],
    ]
    assert profile(samples) == Profile(
        samples=3,
        rows_least=0,
        rows_median=1,
        rows_most=2,
        fields=(
            FieldProfile(name="date", fill=1.0, optional=False, types={"string": 1.0}, pattern=r"\d{4}\-\d{2}\-\d{2}"),
            FieldProfile(name="price", fill=0.6667, optional=True, types={"integer": 0.5, "number": 0.5}),
            FieldProfile(name="note", fill=0.3333, optional=True, types={"string": 1.0}, pattern=r"[^\W\d_]"),
        ),
    )


@requirement("DRIFT-4")
@pytest.mark.parametrize("samples", [0, 1, 2])
def test_fewer_than_three_samples_give_no_profile(samples: int) -> None:
    with pytest.raises(UsageProblem, match="at least 3"):
        profile([[{"a": 1}]] * samples)


@given(st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=20))
def test_a_pattern_matches_nine_tenths_of_its_texts(texts: list[str]) -> None:
    found = pattern(texts)
    if found:
        matched = sum(re.fullmatch(found, text) is not None for text in texts)
        assert matched >= 0.9 * len(texts)
