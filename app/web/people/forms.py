"""The forms of a profile and of the search for colleagues."""

from typing import Any, ClassVar

from wtforms import BooleanField, RadioField, SelectMultipleField

from app.core.dutch import number
from app.labels import label
from app.matching.core.proposals import TEXT_READ
from app.matching.searching import Sought
from app.people.queries import Search
from app.people.rules import (
    EVIDENCE_LIMIT,
    FUNCTION_LIMIT,
    HEADLINE_LIMIT,
    MOST_HOURS,
    MOST_KILOMETRES,
    MOST_SKILLS,
    MOST_WINDOWS,
    TEXT_LIMIT,
    Direction,
    Level,
    Movement,
    Part,
    ProfileDraft,
    SkillDraft,
    Visibility,
    WindowDraft,
    shown_to,
)
from app.people.visibility import HOUR_BANDS
from app.vocabulary.rules import LABEL_LIMIT, Theme
from app.web.choices import many_of, one_of
from app.web.forms import DayField, LineField, NumberField, PickField, TextField
from app.web.from_text import SkillsFromText
from app.web.rows import Row, RowList, RowsForm
from app.web.search import SearchForm, province_choices

ENERGY = {
    5: "5 · veel energie",
    4: "4 · geeft energie",
    3: "3 · prima",
    2: "2 · kost energie",
    1: "1 · liever niet",
}

# Where the bands of a card without a name begin.
HOURS = {hours: f"Minstens {hours} uur" for hours, _ in HOUR_BANDS}

VISIBILITY_SENTENCES = {
    Visibility.HIDDEN: "Niemand vindt je. Jij ziet wel welke opgaven bij je passen.",
    Visibility.ANONYMOUS: "Zij zien je provincie, je vaardigheden met niveau en energie, je "
    "thema's, wie je bent in de beweging en ongeveer hoeveel uur: 8 uur wordt “8 tot 16 uur”. "
    "Van vaardigheden die niet op onze lijst staan, zien ze er hoogstens twee: aan eigen woorden "
    "ben je te herkennen. Je eigen gemeente ziet je niet.",
    Visibility.GEMEENTE: "Je eigen gemeente ziet je hele profiel. Andere gemeenten vinden je ook, "
    "maar zien geen naam, geen gemeente, geen tekst van jezelf en hoogstens twee vaardigheden die "
    "niet op onze lijst staan.",
    Visibility.NETWORK: "Je eigen gemeente en de gemeenten die met haar in een netwerk zitten, "
    "zien je hele profiel. Andere gemeenten vinden je ook, maar zien geen naam, geen gemeente, "
    "geen tekst van jezelf en hoogstens twee vaardigheden die niet op onze lijst staan.",
    Visibility.COLLEAGUES: "Iedereen die is ingelogd, ziet je hele profiel met naam en gemeente.",
    Visibility.PUBLIC: "Alle ingelogde collega's zien je hele profiel. Je krijgt ook een link die "
    "je kunt delen: wie die heeft, leest zonder account wat jij hieronder openbaar maakt.",
}
PART_WORDS = {
    Visibility.HIDDEN: "Alleen ikzelf",
    Visibility.GEMEENTE: "Mijn gemeente",
    Visibility.NETWORK: "Mijn gemeente en haar netwerken",
    Visibility.COLLEAGUES: "Alle ingelogde collega's",
    Visibility.PUBLIC: "Iedereen, ook zonder account",
}


class SkillRow(Row):
    typed = ("label", "years", "evidence")
    legend = "Vaardigheid"

    label = LineField("Vaardigheid")
    direction = one_of("Kun je het al?", Direction, default=Direction.CAN)
    level = one_of("Niveau", Level, default=Level.INDEPENDENT)
    energy = one_of("Energie", ENERGY, default=3)
    years = NumberField("Jaren ervaring")
    evidence = LineField("Waar blijkt dat uit?")

    def draft(self) -> SkillDraft:
        return SkillDraft(
            label=self.label.data or "",
            level=self.level.data,
            years=self.years.data or 0,
            energy=self.energy.data,
            direction=self.direction.data,
            evidence=self.evidence.data or "",
        )


class WindowRow(Row):
    typed = ("hours_per_week", "starts_on", "ends_on")
    legend = "Periode"

    hours_per_week = NumberField("Uren per week")
    starts_on = DayField("Vanaf")
    ends_on = DayField("Tot en met")

    def draft(self) -> WindowDraft:
        return WindowDraft(self.hours_per_week.data, self.starts_on.data, self.ends_on.data)


def part_to(part: Part, description: str = "") -> Any:
    usual = getattr(ProfileDraft, shown_to(part))
    return one_of(label(part), PART_WORDS, default=usual, description=description)


class ProfileForm(RowsForm):
    row_lists: ClassVar = ("skills", "windows")

    function = LineField("Je functie", description=f"Hoogstens {FUNCTION_LIMIT} tekens.")
    headline = LineField(
        "Jij in één zin",
        description="Bijvoorbeeld: ik maak ingewikkelde plannen begrijpelijk voor de straat. "
        f"Hoogstens {HEADLINE_LIMIT} tekens.",
    )
    about = TextField(
        "Over jou",
        description="Wat deed je, wat leerde je, wat wil je nog? "
        f"Hoogstens {number(TEXT_LIMIT)} tekens.",
    )
    movement = many_of("Wie ben jij in de beweging?", Movement)
    themes = many_of("Thema's", Theme)
    skills = RowList(
        SkillRow,
        "Vaardigheden",
        description=f"Noem er hoogstens {MOST_SKILLS}, elk in hoogstens {LABEL_LIMIT} tekens. "
        "Gebruik je eigen woorden; tijdens het typen zie je voorstellen. Waar het uit blijkt mag "
        f"erbij, in hoogstens {EVIDENCE_LIMIT} tekens. Een lege regel slaan we over.",
    )
    windows = RowList(
        WindowRow,
        "Wanneer heb je tijd?",
        description=f"Hoogstens {MOST_WINDOWS} perioden, en hoogstens {MOST_HOURS} uur per week. "
        "Laat je Vanaf leeg, dan begint de periode vandaag. Geen einddatum? Dan geldt de periode "
        "tot je hem wijzigt.",
    )
    travel_km = NumberField(
        "Hoe ver wil je reizen?",
        default=30,
        description=f"In kilometers, van 0 tot en met {MOST_KILOMETRES}. We meten van het "
        "midden van jouw gemeente, in een rechte lijn.",
    )
    remote = BooleanField("Ik wil ook op afstand werken", default=True)
    visibility = one_of(
        "Wie mag je vinden?", Visibility, field=RadioField, default=Visibility.ANONYMOUS
    )

    words_shown_to = part_to(Part.WORDS, "Ook hoeveel jaar je iets doet en waar dat uit blijkt.")
    times_shown_to = part_to(
        Part.TIMES, "Wie dit niet ziet, leest ongeveer hoeveel uur je per week hebt."
    )
    confirmed_shown_to = part_to(Part.CONFIRMED)
    contact_shown_to = part_to(
        Part.CONTACT,
        "Reageer je op een opgave, dan ziet de opgavehouder je naam en je mailadres altijd.",
    )

    def draft(self) -> ProfileDraft:
        return ProfileDraft(
            function=self.function.data or "",
            headline=self.headline.data or "",
            about=self.about.data or "",
            themes=tuple(self.themes.data),
            movement=tuple(self.movement.data),
            skills=tuple(row.form.draft() for row in self.skills),
            windows=tuple(row.form.draft() for row in self.windows),
            travel_km=self.travel_km.data,
            remote=self.remote.data,
            visibility=self.visibility.data,
            **{shown_to(part): self[shown_to(part)].data for part in Part},
            version=self.version.data,
        )


class SkillsFromCv(SkillsFromText):
    most = MOST_SKILLS
    place = "Op je profiel"

    text = TextField(
        "Je tekst",
        name="tekst",
        description="Plak bijvoorbeeld je cv of je functiebeschrijving. We lezen hoogstens "
        f"{number(TEXT_READ)} tekens.",
    )
    skills = SelectMultipleField("Welke horen bij jou?", name="gekozen", validate_choice=False)


class ColleagueSearch(SearchForm):
    theme = one_of("Thema", Theme, empty="Alle thema's", name="thema")
    movement = one_of("In de beweging", Movement, empty="Iedereen", name="beweging")
    province = PickField("Provincie", name="provincie", default="")
    hours = one_of("Tijd per week", HOURS, empty="Maakt niet uit", name="uren")

    def offer(self, provinces: list[str]) -> None:
        self.province.choices = province_choices(provinces)

    def wanted(self, sought: Sought) -> Search:
        return Search(
            text=sought.text,
            words=sought.strengths,
            theme=self.theme.data,
            movement=self.movement.data,
            province=self.province.data or "",
            least_hours=self.hours.data,
        )
