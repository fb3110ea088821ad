"""The forms of a loan: what is asked, other terms, a reason to say no, how it went."""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from wtforms import DecimalField, Field, HiddenField, RadioField
from wtforms.validators import Optional
from wtforms.widgets import TextInput

from app.core.clock import dutch_day, utc_now
from app.core.dutch import number
from app.core.faults import Fault, refuse
from app.core.ids import new_id
from app.loans.rules import (
    GOAL_LIMIT,
    MOST_HOURS,
    REASONS_TO_CHOOSE,
    WORDS_LIMIT,
    Again,
    Asked,
    CostBasis,
    FeedbackDraft,
    NamedManager,
    Party,
    Refusal,
    Showed,
    TermsDraft,
    end_faults,
    odd_days,
    refusal_faults,
)
from app.loans.words import REASONS
from app.web.choices import one_of
from app.web.forms import DayField, LineField, NumberField, TextField, WebForm, id_in
from app.web.loans.how_it_went import AGAIN

EUROS = re.compile(r"[0-9]{1,6}([,.][0-9]{1,2})?")
NOT_EUROS = "Vul een bedrag in, bijvoorbeeld 62,50."


class DutchNumberField(DecimalField):
    """A number with a comma, or nothing; a box for numbers takes no comma."""

    widget = TextInput()

    def __init__(self, label: str, pattern: re.Pattern[str], wrong: str, **settings: Any) -> None:
        super().__init__(label, **settings)
        self._pattern, self._wrong = pattern, wrong

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else str(self.data).replace(".", ",")

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not text:
            return
        if not self._pattern.fullmatch(text):
            raise ValueError(self._wrong)
        self.data = Decimal(text.replace(",", "."))


class SignForm(WebForm):
    """A button; the version is the one that was read."""

    version = HiddenField()

    @property
    def seen_version(self) -> int:
        """One that is no number fits no terms."""
        with suppress(ValueError):
            return int(self.version.data or "")
        return 0


class TermsForm(SignForm):
    """What the three parties agree on."""

    hours_per_week = NumberField("Uren per week", description=f"Van 1 tot en met {MOST_HOURS}.")
    starts_on = DayField("Begint op")
    ends_on = DayField("Duurt tot en met")
    returns_on = DayField(
        "Terug op",
        description="De eerste dag waarop je weer al je uren voor je eigen gemeente werkt.",
    )
    cost_basis = one_of("Wie betaalt?", CostBasis, field=RadioField, default=CostBasis.CLOSED_PURSE)
    euros_per_hour = DutchNumberField(
        "Euro per uur", EUROS, NOT_EUROS, description="Alleen als de kosten worden doorberekend."
    )
    learning_goal = TextField(
        "Wat wil je leren of meenemen?", description=f"Hoogstens {GOAL_LIMIT} tekens."
    )
    words = TextField(
        "Andere afspraken",
        description="Bijvoorbeeld over werkdagen, reiskosten of een laptop. "
        f"Hoogstens {number(WORDS_LIMIT)} tekens.",
    )

    # Which odd days the writer says are meant.
    sure = HiddenField()
    # What the box says of them when it is ticked; nothing when there is nothing to ask.
    asked_back = ""

    def ask_back(self, known: TermsDraft | None = None) -> None:
        """Refuse days that may be a slip, until the writer says of these that they are meant."""
        draft = self.draft()
        days = f"{draft.starts_on} {draft.ends_on} {draft.returns_on}"
        odd = odd_days(draft, known, dutch_day(utc_now()))
        if odd and self.sure.data != days:
            self.asked_back = days
            refuse(odd)

    def speak_of(self, professional: str, lender: str) -> None:
        """To another than the professional: who goes back, and who wants to learn."""
        self.returns_on.description = (
            f"De eerste dag waarop {professional} weer alle uren voor gemeente {lender} werkt."
        )
        self.learning_goal.label.text = f"Wat wil {professional} leren of meenemen?"

    def draft(self) -> TermsDraft:
        basis = self.cost_basis.data
        return TermsDraft(
            hours_per_week=self.hours_per_week.data,
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            returns_on=self.returns_on.data,
            cost_basis=basis,
            euros_per_hour=self.euros_per_hour.data if basis is CostBasis.COST else None,
            learning_goal=self.learning_goal.data or "",
            words=self.words.data or "",
        )


class ManagerForm(WebForm):
    """Who decides at the own gemeente."""

    manager_name = LineField("Naam van je leidinggevende")
    manager_email = LineField(
        "Werkmailadres van je leidinggevende",
        description="Je leidinggevende krijgt een mail met een link. Een account is niet nodig.",
    )

    def named(self) -> NamedManager:
        return NamedManager(self.manager_name.data or "", self.manager_email.data or "")


class AskForm(ManagerForm, TermsForm):
    """The first terms, and who decides at the own gemeente."""

    # Made before the first post, so that pressing twice asks once.
    loan_id = HiddenField()

    @property
    def new_loan_id(self) -> UUID:
        return id_in(self.loan_id.data) or new_id()

    def asked(self) -> Asked:
        return Asked(self.draft(), self.manager_name.data or "", self.manager_email.data or "")


class RemarkForm(WebForm):
    """A question or an answer."""

    # Made before the first post, so that pressing twice says it once.
    remark_id = HiddenField()
    words = TextField(
        "Je vraag of je antwoord", description=f"Hoogstens {number(WORDS_LIMIT)} tekens."
    )

    @property
    def new_remark_id(self) -> UUID:
        return id_in(self.remark_id.data) or new_id()


class DisputeForm(RemarkForm):
    """What is not right about the hours."""

    words = TextField("Wat klopt er niet?", description=f"Hoogstens {number(WORDS_LIMIT)} tekens.")


class DaysForm(WebForm):
    last_day = DayField("Laatste dag")
    returns_on = DayField(
        "Terug op",
        description="De eerste dag waarop alle uren weer voor de eigen gemeente zijn. Laat je dit "
        "leeg, dan is dat de eerste werkdag na de laatste dag.",
    )


class RefuseForm(SignForm):
    reason = one_of(
        "Wat is de reden?",
        {one: REASONS[one] for one in REASONS_TO_CHOOSE},
        field=RadioField,
        # None chosen is said by the room, together with what else is missing.
        validators=[Optional()],
    )
    words = TextField(
        "Toelichting",
        description=f"Nodig als je een andere reden kiest. Hoogstens {number(WORDS_LIMIT)} tekens.",
    )

    def refusal(self) -> Refusal:
        return Refusal(self.reason.data, self.words.data or "")


class EndForm(DaysForm, RefuseForm):
    """The days first: that is where the page begins."""

    def rest(self, agreed: date | None) -> list[Fault]:
        """What is wrong with all that could be read; `agreed` is the last day until now."""
        found = refusal_faults(self.refusal())
        if agreed is None:
            return found
        today = dutch_day(utc_now())
        return found + end_faults(agreed, self.last_day.data, self.returns_on.data, today)


class EndTalkForm(WebForm):
    end_talk_on = DayField("Dag van het eindgesprek")


class AgreeForm(WebForm):
    """That the hours that were read are right."""

    # The mark of the hours that were read.
    hours = HiddenField()


class ReturnForm(AgreeForm):
    """The same, with the day on which the professional was back."""

    returned_on = DayField(
        "Terug op",
        description="De eerste dag waarop je weer al je uren voor je eigen gemeente werkt.",
    )


class FeedbackForm(WebForm):
    """How it went; the fields of the skills are added for the opgave."""

    went_well = TextField("Wat ging goed?", description=f"Hoogstens {number(WORDS_LIMIT)} tekens.")
    different = TextField(
        "Wat zou je anders doen?", description=f"Hoogstens {number(WORDS_LIMIT)} tekens."
    )
    again = one_of(AGAIN[Party.PROFESSIONAL], Again, field=RadioField)
    goal_words = TextField(
        "Wat leverde je leerdoel op?", description=f"Hoogstens {GOAL_LIMIT} tekens."
    )
    labels: Sequence[str] = ()

    @property
    def skill_fields(self) -> list[Field]:
        return [self[f"skill_{place}"] for place in range(len(self.labels))]

    def draft(self) -> FeedbackDraft:
        skills = {one.label.text: one.data for one in self.skill_fields if one.data is not None}
        return FeedbackDraft(
            again=self.again.data,
            went_well=self.went_well.data or "",
            different=self.different.data or "",
            goal_words=self.goal_words.data or "" if self.goal_words else "",
            skills=skills,
        )


def feedback_form(party: Party, labels: Sequence[str]) -> type[FeedbackForm]:
    """The form with the questions of this party, and one for each of these skills."""
    fields = {
        f"skill_{place}": one_of(label, Showed, field=RadioField, default=Showed.NOT_ASKED)
        for place, label in enumerate(labels)
    }
    fields["again"] = one_of(AGAIN[party], Again, field=RadioField)
    return type("FeedbackFormOfOpgave", (FeedbackForm,), {**fields, "labels": tuple(labels)})


class AnswerFeedbackForm(WebForm):
    words = TextField("Je antwoord", description=f"Hoogstens {number(WORDS_LIMIT)} tekens.")
