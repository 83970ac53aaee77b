"""A recipe site: what is to know stands in JSON-LD alone; a button brings further cards as a piece of HTML."""

# ruff: noqa: E501 - a page is written as a browser gets it

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import TODAY, Question, TownSite

COURSES = ("Soup", "Salad", "Main course", "Dessert")
CUISINES = ("Italian", "Indian", "Mexican", "Nordic")
MAIN = ("chickpeas", "lentils", "salmon", "aubergine", "chicken", "potatoes", "apples", "spinach")
DIETS = {"vegan": "https://schema.org/VeganDiet", "gluten-free": "https://schema.org/GlutenFreeDiet"}
STYLES = ("Smoky", "Weeknight", "Slow", "Bright", "Grandmother's", "Crisp")
STEP = 16


@dataclass(frozen=True, kw_only=True)
class Recipe:
    number: int
    name: str
    course: str
    cuisine: str
    main: str
    diets: tuple[str, ...]
    minutes: int
    kcal: int
    published: date

    @property
    def described(self) -> dict[str, object]:
        return {
            "@context": "https://schema.org",
            "@type": "Recipe",
            "@id": f"/r/{self.number}",
            "name": self.name,
            "recipeCategory": self.course,
            "recipeCuisine": self.cuisine,
            "recipeIngredient": [f"400 g {self.main}", "2 onions", "olive oil", "salt"],
            "totalTime": f"PT{self.minutes}M" if self.minutes < 60 else f"PT{self.minutes // 60}H{self.minutes % 60}M",
            "suitableForDiet": [DIETS[diet] for diet in self.diets],
            "nutrition": {"@type": "NutritionInformation", "calories": f"{self.kcal} calories"},
            "datePublished": self.published.isoformat(),
            "author": {"@type": "Person", "name": "The test kitchen"},
        }


def _recipes() -> tuple[Recipe, ...]:
    chance = random.Random(83)
    made = []
    for number in range(1, 97):
        main, course = chance.choice(MAIN), chance.choice(COURSES)
        plants = main not in ("salmon", "chicken")
        diets = tuple(d for d in DIETS if chance.random() < 0.5 and (d != "vegan" or plants))
        made.append(
            Recipe(
                number=number,
                name=f"{chance.choice(STYLES)} {main} {course.split(maxsplit=1)[0].lower()} {number}",
                course=course,
                cuisine=chance.choice(CUISINES),
                main=main,
                diets=diets,
                minutes=30 if number % 19 == 0 else chance.randint(3, 28) * 5,
                kcal=chance.randint(12, 80) * 10,
                published=TODAY - timedelta(days=3 * number),
            )
        )
    return tuple(made)


RECIPES = _recipes()


def _cards(shown: tuple[Recipe, ...]) -> str:
    return "".join(
        f'<div class="card"><a href="/r/{one.number}"><img src="/img/{one.number}.webp" alt="{escape(one.name)}"></a>'
        f'<script type="application/ld+json">{json.dumps(one.described)}</script></div>'
        for one in shown
    )


async def home(request: Request) -> Response:
    return HTMLResponse(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>All recipes – Saucepan</title></head><body>'
        '<header><a href="/">Saucepan</a></header><main><h1>All recipes</h1><div class="grid" id="grid">'
        f'{_cards(RECIPES[:STEP])}</div><button id="more" data-offset="{STEP}">Load more recipes</button></main><script>'
        'const more = document.getElementById("more"); more.addEventListener("click", async () => { const part = await '
        'fetch("/recipes/more?offset=" + more.dataset.offset); const text = await part.text(); '
        'document.getElementById("grid").insertAdjacentHTML("beforeend", text); more.dataset.offset = '
        f"Number(more.dataset.offset) + {STEP}; if (Number(more.dataset.offset) >= {len(RECIPES)}) more.remove(); }});"
        "</script></body></html>"
    )


async def more(request: Request) -> Response:
    start = int(request.query_params.get("offset", "0"))
    return HTMLResponse(_cards(RECIPES[start : start + STEP]))


async def one(request: Request) -> Response:
    recipe = RECIPES[request.path_params["number"] - 1]
    described = json.dumps(recipe.described)
    return HTMLResponse(
        f'<html><head><title>{escape(recipe.name)}</title><script type="application/ld+json">{described}</script></head>'
        f"<body><h1>{escape(recipe.name)}</h1><p>{recipe.minutes} minutes</p></body></html>"
    )


def _named(*recipes: Recipe) -> tuple[tuple[str], ...]:
    return tuple((recipe.name,) for recipe in recipes)


QUESTIONS = (
    Question(
        id="recipes-vegan",
        text="vegan recipes under 30 minutes",
        rows=_named(*(r for r in RECIPES if "vegan" in r.diets and r.minutes < 30)),
    ),
    Question(
        id="recipes-chickpeas",
        text="recipes with chickpeas",
        rows=_named(*(r for r in RECIPES if r.main == "chickpeas")),
    ),
    Question(
        id="recipes-dessert",
        text="desserts with at most 300 calories",
        rows=_named(*(r for r in RECIPES if r.course == "Dessert" and r.kcal <= 300)),
    ),
    Question(
        id="recipes-italian",
        text="gluten-free Italian recipes",
        rows=_named(*(r for r in RECIPES if "gluten-free" in r.diets and r.cuisine == "Italian")),
    ),
    Question(
        id="recipes-recent",
        text="soups published since 1 January 2027",
        rows=_named(*(r for r in RECIPES if r.course == "Soup" and r.published >= date(2027, 1, 1))),
    ),
    Question(id="recipes-none", text="Nordic recipes with pineapple", rows=()),
)

SITE = TownSite(
    name="recipes",
    app=Starlette(routes=[Route("/", home), Route("/recipes/more", more), Route("/r/{number:int}", one)]),
    questions=QUESTIONS,
)
