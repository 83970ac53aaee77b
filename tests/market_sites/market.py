"""All sites of the market."""

from __future__ import annotations

from tests.market_sites import (
    bathing,
    courses,
    dispatch,
    forum,
    harbour,
    manual,
    museum,
    nursery,
    stays,
    trails,
    wiki,
)
from tests.town_sites.asking import TownSite

SITES: tuple[TownSite, ...] = (
    nursery.SITE,
    courses.SITE,
    museum.SITE,
    trails.SITE,
    harbour.SITE,
    manual.SITE,
    dispatch.SITE,
    forum.SITE,
    stays.SITE,
    wiki.SITE,
    bathing.SITE,
)
