"""The forms of an opgave and of the search among them."""

from collections.abc import Collection, Iterable
from typing import ClassVar
from uuid import UUID

from wtforms import BooleanField, HiddenField, RadioField, SelectMultipleField

from app.accounts.models import User
from app.core.dutch import number
from app.core.ids import new_id
from app.matching.core.proposals import TEXT_READ
from app.matching.searching import Sought
from app.opgaven.queries import Search
from app.opgaven.rules import (
    COLLEAGUES_WEEKS,
    MOST_HOURS,
    MOST_PEOPLE,
    MOST_SKILLS,
    MOST_TIMES,
    MOST_WEEKS,
    TEXT_LIMIT,
    TITLE_LIMIT,
    WORDS_LIMIT,
    AskedSkillDraft,
    Audience,
    Kind,
    OpgaveDraft,
    Place,
)
from app.people.rules import Level
from app.vocabulary.rules import LABEL_LIMIT, Theme
from app.web.aliases import alias_of
from app.web.choices import many_of, one_of
from app.web.forms import DayField, LineField, NumberField, PickField, TextField, WebForm, id_in
from app.web.from_text import SkillsFromText
from app.web.rows import Row, RowList, RowsForm
from app.web.search import SearchForm, province_choices

HOURS = {hours: f"Hoogstens {hours} uur" for hours in (4, 8, 16, 24)}
NEEDED = {True: "Nodig", False: "Mooi meegenomen"}

FOR_NETWORKS = "Alleen wie werkt bij een gemeente in {names}. Bezoekers lezen de opgave dan niet."
KIND_SENTENCES = {
    Kind.OPGAVE: "Een vraagstuk waar je samen aan werkt.",
    Kind.KLUS: "Afgebakend werk met een duidelijk eind.",
    Kind.DETACHERING: "Een collega werkt een tijd bij jullie.",
    Kind.RUIL: "Twee collega's wisselen van plek.",
    Kind.MEELOPEN: "Een collega komt bij jullie leren. Noem als vaardigheid wat er te leren is.",
    Kind.KLANKBORD: "Iemand die af en toe meedenkt. Je noemt een aantal keer, geen uren.",
    Kind.ATELIERPLEK: "Een plek in een team van meer gemeenten.",
}


class AskedSkillRow(Row):
    typed = ("label",)
    legend = "Vaardigheid"

    label = LineField("Vaardigheid")
    must = one_of("Hoe belangrijk?", NEEDED, default=True)
    level = one_of("Niveau", Level, default=Level.INDEPENDENT)

    def draft(self) -> AskedSkillDraft:
        return AskedSkillDraft(self.label.data or "", self.must.data, self.level.data)


class OpgaveForm(RowsForm):
    row_lists: ClassVar = ("skills",)

    # Made before the first post, so that pressing twice makes one opgave.
    opgave_id = HiddenField()
    title = LineField(
        "Titel",
        description=f"Wat is er te doen? Maak het concreet, in hoogstens {TITLE_LIMIT} tekens.",
    )
    kind = one_of("Soort", Kind, field=RadioField, default=Kind.OPGAVE)
    text = TextField(
        "Wat is er aan de hand?",
        description="Vertel wat er speelt, wat iemand gaat doen, met wie, en wat het oplevert. "
        f"Hoogstens {number(TEXT_LIMIT)} tekens.",
    )
    themes = many_of("Thema's", Theme)
    skills = RowList(
        AskedSkillRow,
        "Wat moet iemand kunnen?",
        description=f"Noem hoogstens {MOST_SKILLS} vaardigheden, elk in hoogstens {LABEL_LIMIT} "
        "tekens. Wat nodig is, telt drie keer zo zwaar als wat mooi meegenomen is. Een regel "
        "zonder vaardigheid slaan we over.",
    )
    hours_per_week = NumberField("Uren per week", description=f"Van 1 tot en met {MOST_HOURS}.")
    times = NumberField(
        "Hoe vaak wil je iemand spreken?",
        description="Alleen bij een klankbord, in de plaats van uren per week. "
        f"Van 1 tot en met {MOST_TIMES} keer.",
    )
    in_return = TextField(
        "Wat bieden jullie terug?",
        description="Alleen bij een ruil: wie of wat van jullie gaat de andere kant op? "
        f"Hoogstens {number(WORDS_LIMIT)} tekens.",
    )
    atelier = LineField(
        "Welk atelier, en wie doen er mee?",
        description="Alleen bij een atelierplek: de naam, en de gemeenten in het team. "
        f"Hoogstens {TITLE_LIMIT} tekens.",
    )
    colleagues_weeks = NumberField(
        "Hoeveel weken alleen voor collega's?",
        default=COLLEAGUES_WEEKS,
        description="Zo lang zoeken we alleen onder collega's. Pas daarna, en als je nog niemand "
        f"vond, helpen we je op weg naar inhuur. Van 1 tot en met {MOST_WEEKS}.",
    )
    people_needed = NumberField(
        "Hoeveel mensen zoek je?", default=1, description=f"Van 1 tot en met {MOST_PEOPLE}."
    )
    starts_on = DayField("Begint op")
    ends_on = DayField("Duurt tot en met")
    closes_on = DayField(
        "Reageren kan tot en met",
        description="Daarna kan niemand meer reageren.",
    )
    place = one_of("Waar is het werk?", Place, field=RadioField, default=Place.HYBRID)
    audience = one_of("Voor wie?", Audience, field=RadioField, default=Audience.EVERYBODY)
    is_public = BooleanField("Ook leesbaar voor bezoekers die niet zijn ingelogd", default=True)
    co_owner_email = LineField(
        "Tweede opgavehouder",
        description="Het werkmailadres van een collega van je eigen gemeente met een account.",
    )

    def offer(self, audiences: Collection[Audience]) -> None:
        """For whom it can be meant; what was chosen before stays to be seen."""
        offered = {str(one) for one in (*audiences, self.audience.data)}
        choices = self.audience.choices
        self.audience.choices = [one for one in choices if one.value in offered]

    @property
    def new_opgave_id(self) -> UUID:
        return id_in(self.opgave_id.data) or new_id()

    def draft(self) -> OpgaveDraft:
        return OpgaveDraft(
            title=self.title.data or "",
            kind=self.kind.data,
            text=self.text.data or "",
            themes=tuple(self.themes.data),
            skills=tuple(row.form.draft() for row in self.skills),
            hours_per_week=self.hours_per_week.data,
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            closes_on=self.closes_on.data,
            place=self.place.data,
            people_needed=self.people_needed.data,
            audience=self.audience.data,
            in_return=self.in_return.data or "",
            atelier=self.atelier.data or "",
            times=self.times.data,
            colleagues_weeks=self.colleagues_weeks.data,
            is_public=self.is_public.data,
            co_owner_email=self.co_owner_email.data or "",
            version=self.version.data,
        )


class ReopenForm(WebForm):
    people_needed = NumberField("Hoeveel mensen zoek je in totaal?")
    closes_on = DayField("Reageren kan tot en met")


class SendBackForm(WebForm):
    words = TextField(
        "Wat moet er anders?",
        description="De opgavehouder leest dit bij de opgave. "
        f"Hoogstens {number(WORDS_LIMIT)} tekens.",
    )


class HandOverForm(WebForm):
    user_id = PickField("Aan wie?", validate_choice=False)

    def offer(self, people: Iterable[User]) -> None:
        self.user_id.choices = [(alias_of(one.id), f"{one.name} ({one.email})") for one in people]


class SkillsFromOpgave(SkillsFromText):
    most = MOST_SKILLS
    place = "Bij je opgave"

    text = TextField(
        "De tekst",
        name="tekst",
        description="We beginnen met de tekst van je opgave. Plak er gerust een andere in; aan je "
        f"opgave verandert dat niets. We lezen hoogstens {number(TEXT_READ)} tekens.",
    )
    skills = SelectMultipleField("Welke vraag je?", name="gekozen", validate_choice=False)


class OpgaveSearch(SearchForm):
    theme = one_of("Thema", Theme, empty="Alle thema's", name="thema")
    kind = one_of("Soort", Kind, empty="Alle soorten", name="soort")
    province = PickField("Provincie", name="provincie", default="")
    hours = one_of("Tijd per week", HOURS, empty="Maakt niet uit", name="uren")

    def offer(self, provinces: list[str]) -> None:
        self.province.choices = province_choices(provinces)

    def wanted(self, sought: Sought) -> Search:
        return Search(
            text=sought.text,
            words=sought.strengths,
            theme=self.theme.data,
            kind=self.kind.data,
            province=self.province.data or "",
            most_hours=self.hours.data,
        )
