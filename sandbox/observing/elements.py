"""Links, forms, title and plain text of an HTML document. Pure: HTML in, values out."""

from __future__ import annotations

import re
from urllib.parse import urldefrag, urljoin

from lxml import etree, html

from domain.observation import Form, FormField, Link, Option

MAX_LINKS = 3000
MAX_FORMS = 40
MAX_OPTIONS = 400
_UNSEEN = frozenset({"script", "style", "noscript", "template", "head"})
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "br", "button", "dd", "details", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main",
    "nav", "ol", "option", "p", "pre", "section", "select", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
    "ul",
})  # fmt: skip


def parse(text: str) -> html.HtmlElement | None:
    """Return the root element, or None when the text is no document."""
    if not text.strip():
        return None
    try:
        return html.document_fromstring(text)
    except (etree.ParserError, ValueError):
        return None


def title_in(text: str) -> str:
    """Return the text of ``<title>``, or ""."""
    root = parse(text)
    return "" if root is None else _clean(root.findtext(".//title") or "")


def text_in(text: str) -> str:
    """Return what a reader without scripts sees: one line per block, blanks collapsed."""
    root = parse(text)
    if root is None:
        return ""
    parts: list[str] = []
    hidden = 0  # how many elements that nobody sees are open around the place
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        tag = element.tag if event in {"start", "end"} else ""
        if event == "start":
            hidden += tag in _UNSEEN
            if not hidden:
                parts.append("\n" if tag in _BLOCKS else "")
                parts.append((element.text or "").replace("\n", " "))
            continue
        hidden -= tag in _UNSEEN
        if not hidden:
            parts.append("\n" if tag in _BLOCKS else "")
            parts.append((element.tail or "").replace("\n", " "))
    return re.sub(r"\s*\n\s*", "\n", re.sub(r"[ \t\r\f\v\xa0]+", " ", "".join(parts))).strip()


def links_in(text: str, base: str) -> tuple[Link, ...]:
    """Return anchors, areas and link elements with absolute http(s) addresses, each address and text once."""
    root = parse(text)
    if root is None:
        return ()
    base = _base(root, base)
    found: dict[tuple[str, str], Link] = {}
    for element in root.iter("a", "area", "link"):
        address = _absolute(base, element.get("href"))
        if address is None:
            continue
        label = _clean(element.text_content()) or _clean(
            element.get("aria-label") or element.get("title") or _alt(element)
        )
        link = Link(href=address, text=label[:300], rel=element.get("rel") or "", type=element.get("type") or "")
        found.setdefault((address, label), link)
        if len(found) >= MAX_LINKS:
            break
    return tuple(found.values())


def _alt(element: html.HtmlElement) -> str:
    return next((str(image.get("alt")) for image in element.iter("img") if image.get("alt")), "")


def _base(root: html.HtmlElement, base: str) -> str:
    declared = root.find(".//base[@href]")
    return base if declared is None else (_absolute(base, declared.get("href")) or base)


def _absolute(base: str, href: str | None) -> str | None:
    if href is None or href.strip().startswith("#") or not href.strip():
        return None
    try:
        address = urldefrag(urljoin(base, href.strip())).url
    except ValueError:
        return None
    return address if address.startswith(("http://", "https://")) else None


def forms_in(text: str, base: str) -> tuple[Form, ...]:
    """Return forms with absolute actions and their named fields, labels and choices."""
    root = parse(text)
    if root is None:
        return ()
    base = _base(root, base)
    labels = {item.get("for"): _clean(item.text_content()) for item in root.iter("label") if item.get("for")}
    return tuple(_form(form, base, labels) for form in list(root.iter("form"))[:MAX_FORMS])


def _form(form: html.HtmlElement, base: str, labels: dict[str, str]) -> Form:
    fields: dict[str, FormField] = {}
    for element in form.iter("input", "select", "textarea"):
        field = _field(element, labels)
        if field is None:
            continue
        present = fields.get(field.name)
        if present is not None and field.kind in {"radio", "checkbox"}:
            field = present.model_copy(update={"options": (*present.options, *field.options)})
        fields[field.name] = field
    label = form.get("aria-label") or form.get("name") or form.get("id") or form.get("role") or ""
    method = (form.get("method") or "GET").upper()
    return Form(
        action=_absolute(base, form.get("action")) or urldefrag(base).url,
        method=method if method in {"GET", "POST"} else "GET",
        fields=tuple(fields.values()),
        label=_clean(label),
    )


def _field(element: html.HtmlElement, labels: dict[str, str]) -> FormField | None:
    name = element.get("name")
    kind = {"select": "select", "textarea": "textarea"}.get(element.tag, (element.get("type") or "text").lower())
    if not name or kind in {"submit", "button", "image", "reset", "file"}:
        return None
    label = _label(element, labels)
    value = element.get("value") or ""
    options: tuple[Option, ...] = ()
    if kind == "select":
        options = tuple(_option(item) for item in list(element.iter("option"))[:MAX_OPTIONS])
        chosen = element.find(".//option[@selected]")
        value = _option(chosen).value if chosen is not None else (options[0].value if options else "")
    elif kind in {"radio", "checkbox"}:
        options = (Option(value=value or "on", label=label),)
    elif kind == "password":
        value = ""
    return FormField(
        name=name,
        kind=kind,
        label=label,
        placeholder=element.get("placeholder") or "",
        value=value,
        options=options,
        required=element.get("required") is not None,
    )


def _option(element: html.HtmlElement) -> Option:
    label = _clean(element.text_content())
    value = element.get("value")
    return Option(value=label if value is None else value, label=label)


def _label(element: html.HtmlElement, labels: dict[str, str]) -> str:
    if element.get("id") in labels:
        return labels[element.get("id")]
    for ancestor in element.iterancestors("label"):
        return _clean(ancestor.text_content())
    return _clean(element.get("aria-label") or element.get("title") or "")


def _clean(text: str) -> str:
    return " ".join(text.split())
