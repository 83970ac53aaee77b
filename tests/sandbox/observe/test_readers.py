"""Links, forms, text, kinds of document and walls, read from text alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.observation import Form, FormField
from sandbox.observing.discover import forbids, links_in_header
from sandbox.observing.elements import forms_in, links_in, text_in, title_in
from sandbox.observing.kinds import feed_kind, is_api_document, is_data, is_html
from sandbox.observing.walls import walls
from tests.requirements import requirement

pytestmark = requirement("LEARN-1")


def test_links_are_absolute_and_each_once():
    html = """<base href="http://b.test/dir/"><a href="x?a=1#part"> An <b>item</b> </a><a href="x?a=1">An item</a>
    <a href="javascript:x()">no</a><a href="#top">no</a><a href="mailto:x">no</a>
    <a href="//c.test/"><img alt="Logo"></a>
    <link rel="alternate" type="application/json" href="/data.json">"""
    assert [(link.href, link.text, link.rel, link.type) for link in links_in(html, "http://a.test/")] == [
        ("http://b.test/dir/x?a=1", "An item", "", ""),
        ("http://c.test/", "Logo", "", ""),
        ("http://b.test/data.json", "", "alternate", "application/json"),
    ]


def test_form_fields_have_labels_choices_and_no_secrets():
    html = """<form method=post action="/go" aria-label="Filter">
    <label>From <input type=date name=from value=2027-01-01></label>
    <input type=radio name=size value=s aria-label=Small><input type=radio name=size value=l aria-label=Large checked>
    <input type=password name=p value=secret><input type=submit name=s value=Go><input type=file name=f>
    <textarea name=t placeholder=Notes></textarea><input type=hidden name=csrf value=1></form>"""
    (form,) = forms_in(html, "http://a.test/x#y")
    assert (form.action, form.method, form.label) == ("http://a.test/go", "POST", "Filter")
    assert [(field.name, field.kind, field.label, field.value) for field in form.fields] == [
        ("from", "date", "From", "2027-01-01"),
        ("size", "radio", "Small", "s"),
        ("p", "password", "", ""),
        ("t", "textarea", "", ""),
        ("csrf", "hidden", "", "1"),
    ]
    assert [(option.value, option.label) for option in form.fields[1].options] == [("s", "Small"), ("l", "Large")]


def test_text_is_what_a_reader_without_scripts_sees():
    head = "<title>T</title><style>x</style><h1>One  two</h1>"
    html = head + "<p>three <b>four</b> five<br>six<script>no</script> seven<noscript>no</noscript></p><!-- no -->tail"
    assert text_in(html) == "One two\nthree four five\nsix seven\ntail"
    assert title_in(html) == "T"


@given(st.text(max_size=200))
def test_no_text_makes_the_readers_raise(text):
    html = f"<a href='{text}'>{text}</a><form action='{text}'><input name='{text}'></form>{text}"
    for read in (links_in, forms_in):
        read(html, "http://a.test/")
        read(text, "http://a.test/")
    text_in(text)
    links_in_header(text, "http://a.test/")


def test_link_headers_are_read():
    header = '</openapi.json>; rel="service-desc"; type="application/json", <http://b.test/x>; rel=next'
    assert [(link.href, link.rel, link.type) for link in links_in_header(header, "http://a.test/")] == [
        ("http://a.test/openapi.json", "service-desc", "application/json"),
        ("http://b.test/x", "next", ""),
    ]


@pytest.mark.parametrize(
    ("robots", "expected"),
    [
        ("", False),
        ("User-agent: *\nDisallow: /", True),
        ("User-agent: *\nDisallow: /private/", False),
        ("User-agent: AgentSchool\nDisallow: /list", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: AgentSchool\nAllow: /", False),
    ],
)
def test_robots_txt_is_read_for_the_agents_own_name(robots, expected):
    assert forbids(robots, "AgentSchool", "http://a.test/list?x=1") is expected


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('<?xml version="1.0"?><!-- x --><rss version="2.0">', "rss"),
        ('<rdf:RDF xmlns="http://purl.org/rss/1.0/">', "rss"),
        ('<feed xmlns="http://www.w3.org/2005/Atom">', "atom"),
        ("<urlset>", "sitemap"),
        ("<sitemapindex>", "sitemap"),
        ("\ufeffBEGIN:VCALENDAR", "ical"),
        ('{"version": "https://jsonfeed.org/version/1.1"}', "json_feed"),
        ("<html>", None),
        ("", None),
    ],
)
def test_feeds_are_told_apart_by_their_root(body, kind):
    assert feed_kind(body) == kind


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        ("text/html; charset=utf-8", "<p>x", True),
        ("text/html", "<?xml version='1.0'?><rss>", False),
        ("text/plain", "<!DOCTYPE html><html>", True),
        ("text/plain", "hello", False),
        ("application/json", "{}", False),
        ("", "  <html>", True),
    ],
)
def test_pages_are_told_from_data(content_type, body, expected):
    assert is_html(content_type, body) is expected


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        ("application/json", "", True),
        ("application/hal+json; charset=utf-8", "", True),
        ("text/xml", "", True),
        ("text/plain", '[{"a": 1}]', True),
        ("text/plain", ")]}',\n[1]", True),
        ("text/html", "{not json", False),
        ("image/png", "", False),
    ],
)
def test_data_is_recognised_whatever_its_type_says(content_type, body, expected):
    assert is_data(content_type, body) is expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('{"openapi": "3.1.0", "paths": {}}', True),
        ('{"swagger": "2.0", "paths": {}}', True),
        ("openapi: 3.0.0\npaths: {}\n", True),
        ('{"openapi": "3.1.0"}', False),
        ("<html>swagger</html>", False),
        ('{"title": "openapi", "paths": {}}', False),
        ("openapi: [unclosed", False),
    ],
)
def test_api_documents_are_recognised(body, expected):
    assert is_api_document(body) is expected


LOGIN = (Form(action="x", fields=(FormField(name="p", kind="password"),)),)


@pytest.mark.parametrize(
    ("status", "text", "html", "forms", "expected"),
    [
        (200, "Sign in to go on", "", LOGIN, ("wall: login",)),
        (200, "Sign in " + "content " * 400, "", LOGIN, ()),
        (401, "", "", (), ("wall: login",)),
        (403, "", "", (), ("wall: forbidden",)),
        (403, "", "<script src=/cdn-cgi/challenge-platform/x>", (), ("wall: captcha",)),
        (200, "Please verify you are human", "", (), ("wall: captcha",)),
        (200, "A shop " * 300, "<script src=recaptcha.js>", (), ()),
    ],
)
def test_walls_are_noted_and_pages_with_content_are_none(status, text, html, forms, expected):
    assert walls(status, "", text, html, forms) == expected
