"""Data inside HTML, read without a browser."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.observing.embedded import embedded_in
from tests.requirements import requirement

pytestmark = requirement("LEARN-1")
PLAIN = st.characters(exclude_categories=["Cs", "Cc"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(alphabet=PLAIN, max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc_", min_size=1), inner, max_size=4),
    max_leaves=12,
)


def only(html: str):
    (found,) = embedded_in(html)
    return found


@pytest.mark.parametrize(
    ("attributes", "kind", "selector"),
    [
        ('type="application/ld+json"', "json_ld", 'script[type="application/ld+json"]'),
        ('id="__NEXT_DATA__" type="application/json"', "next_data", "script#__NEXT_DATA__"),
        ('id="__NUXT_DATA__" type="application/json"', "nuxt", "script#__NUXT_DATA__"),
        ('type="application/json" id="state"', "json", "script#state"),
        ('type="application/json" data-island', "json", "script[data-island]"),
        ('type="application/vnd.x+json"', "json", 'script[type="application/vnd.x+json"]'),
    ],
)
def test_json_islands_are_told_apart_and_can_be_found_again(attributes, kind, selector):
    found = only(f'<script {attributes}>{{"a": [1, 2]}}</script>')
    assert (found.kind, found.selector, found.index, found.data) == (kind, selector, 0, {"a": [1, 2]})


def test_islands_of_one_selector_are_numbered():
    html = '<script type="application/ld+json">{"n": 1}</script><script type="application/ld+json">{"n": 2}</script>'
    assert [(item.index, item.data) for item in embedded_in(html)] == [(0, {"n": 1}), (1, {"n": 2})]


@pytest.mark.parametrize(
    ("script", "variable", "kind"),
    [
        ("window.__DATA__ = {items: [1, 2, 3], name: 'a lamp'};", "__DATA__", "object_literal"),
        ("var rows = [{'a': 1, b: \"two words\"}, {a: 2,}];", "rows", "object_literal"),
        ('window[\'__STATE__\'] = {"key": "value; with } brackets {"};', "__STATE__", "object_literal"),
        ('window.__APOLLO_STATE__ = {"ROOT_QUERY": {"a": 1, "b": 2}};', "__APOLLO_STATE__", "apollo"),
        ("window.__NUXT__={data:[{title:'long enough'}],state:{}};", "__NUXT__", "nuxt"),
        ("app.config.store = {long: 'enough to count', x: null};", "app.config.store", "object_literal"),
        ("const x = 1; let page_data = {long: 'enough to count', x: undefined};f()", "page_data", "object_literal"),
    ],
)
def test_literals_that_scripts_assign_are_read_by_name(script, variable, kind):
    found = only(f"<script>{script}</script>")
    assert (found.variable, found.kind) == (variable, kind)
    assert found.data


def test_json_in_a_quoted_string_is_read():
    text = json.dumps(json.dumps({"items": [{"name": 'quo"ted'}], "more": True}))
    assert only(f"<script>window.S = JSON.parse({text})</script>").data["items"] == [{"name": 'quo"ted'}]


@pytest.mark.parametrize(
    "script",
    [
        "var f = {run: function() { return 1 }, other: 'long enough'};",
        "var n = {};",
        "var broken = {a: [1, 2, 'unclosed string",
        "x == {a: 1}",
    ],
)
def test_code_is_no_data(script):
    assert embedded_in(f"<script>{script}</script>") == ()


def test_microdata_is_nested_as_marked():
    html = """<div itemscope itemtype="https://schema.org/Event"><h1 itemprop="name">Jazz</h1>
    <time itemprop="startDate" datetime="2027-05-12">12 May</time><meta itemprop="price" content="9.50">
    <a itemprop="url" href="/e/1">x</a><span itemprop="tag">a</span><span itemprop="tag">b</span>
    <div itemprop="location" itemscope itemtype="https://schema.org/Place"><b itemprop="name">Hall</b></div></div>"""
    found = only(html)
    assert found.kind == "microdata"
    assert found.data == [
        {
            "@type": "Event",
            "name": "Jazz",
            "startDate": "2027-05-12",
            "price": "9.50",
            "url": "/e/1",
            "tag": ["a", "b"],
            "location": {"@type": "Place", "name": "Hall"},
        }
    ]


def test_rdfa_is_nested_as_marked():
    author = '<i property="author" typeof="Person"><u property="name">F</u></i>'
    html = f'<div typeof="schema:Book"><b property="schema:name">Dune</b>{author}</div>'
    assert only(html).data == [{"@type": "Book", "name": "Dune", "author": {"@type": "Person", "name": "F"}}]


@given(st.text(max_size=300))
def test_no_text_makes_it_raise(text):
    embedded_in(text)
    embedded_in(f"<script>window.x = {text}</script><script type='application/json'>{text}</script>")


@given(st.dictionaries(st.text("abc", min_size=4, max_size=9), JSON, min_size=3, max_size=5))
def test_what_a_page_embeds_is_what_is_read(value):
    text = json.dumps(value).replace("<", "\\u003c")
    assert only(f'<script id="s" type="application/json">{text}</script>').data == value
    if len(text) >= 24:
        assert only(f"<script>window.__X__ = {text};</script>").data == value
