"""What events are about: names, summaries, topics, hours and prices by theme.

Many themes stand beside a look-alike (a jazz concert beside Jazzercise, a running club beside a brunch
club), so that a keyword looked for inside longer words finds rows that it should not.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Theme:
    """One kind of event. Prices are whole units of the currency; 0 stands for free."""

    names: tuple[str, ...]
    summaries: tuple[str, ...]
    topics: tuple[str, ...] = ()
    hours: tuple[int, ...] = (18, 19, 20)
    prices: tuple[float, ...] = (0, 0, 10, 15, 20, 25, 30, 35, 40)
    online: float = 0.06
    weight: int = 4
    tags: frozenset[str] = field(default_factory=frozenset)


_NIGHT = (19, 20, 21, 22)
_MORNING = (8, 9, 10, 11)
_DAY = (10, 11, 13, 14, 15)
_PROFESSIONAL = (0, 25, 49, 75, 99, 100, 149, 199)
_FREE = (0,)

THEMES: dict[str, Theme] = {
    "hip-hop party": Theme(
        names=("Hip-Hop Block Party", "Hip Hop House Party: {x}", "HipHop Party, {x}", "Rap Party at {venue}"),
        summaries=("DJs spin classic records until late.", "Two rooms, one crew, no dress code."),
        topics=("music",),
        hours=_NIGHT,
        prices=(0, 5, 10, 15, 20, 25),
    ),
    "hip-hop": Theme(
        names=("Hip-Hop Dance Lesson", "Rap Battle at {venue}", "Hip Hop Vinyl Swap", "HipHop Beat Making, {x}"),
        summaries=("Bring your own records.", "All levels are welcome."),
        topics=("music",),
        hours=_NIGHT,
    ),
    "party": Theme(
        names=("Rooftop Party: {x}", "Gift Wrap Party", "Rapid Prototyping Party", "Trapeze Party at {venue}"),
        summaries=("Come early, the room fills up.", "Snacks are on the house."),
        hours=_NIGHT,
        prices=(0, 5, 12, 18, 25),
    ),
    "yc co-founder": Theme(
        names=("YC Co-Founder Matching: {x}", "Y Combinator Cofounder Mixer", "Co-Founder Coffee with YC Alumni"),
        summaries=("Meet the person you will build with.", "Short introductions, then open tables."),
        topics=("startups",),
        prices=(0, 0, 10, 20),
        weight=1,
    ),
    "nearly yc": Theme(
        names=("NYC Co-Founder Mixer", "YC Alumni Breakfast: {x}", "Cofounder Walk and Talk", "Bicycle Repair Evening"),
        summaries=("Meet the person you will build with.", "Bring a question and leave with two."),
        topics=("startups",),
        prices=(0, 0, 10, 20),
    ),
    "private networking": Theme(
        names=("Private Networking Dinner for Founders", "Founder Networking Breakfast (Private)", "Networking: {x}"),
        summaries=("A private evening for founders, by invitation.", "Private and small: twelve founders, one table."),
        topics=("startups",),
        prices=(0, 0, 40, 60, 95),
        weight=2,
        tags=frozenset({"approval"}),
    ),
    "nearly private": Theme(
        names=(
            "Private Networking Lunch for Investors",
            "Founders Networking Happy Hour",
            "Private Dinner for Founders",
        ),
        summaries=("Name tags are at the door.", "We start on time and end on time."),
        topics=("startups",),
        prices=(0, 15, 30, 60),
    ),
    "tech conference": Theme(
        names=("Cloud Conference: {x}", "Tech Leadership Conference", "Open Source Conference, {x}", "Data Conference"),
        summaries=("Talks all day and a hallway track.", "Three tracks, forty speakers."),
        topics=("tech",),
        hours=(8, 9),
        prices=_PROFESSIONAL,
        weight=6,
    ),
    "nearly tech": Theme(
        names=("Conferencing Tools Demo", "Platform Meetup: {x}", "Product Demo Night", "Compiler Reading Group"),
        summaries=("Five short talks.", "Bring a laptop."),
        topics=("tech",),
        prices=_PROFESSIONAL,
    ),
    "biotech conference": Theme(
        names=("Biotech Conference: {x}", "Fintech Conference"),
        summaries=("Talks all day and a hallway track.",),
        topics=("startups",),
        hours=(8, 9),
        prices=_PROFESSIONAL,
        weight=2,
    ),
    "family": Theme(
        names=(
            "Kids Puppet Show: {x}",
            "Family Picnic in the Park",
            "Family-Friendly Science Morning",
            "Kid Coders Camp",
        ),
        summaries=("For ages four and up.", "Bring a blanket."),
        topics=("family",),
        hours=_DAY,
        prices=(0, 0, 5, 10, 15),
    ),
    "nearly family": Theme(
        names=("Familiar Faces Reunion", "Kidney Health Talk", "Skid Row Photo Walk"),
        summaries=("For grown-ups.", "Bring a friend."),
        hours=_DAY,
        prices=(0, 0, 5, 10),
        weight=2,
    ),
    "yoga": Theme(
        names=("Sunrise Yoga: {x}", "Yoga in the Park", "Slow Yoga at {venue}"),
        summaries=("Mats are provided.", "All levels are welcome."),
        topics=("wellness",),
        hours=_MORNING,
        prices=(0, 0, 10, 15, 20),
    ),
    "yoga class": Theme(
        names=("Yoga Flow Class", "Power Yoga Class: {x}"),
        summaries=("Mats are provided.", "All levels are welcome."),
        topics=("fitness", "wellness"),
        hours=_MORNING,
        prices=(0, 10, 15, 20),
    ),
    "fitness class": Theme(
        names=(
            "Spin Class: {x}",
            "Kettlebell Class",
            "Boxing Basics Class",
            "Pilates Class at {venue}",
            "Rowing Classes",
        ),
        summaries=("Towels are provided.", "Bring water."),
        topics=("fitness",),
        hours=_MORNING,
        prices=(0, 10, 15, 20),
    ),
    "nearly yoga": Theme(
        names=("Yogurt Lovers Spin Class", "Acclimate: Altitude Training"),
        summaries=("Towels are provided.",),
        topics=("fitness",),
        hours=_MORNING,
        prices=(0, 10, 15),
        weight=2,
    ),
    "ai workshop": Theme(
        names=("AI Workshop: {x}", "Hands-On AI Agents Workshop", "AI Evaluation Workshops, {x}"),
        summaries=("Leave with something that runs.", "Bring a laptop."),
        topics=("ai",),
        hours=(12, 16, 18),
        prices=_PROFESSIONAL,
        online=0.35,
        weight=5,
    ),
    "nearly ai": Theme(
        names=("AI Reading Group: {x}", "Robotics Salon", "Model Training Q&A", "Speech Models Dinner"),
        summaries=("One paper, one hour.", "We read it beforehand."),
        topics=("ai",),
        prices=(0, 0, 10, 20),
        online=0.3,
    ),
    "rails workshop": Theme(
        names=("Maintaining Rails Workshop", "Fair Wages Workshop", "Hair Braiding Workshop"),
        summaries=("Leave with something that works.",),
        hours=(12, 16, 18),
        online=0.4,
        weight=2,
    ),
    "jazz concert": Theme(
        names=("Jazz Concert at {venue}", "Late Jazz Concert: {x}", "Big Band Jazz Concert"),
        summaries=("Two sets, one break.", "Doors an hour before."),
        topics=("music",),
        hours=_NIGHT,
        prices=(0, 15, 20, 30, 45),
    ),
    "nearly jazz": Theme(
        names=("Jazzercise Concert Warm-Up", "Jazz Brunch: {x}", "Jazz Record Fair"),
        summaries=("Doors an hour before.",),
        topics=("music",),
        hours=_DAY,
        prices=(0, 15, 20),
    ),
    "concert": Theme(
        names=("Indie Concert: {x}", "Chamber Concert", "Folk Concert at {venue}", "Concerts by Candlelight"),
        summaries=("Two sets, one break.", "Doors an hour before."),
        topics=("music",),
        hours=_NIGHT,
        prices=(10, 15, 20, 30, 45),
        weight=5,
        tags=frozenset({"popular"}),
    ),
    "concerto": Theme(
        names=("Concerto Rehearsal: {x}", "Disconcerting Puzzles Evening"),
        summaries=("Seats are few.",),
        topics=("music",),
        prices=(10, 15, 20),
        weight=2,
        tags=frozenset({"popular"}),
    ),
    "pitch": Theme(
        names=("Startup Pitch Night: {x}", "Pitch Night for Startups", "Climate Startup Pitch Night"),
        summaries=("Six teams, four minutes each.", "Questions from the floor."),
        topics=("startups",),
        prices=(0, 5, 10, 15, 19.5, 20, 25, 30),
    ),
    "nearly pitch": Theme(
        names=("Pitchfork Picks: Startup Night", "Startup Stories: {x}", "Perfect Pitch Choir Night"),
        summaries=("Questions from the floor.",),
        prices=(0, 5, 10, 15, 20),
        weight=2,
    ),
    "tasting": Theme(
        names=("Cheese Tasting: {x}", "Chocolate Tasting", "Olive Oil Tasting at {venue}", "Natural Cider Tasting"),
        summaries=("Eight plates, one guide.", "Bread is included."),
        topics=("food",),
        prices=(0, 15, 20, 25, 29.5, 30, 30.5, 35, 45),
    ),
    "wine": Theme(
        names=("Wine Tasting: {x}", "Orange Wine Tasting", "Wine Tastings at {venue}"),
        summaries=("Six glasses, one guide.", "Bread is included."),
        topics=("food",),
        prices=tuple(18 + 1.5 * step for step in range(48)),
    ),
    "nearly wine": Theme(
        names=("Twine Craft Tasting Menu", "Entwined: a Tea Tasting", "Wine Label Drawing"),
        summaries=("Bread is included.",),
        topics=("food",),
        prices=(5, 8, 12),
        weight=2,
    ),
    "board games": Theme(
        names=("Board Game Night: {x}", "Board Games Night at {venue}", "Big Board-Game Night"),
        summaries=("Sixty boxes on the shelf.", "Rules are explained."),
        topics=("games",),
        prices=(0, 0, 5, 8),
    ),
    "nearly board games": Theme(
        names=("Snowboard Film Night", "Card Game Night: {x}", "Dashboard Design Night"),
        summaries=("Seats are first come, first served.",),
        topics=("games",),
        prices=(0, 0, 5, 8),
    ),
    "art opening": Theme(
        names=("Art Opening: {x}", "Gallery Art Opening", "Art Opening at {venue}"),
        summaries=("The painter will be there.", "Works on paper."),
        topics=("arts",),
        prices=(0, 0, 0, 1000),
    ),
    "nearly art": Theme(
        names=("Cartoon Opening Reception", "Party Supplies Shop Opening", "Department Store Opening Day"),
        summaries=("Doors at the usual hour.",),
        prices=(0, 0, 0),
        weight=2,
    ),
    "chess": Theme(
        names=("Chess Meetup: {x}", "Blitz Chess Meetup", "Chess Meetup at {venue}"),
        summaries=("Boards and clocks are there.",),
        topics=("games",),
        prices=(0, 0, 5),
    ),
    "climate": Theme(
        names=("Climate Action Circle", "Carbon Removal Salon: {x}", "Heat Pump Evening", "Climate Maps Lab"),
        summaries=("What worked, what did not.", "For newcomers too."),
        topics=("climate",),
        prices=(0, 0, 10, 15),
        weight=5,
    ),
    "crypto": Theme(
        names=("Crypto Meetup: {x}", "Ethereum Meetup", "Crypto Wallets Meetup"),
        summaries=("Two talks and time to talk.",),
        topics=("crypto",),
        prices=(0, 10, 20, 30, 40, 40.5, 45, 60),
    ),
    "nearly crypto": Theme(
        names=("Cryptography Meetup", "Token Governance Call: {x}"),
        summaries=("Two talks and time to talk.",),
        prices=(0, 10, 20, 40),
        online=0.3,
        weight=2,
    ),
    "opera": Theme(
        names=("Opera Evening: {x}", "Pocket Opera at {venue}"),
        summaries=("Sung without a stage.",),
        topics=("music",),
        prices=(15, 30, 45, 80),
        weight=2,
    ),
    "salsa": Theme(
        names=("Salsa Class: {x}", "Salsa Classes for Beginners"),
        summaries=("No partner needed.",),
        topics=("arts",),
        prices=(0, 10, 12, 15),
    ),
    "pottery": Theme(
        names=("Pottery Workshop: {x}", "Pottery Workshops at {venue}"),
        summaries=("Clay and firing are included.",),
        topics=("arts",),
        hours=_DAY,
        prices=(0, 25, 35, 38, 39.5, 40, 45, 60),
    ),
    "running": Theme(
        names=("Running Club: {x}", "Trail Running Club", "Running Club Social"),
        summaries=("Five easy miles.", "No one is left behind."),
        topics=("fitness",),
        hours=(7, 8, 18),
        prices=_FREE,
    ),
    "nearly running": Theme(
        names=("Brunch Club: {x}", "Running a Book Stall", "Pruning Club"),
        summaries=("Come as you are.",),
        hours=_DAY,
        prices=(0, 0, 10),
    ),
    "book club": Theme(
        names=("Book Club: {x}", "Poetry Reading at {venue}", "Zine Fair"),
        summaries=("Read it or come anyway.",),
        topics=("arts",),
        prices=(0, 0, 5, 10),
    ),
    "outdoors": Theme(
        names=("Gardening Morning", "Bird Walk: {x}", "Photography Walk", "Beach Clean-Up"),
        summaries=("Sturdy shoes help.",),
        hours=_MORNING,
        prices=(0, 0, 0, 8),
    ),
    "kitchen": Theme(
        names=("Sourdough Evening: {x}", "Ramen Crawl", "Supper at {venue}", "Dumpling Lab"),
        summaries=("Aprons are provided.",),
        topics=("food",),
        prices=(20, 35, 50, 65),
    ),
    "calm": Theme(
        names=("Breathwork Circle", "Sound Bath: {x}", "Cold Plunge Morning"),
        summaries=("Arrive five minutes early.",),
        topics=("wellness",),
        hours=_MORNING,
        prices=(0, 20, 30),
    ),
    "hack": Theme(
        names=("Hackathon: {x}", "Build Weekend at {venue}", "Robot Football"),
        summaries=("Teams form on the day.",),
        topics=("tech",),
        hours=_DAY,
        prices=(0, 0, 10, 20),
    ),
    "film": Theme(
        names=("Film Screening: {x}", "Language Exchange", "Improv Comedy Evening", "Quiz at {venue}"),
        summaries=("Seats are first come, first served.",),
        prices=(0, 8, 12),
        weight=6,
    ),
}

PHRASES = (
    "First Light",
    "Volume Two",
    "Spring Edition",
    "The Long Table",
    "After Hours",
    "North Room",
    "Number Nine",
    "Slow Hands",
    "Second Helping",
    "Blue Hour",
    "Open Door",
    "Odd Numbers",
    "Window Seat",
    "Side B",
)
VENUES = (
    "The Lantern Room",
    "Studio Nine",
    "Cedar Hall",
    "Union Loft",
    "Granite Works",
    "The Glasshouse",
    "Harbor Annex",
    "Pier Seven",
    "The Old Library",
    "Copper Yard",
)
STREETS = ("Market Street", "Mill Lane", "Station Road", "Garden Row", "Canal Street", "Hill Avenue", "Bridge Street")
SUBLOCALITIES = ("Old Town", "Riverside", "Northside", "Harbourfront", "Midtown", "East End", "The Heights")
PEOPLE = (
    "Amara Osei",
    "Ben Lindqvist",
    "Carla Mendes",
    "Dmitri Volkov",
    "Elif Kaya",
    "Farah Haddad",
    "Grace Whitlock",
    "Hiro Tanaka",
    "Ines Moreau",
    "Jonas Weber",
    "Keiko Sato",
    "Liam Byrne",
    "Mina Park",
    "Noor Siddiqui",
    "Omar Reyes",
    "Priya Nair",
)
ORGANISERS = (
    "Lantern House",
    "Third Floor Society",
    "Common Thread",
    "Harbour Commons",
    "Paper Boat Collective",
    "Night Owls",
    "Signal Room",
    "Open Bench",
    "The Green Door",
    "Good Neighbours",
)
