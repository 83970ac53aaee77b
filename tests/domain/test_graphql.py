"""Operations that change something, wherever a body hides them."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest

from domain.graphql import changes_something
from tests.requirements import requirement

CHANGE = "mutation Delete { deleteAll { ok } }"
_MULTIPART = '--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n--x--\r\n'


@requirement("PROVE-8")
@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"query": CHANGE}),
        json.dumps({"query": f"# a comment\n  {CHANGE}"}),
        json.dumps({"query": f"fragment F on Thing {{ id }} {CHANGE}"}),
        json.dumps({"query": "query Read { a } mutation Write($a: Int) { set(a: $a) }", "operationName": "Write"}),
        json.dumps({"query": "mutation{a}"}),
        json.dumps({"query": '"""a { text"""\nmutation M { a }'}),
        json.dumps([{"query": "{ a }"}, {"query": CHANGE}]),
        json.dumps({"query": "subscription { a }"}),
        json.dumps({"query": "query Read { a } } mutation M { b }"}),
        f'{{"query": {json.dumps(CHANGE)}, "query": "{{ a }}"}}',
        f'{{"query": "{{ a }}", "query": {json.dumps(CHANGE)}}}',
        urlencode({"query": CHANGE}),
        CHANGE,
        _MULTIPART.format(name="operations", value=json.dumps({"query": CHANGE})),
        _MULTIPART.format(name="operations", value=json.dumps([{"query": "{ a }"}, {"query": CHANGE}])),
        _MULTIPART.format(name="query", value=CHANGE),
        "before the parts" + _MULTIPART.format(name="0", value=json.dumps({"query": CHANGE})),
        urlencode({"operations": json.dumps({"query": CHANGE})}),
        json.dumps({"operations": {"query": CHANGE}}),
        json.dumps({"query": "mutation\n\n@live { a }"}),
        "x" + ('{"a":[' + "1," * 500) * 300 + json.dumps({"query": CHANGE}),
        "x" + '{"a":' * 5000,
    ],
)
def test_a_change_is_seen_in_every_form(body: str) -> None:
    assert changes_something(body)
    assert changes_something(body.encode())


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"query": "query Read { mutation(first: 3) { id } }"}),
        json.dumps({"query": '{ events(kind: "mutation") { id } }'}),
        json.dumps({"query": "# mutation\n{ a }"}),
        json.dumps({"search": "mutation", "page": 1}),
        json.dumps("mutation"),
        json.dumps({"query": "mutation", "filters": {"query": "subscription box"}}),
        urlencode({"query": "subscription"}),
        _MULTIPART.format(name="filter", value=json.dumps({"query": "{ mutation { id } }"})),
        urlencode({"query": "genes and mutations"}),
        urlencode({"q": "mutation"}),
        "",
    ],
)
def test_what_only_reads_is_let_through(body: str) -> None:
    assert not changes_something(body)


def test_bytes_that_are_no_plain_text_count_as_a_change() -> None:
    assert changes_something(json.dumps({"query": CHANGE}).encode("utf-16"))
    assert changes_something(json.dumps({"query": CHANGE}).encode("utf-16-le"))
