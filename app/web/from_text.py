"""Skills out of a text, on the way from a form with rows and back: nothing typed there is lost."""

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar
from urllib.parse import parse_qsl, urlencode

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import SelectMultipleField
from wtforms.fields.choices import SelectChoice

from app.core.dutch import number
from app.core.faults import Fault, FaultyDraft
from app.matching.core.proposals import MOST_PROPOSED, TEXT_READ, Proposal
from app.web.forms import TextField, WebForm
from app.web.rows import RowList

# What is read in a text, without what these labels name.
Propose = Callable[[str, Iterable[str]], Sequence[Proposal]]

# What is longer is cut off by the browser, so that a very long text is still sent and read.
MOST_PASTED = 100_000
ARRIVE, TAKE, BACK = "uit-tekst", "neem-over", "terug"
# One field with all that was typed on the form with rows.
TYPED = "getypt"


class SkillsFromText(WebForm):
    """A text, what was read in it, and which of that somebody takes."""

    # Named otherwise than what stands on the forms with rows.
    text = TextField(name="tekst")
    skills = SelectMultipleField(name="gekozen", validate_choice=False)

    # How many skills there may be, and where.
    most: ClassVar[int]
    place: ClassVar[str]
    text_read, most_proposed, most_pasted = number(TEXT_READ), MOST_PROPOSED, MOST_PASTED
    # None as long as no text was read.
    proposed: Sequence[Proposal] | None = None

    @property
    def status(self) -> int:
        return 422 if self.errors else 200

    @property
    def typed(self) -> MultiDict[str, str]:
        """What was typed on the form with rows and is not saved."""
        if TYPED in request.form:
            return MultiDict(parse_qsl(request.form[TYPED], keep_blank_values=True))
        own = {"csrf_token", "actie", self.text.name, self.skills.name}
        typed = request.form.items(multi=True)
        return MultiDict((name, value) for name, value in typed if name not in own)

    @property
    def carried(self) -> str:
        """The same, as the page takes it along unseen; empty when nothing was typed."""
        return urlencode(list(self.typed.items(multi=True)))

    @property
    def is_arriving(self) -> bool:
        return bool(request.form.get("actie") == ARRIVE)

    @property
    def is_to_be_taken(self) -> bool:
        return bool(request.form.get("actie") == TAKE)

    @property
    def goes_back(self) -> bool:
        return bool(request.form.get("actie") == BACK)

    @property
    def is_too_long(self) -> bool:
        return len(self.text.data or "") > TEXT_READ

    @property
    def is_cut_off(self) -> bool:
        """There may be more in the text than these."""
        return len(self.proposed or ()) == MOST_PROPOSED

    @property
    def reasons(self) -> dict[str, str]:
        """Per proposal the words that it comes from."""
        return {str(one.concept_id): _reason(one) for one in self.proposed or ()}

    @property
    def taken(self) -> list[str]:
        chosen = set(self.skills.data or ())
        return [one.label for one in self.proposed or () if str(one.concept_id) in chosen]

    def begin_with(self, text: str) -> None:
        """Read this, as long as nobody pasted another text."""
        if self.is_arriving:
            self.text.data = text

    def offer(self, proposed: Sequence[Proposal]) -> None:
        """Show what was read; who has not chosen yet finds the sure ones chosen."""
        self.proposed = proposed
        self.skills.choices = [SelectChoice(str(one.concept_id), one.label) for one in proposed]
        if not self.is_to_be_taken:
            self.skills.data = [str(one.concept_id) for one in proposed if one.is_sure]

    def has_text(self) -> bool:
        """Whether there is something to read; who has only just arrived need not be told."""
        if not self.text.data and not self.is_arriving:
            self._refuse("text", "Plak eerst een tekst.")
        return bool(self.text.data)

    def is_done(self, rows: RowList, propose: Propose) -> bool:
        """Whether somebody chose; until then there is something to tell or to choose from."""
        if not self.submitted() or not self.has_text():
            return False
        self.offer(propose(self.text.data or "", labels_on(rows)))
        return self.takes(rows)

    def takes(self, rows: RowList) -> bool:
        """Whether skills were chosen that fit; what is wrong is told on the form."""
        room = self.most - len(labels_on(rows))
        if self.is_to_be_taken and not self.taken:
            self._refuse("skills", "Kies minstens één vaardigheid.")
        elif self.is_to_be_taken and len(self.taken) > room:
            self._refuse("skills", self._too_many(len(self.taken), room))
        return self.is_to_be_taken and not self.errors

    def _too_many(self, chosen: int, room: int) -> str:
        if room <= 0:
            return f"{self.place} staan al {self.most} vaardigheden. Verwijder er daar eerst een."
        return f"Je koos er {chosen}. {self.place} is nog plaats voor {room}; kies er minder."

    def _refuse(self, field: str, said: str) -> None:
        self.show_faults(FaultyDraft([Fault(field, said)]))


def _reason(one: Proposal) -> str:
    told = f"omdat je schrijft: {', '.join(f'“{said}”' for said in one.words)}"
    no = " en ".join(f"“{word}”" for word in one.denied_by)
    return f"{told}. Er staat {no} bij" if no else told


def labels_on(rows: RowList) -> list[str]:
    return [row.form["label"].data for row in rows.entries if row.form["label"].data]
