"""Closed word classes of the grammar: record nouns, words that only ask, function words, field words."""

from __future__ import annotations

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _phrases(text: str) -> frozenset[str]:
    return frozenset(" ".join(phrase.split()) for phrase in text.split(","))


RECORD_NOUNS: Final = _words(
    """
    event thing item result listing entry record package page book product article post job repo repository
    venue suggestion dependency document dataset row element object activity option detail information info list
    file user issue comment quote link data stuff activities dependencies entries repositories happening
    term definition offer deal people person
    """
)
"""Nouns that name the kind of record and say nothing about its content."""

ASKING: Final = _words(
    """
    published opened posted released created written located held many much cheap affordable show list find get
    give tell display fetch search look looking want wanted wants need needs like love prefer see check read
    print return collect bring pull browse report say know help please thanks thank hello hi hey okay ok yes no
    which what when where who whose why how is are was were be been being am do does did done have has had
    having got can could would will shall should may might must let lets try trying hear heard herd think
    thinking ask use follow takes take answer answers starting i me my mine we us our you your he she it its
    they them their theirs im ive id dont there here going go goes happening happen happens occurring coming
    upcoming available current currently scheduled exist exists anything something everything anyone someone any
    some every each all both whole entire interested interesting interest recommend recommended looks feel
    want's id like'd cost costs costing priced price prices ticket tickets full complete just only also maybe
    perhaps really very quite sure great good nice fine fun cool perfect bored kinda kind sort sorts type types
    more other others ones one information info details possible near nearby around up
    """
)
"""Words that only ask, or carry the sentence."""

FUNCTION: Final = _words(
    """
    a an the this that these those of in on at to for from by with without within near around about as into onto
    over under between among through during before after since until till and or but nor so yet if then than
    because while not no too per via re s t d ll ve m next last first
    """
)
"""Articles, prepositions, conjunctions and what is left of contractions."""

FIELDS: Final[dict[str, str]] = {
    "name": "name",
    "title": "title",
    "date": "date",
    "day": "date",
    "time": "time",
    "start": "start",
    "start date": "start date",
    "start time": "start time",
    "end": "end",
    "price": "price",
    "cost": "price",
    "ticket price": "ticket price",
    "venue": "venue",
    "address": "address",
    "street address": "street address",
    "location": "location",
    "city": "city",
    "country": "country",
    "coordinates": "coordinates",
    "version": "version",
    "version range": "version range",
    "range": "range",
    "url": "url",
    "link": "link",
    "website": "website",
    "description": "description",
    "summary": "summary",
    "organiser": "organiser",
    "organizer": "organizer",
    "host": "host",
    "author": "author",
    "publisher": "publisher",
    "speaker": "speaker",
    "image": "image",
    "photo": "photo",
    "rating": "rating",
    "score": "score",
    "stars": "stars",
    "review": "review",
    "category": "category",
    "genre": "genre",
    "tag": "tag",
    "type": "type",
    "status": "status",
    "state": "state",
    "size": "size",
    "licence": "license",
    "license": "license",
    "email": "email",
    "phone": "phone",
    "phone number": "phone number",
    "number": "number",
    "isbn": "isbn",
    "upc": "upc",
    "id": "id",
    "availability": "availability",
    "stock": "stock",
    "capacity": "capacity",
    "duration": "duration",
    "language": "language",
    "salary": "salary",
    "company": "company",
    "weight": "weight",
    "popularity": "popularity",
    "distance": "distance",
    "dependencies": "dependencies",
    "downloads": "downloads",
    "value": "value",
    "path": "path",
    "header": "header",
    "guests": "guests",
    "relevance": "relevance",
    "year": "year",
    "colour": "colour",
    "color": "color",
    "deadline": "deadline",
    "district": "district",
    "postcode": "postcode",
    "height": "height",
    "depth": "depth",
    "width": "width",
    "length": "length",
    "population": "population",
    "elevation": "elevation",
}
"""Words for fields of records, and the word that is kept."""

PARTS: Final = _words(
    """
    shop store branch depot warehouse office building gallery library campus track hall room station neighbourhood
    neighborhood district quarter ward parish campsite park
    """
)
"""Nouns behind the name of a part of a whole, which only say of what kind it is: "in the Arnhem shop"."""

TRAITS: Final = _words("status state kind type size price category genre colour color age language priority")
"""What every record has some value of: "of any status" chooses nothing."""

COMPOUNDS: Final = _phrases(
    """
    board game, card game, video game, open mic, live music, real estate, data science, web development,
    open source, street food, craft beer, ice cream, book club, happy hour, film festival, farmers market,
    flea market, rock climbing, ice skating, martial arts, mental health, public speaking, social media,
    venture capital, climate change, stand up, electric vehicle, operating system, science fiction, short story,
    table tennis, folk music, classical music, world music, country music, electronic music, trade show, job fair,
    career fair, art gallery
    """
)
"""English nouns of two words that are one thing; they stay one keyword."""

COMMON_WORDS: Final = _words(
    """
    nice reading mobile bath split orange cork rock pop art music games sports male best mary home most young
    hope bar of same man many along date here much us los normal independence liberty enterprise unity paradise
    university college metro union grand roses sale eden march may august friday sunday mission santa san saint
    port north south east west ice lens gap sport band park central marina show nancy lima phoenix victoria
    florence charlotte madison jackson lincoln houston austin troy sydney dallas denver paris chester kent barry
    wells bury ash ham sandwich battle person country blues jazz comedy theatre folk metal dance can
    """
)
"""Names of places that are also plain words or first names: outside "in …" they need a capital letter."""

STATE_WORDS: Final = _words("or in me hi ok oh as id de la ma pa al co")
"""Postal codes that are words when written small."""

LANGUAGES: Final = _words(
    """
    english french german spanish italian portuguese dutch chinese mandarin cantonese japanese korean russian
    arabic hindi turkish polish swedish danish norwegian finnish greek hebrew latin python java javascript rust
    go ruby swift
    """
)
"""Languages of people and machines: "in English" is no place."""
