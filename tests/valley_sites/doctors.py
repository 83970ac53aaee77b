"""The doctors of a Spanish hospital group on Drupal: a view with exposed filters, and consulting hours on own pages."""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass
from html import escape

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import Question, TownSite

SPECIALITIES = ("Cardiología", "Pediatría", "Dermatología", "Traumatología", "Oftalmología", "Ginecología")
CENTRES = ("Hospital Valle Norte", "Hospital Valle Sur", "Clínica del Puerto")
LANGUAGES = ("inglés", "francés", "alemán", "catalán")
DAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado")
WOMEN = ("Inés", "Lucía", "Carmen", "Nuria", "Begoña", "Aurora", "Elvira", "Marina")
MEN = ("Joaquín", "Tomás", "Íñigo", "Ramón", "Andrés", "Gonzalo", "Emilio", "Óscar")
LAST = ("Aranda", "Ruiz", "Peñalver", "Ibáñez", "Cordero", "Salas", "Montoya", "Quiroga", "Varela", "Zamora", "Lozano")
PER_PAGE = 10


@dataclass(frozen=True, kw_only=True)
class Doctor:
    name: str
    speciality: str
    centre: str
    languages: tuple[str, ...]
    days: tuple[str, ...]
    phone: str
    accepts: bool
    number: str

    @property
    def slug(self) -> str:
        plain = unicodedata.normalize("NFKD", self.name).encode("ascii", "ignore").decode()
        return plain.lower().replace(".", "").replace(" ", "-")


def _doctors() -> tuple[Doctor, ...]:
    chance = random.Random(953)
    names: set[str] = set()
    while len(names) < 76:
        woman = chance.random() < 0.5
        first, last = chance.choice(WOMEN if woman else MEN), chance.sample(LAST, 2)
        names.add(f"{'Dra.' if woman else 'Dr.'} {first} {last[0]} {last[1]}")
    return tuple(
        Doctor(
            name=name,
            speciality=chance.choice(SPECIALITIES),
            centre=chance.choice(CENTRES),
            languages=("español", *sorted(chance.sample(LANGUAGES, chance.choice((0, 0, 1, 1, 2))))),
            days=tuple(sorted(chance.sample(DAYS, chance.randrange(1, 4)), key=DAYS.index)),
            phone=f"953 {chance.randrange(20, 99)} {chance.randrange(10, 99)} {chance.randrange(10, 99)}",
            accepts=chance.random() < 0.6,
            number=f"23{chance.randrange(10**6):06}",
        )
        for name in sorted(names, key=lambda name: name.split(" ", 2)[2] + name)
    )


DOCTORS = _doctors()


def _page(title: str, body: str) -> Response:
    latest = "".join(
        f'<div class="views-row"><span class="field-content"><a href="/noticias/{slug}" hreflang="es">{text}</a></span>'
        "</div>"
        for slug, text in (("resonancia", "Nueva resonancia en Valle Sur"), ("vacuna", "Campaña de vacunación"))
    )
    return HTMLResponse(f"""<!DOCTYPE html>
<html lang="es" dir="ltr" prefix="og: https://ogp.me/ns#"><head><meta charset="utf-8" />
<meta name="Generator" content="Drupal 10 (https://www.drupal.org)" /><title>{escape(title)} | Grupo Valle Salud</title>
<link rel="icon" href="data:," /></head><body class="path-medicos has-glyphicons">
<a href="#main-content" class="visually-hidden focusable skip-link">Pasar al contenido principal</a>
<div class="dialog-off-canvas-main-canvas" data-off-canvas-main-canvas><header role="banner">
<div id="block-valle-branding" class="block block-system"><a href="/" rel="home">Grupo Valle Salud</a></div>
<nav role="navigation" id="block-valle-main-menu"><ul class="menu"><li class="menu-item"><a href="/medicos"
 data-drupal-link-system-path="medicos">Cuadro médico</a></li><li class="menu-item"><a href="/contacto">Contacto</a>
</li>
</ul></nav></header><main role="main"><a id="main-content" tabindex="-1"></a><div class="region region-content">
<div data-drupal-messages-fallback class="hidden"></div>{body}</div><aside class="layout-sidebar-second">
<div class="views-element-container block block-views"><h2>Últimas noticias</h2>{latest}</div></aside></main>
<footer role="contentinfo">Urgencias: 953 00 11 22</footer></div>
<div class="eu-cookie-compliance-banner">Utilizamos cookies <button class="agree-button">Aceptar</button></div>
<script type="application/json" data-drupal-selector="drupal-settings-json">{{"path":{{"baseUrl":"\\/",
"currentLanguage":"es"}},"pluralDelimiter":"\\u0003","user":{{"uid":0}}}}</script></body></html>""")


def home(request: Request) -> Response:
    return _page(
        "Inicio",
        '<h1>Cuidamos de ti</h1><p>Consulta nuestro <a href="/medicos">cuadro médico</a>: 76 especialistas.</p>',
    )


def _field(name: str, value: str, tag: str = "div") -> str:
    return f'<{tag} class="views-field views-field-field-{name}"><span class="field-content">{value}</span></{tag}>'


def _row(one: Doctor) -> str:
    link = f'<a href="/medicos/{one.slug}" hreflang="es">{escape(one.name)}</a>'
    return f"""<div class="views-row"><div class="views-field views-field-title"><h3 class="field-content">{link}</h3>
</div>{_field("especialidad", one.speciality)}{_field("centro", one.centre)}
<div class="views-field views-field-field-idiomas"><span class="views-label views-label-field-idiomas">Idiomas: </span>
<span class="field-content">{", ".join(one.languages)}</span></div></div>"""


def listing(request: Request) -> Response:
    """The view: ten rows a page counted from nought, and filters as GET parameters."""
    asked = {key: request.query_params.get(key, "All") for key in ("especialidad", "centro")}
    word = request.query_params.get("title", "")
    found = [
        one
        for one in DOCTORS
        if asked["especialidad"] in ("All", one.speciality)
        and asked["centro"] in ("All", one.centre)
        and word.casefold() in one.name.casefold()
    ]
    at, pages = int(request.query_params.get("page", 0)), -(-len(found) // PER_PAGE)
    kept = "".join(f"&amp;{key}={escape(value)}" for key, value in (("title", word), *asked.items()))
    items = "".join(
        f'<li class="pager__item{" is-active" * (number == at)}"><a href="?page={number}{kept}"'
        f' title="Ir a la página {number + 1}"><span class="visually-hidden">Página</span> {number + 1}</a></li>'
        for number in range(pages)
    )
    if at + 1 < pages:
        items += f"""<li class="pager__item pager__item--next"><a href="?page={at + 1}{kept}" rel="next">
<span class="visually-hidden">Siguiente página</span><span aria-hidden="true">››</span></a></li>"""
    selects = "".join(
        f'<div class="js-form-item form-item"><label>{key.title()}</label><select name="{key}" class="form-select">'
        '<option value="All">- Cualquiera -</option>'
        + "".join(f'<option value="{one}"{" selected" * (one == asked[key])}>{one}</option>' for one in among)
        + "</select></div>"
        for key, among in (("especialidad", SPECIALITIES), ("centro", CENTRES))
    )
    rows = "".join(map(_row, found[at * PER_PAGE : (at + 1) * PER_PAGE]))
    empty = "" if rows else '<div class="view-empty"><p>No hay resultados.</p></div>'
    return _page(
        "Cuadro médico",
        f"""<h1 class="page-title">Cuadro médico</h1>
<div class="view view-medicos view-id-medicos view-display-id-page_1">
<div class="view-filters">
<form class="views-exposed-form" action="/medicos" method="get" id="views-exposed-form-medicos">
<input type="text" name="title" value="{escape(word)}" size="30" class="form-text" />{selects}
<input type="submit" value="Aplicar" class="button form-submit" /></form></div>
<div class="view-header">Mostrando {len(found)} profesionales</div><div class="view-content">{rows}</div>{empty}
<nav class="pager" role="navigation"><h4 class="visually-hidden">Paginación</h4>
<ul class="pager__items js-pager__items">{items}</ul></nav></div>""",
    )


def _item(value: str) -> str:
    return f'<div class="field__item">{value}</div>'


def doctor(request: Request) -> Response:
    one = next((one for one in DOCTORS if one.slug == request.path_params["slug"]), None)
    if one is None:
        return HTMLResponse("<h1>Página no encontrada</h1>", status_code=404)
    facts = {
        "especialidad": ("Especialidad", one.speciality),
        "centro": ("Centro", one.centre),
        "colegiado": ("N.º de colegiado", one.number),
        "telefono": ("Teléfono", f'<a href="tel:+34{one.phone.replace(" ", "")}">{one.phone}</a>'),
        "nuevos-pacientes": ("Acepta nuevos pacientes", "Sí" if one.accepts else "No"),
    }
    fields = "".join(
        f'<div class="field field--name-field-{key} field--label-inline"><div class="field__label">{label}</div>'
        f'<div class="field__item">{value}</div></div>'
        for key, (label, value) in facts.items()
    )
    many = "".join(
        f'<div class="field field--name-field-{key} field--label-above"><div class="field__label">{label}</div>'
        f'<div class="field__items">{"".join(map(_item, among))}</div></div>'
        for key, label, among in (("dias", "Días de consulta", one.days), ("idiomas", "Idiomas", one.languages))
    )
    return _page(
        one.name,
        f"""<nav class="breadcrumb" role="navigation"><ol><li><a href="/">Inicio</a></li><li><a href="/medicos">Cuadro
médico</a></li></ol></nav><h1 class="page-title"><span class="field field--name-title">{escape(one.name)}</span></h1>
<article class="node node--type-medico node--view-mode-full"><div class="node__content">{fields}{many}</div>
</article>""",
    )


def words(request: Request) -> Response:
    return _page("Contacto", '<h1 class="page-title">Contacto</h1><p>Avenida del Valle, 14.</p>')


def _at(speciality: str) -> list[Doctor]:
    return [one for one in DOCTORS if one.speciality == speciality]


CALLED = DOCTORS[31]

QUESTIONS = (
    Question(
        id="doctors-1",
        text="pediatras que hablan inglés",
        rows=tuple((one.name,) for one in _at("Pediatría") if "inglés" in one.languages),
    ),
    Question(
        id="doctors-2",
        text="¿Qué médicos de Cardiología aceptan nuevos pacientes, y en qué centro?",
        rows=tuple((one.name, one.centre) for one in _at("Cardiología") if one.accepts),
    ),
    Question(
        id="doctors-3",
        text="Which doctors at the Clínica del Puerto see patients on Saturdays?",
        rows=tuple((one.name,) for one in DOCTORS if one.centre == "Clínica del Puerto" and "sábado" in one.days),
    ),
    Question(
        id="doctors-4",
        text=f"teléfono de {'la' if CALLED.name.startswith('Dra') else 'el'} {CALLED.name}",
        rows=((CALLED.phone,),),
    ),
)

SITE = TownSite(
    name="doctors",
    app=Starlette(
        routes=[
            Route("/", home),
            Route("/medicos", listing),
            Route("/medicos/{slug}", doctor),
            Route("/contacto", words),
            Route("/noticias/{slug}", words),
        ]
    ),
    questions=QUESTIONS,
)
