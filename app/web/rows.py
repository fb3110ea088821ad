"""Forms with rows: adding, removing and correcting one works without JavaScript."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from flask import flash, request
from wtforms import BooleanField, Field, FieldList, Form, FormField
from wtforms.widgets import HiddenInput

from app.core.errors import Conflict
from app.core.faults import Fault, FaultyDraft
from app.core.text import clean_line
from app.core.work import Work
from app.web.forms import NumberField, WebForm
from app.web.work import open_work

# More rows than any limit of a room, so that its refusal can still show what was typed.
MOST_ROWS = 60
BLANK = "__index__"


class Versioned(Protocol):
    version: Any


@dataclass(frozen=True)
class Saving:
    """How one form is saved and published, and what is said after it."""

    write: Callable[[Work], Versioned]
    publish: Callable[[Work], object]
    # What would keep the words on the form from being published.
    lacking: Callable[[], list[Fault]]
    version_now: Callable[[], int]
    said_saved: str
    said_published: str
    said_only_saved: str


class VersionField(NumberField):
    """The version that the writer saw; what cannot be read is no version that ever was."""

    widget = HiddenInput()

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            self.data = None
        self.data = self.data or 0


class Row(Form):
    """One row; it is empty while nobody has typed into it."""

    typed: ClassVar[tuple[str, ...]] = ()
    # What a row is called, before its number.
    legend: ClassVar[str] = ""
    # Put there by us, for somebody to look at; it says so until it is saved.
    is_new = BooleanField(widget=HiddenInput())
    # Of what was put there just now the first.
    is_first_new = False

    def is_empty(self) -> bool:
        said = (part for name in self.typed for part in self[name].raw_data or ())
        return not any(clean_line(part) for part in said)


class RowList(FieldList):
    """Rows of one kind, at least one of them on the page."""

    errors: Any

    def __init__(self, row: type[Row], text: str, **settings: Any) -> None:
        super().__init__(FormField(row), text, min_entries=1, **settings)
        self.row = row

    @property
    def blank(self) -> Row:
        """The row that a script copies."""
        return self.row(prefix=f"{self.name}-{BLANK}-")

    def drop_empty(self) -> None:
        for at in reversed(range(len(self.entries))):
            if self.entries[at].form.is_empty():
                self.pop_entry(at)

    def add(self, drafts: Iterable[object]) -> None:
        """Put these below what is there, and in the place of rows that hold nothing."""
        for at in reversed(range(len(self.entries))):
            form = self.entries[at].form
            if form.is_empty() and not any(form[name].data for name in form.typed):
                self.pop_entry(at)
        for place, draft in enumerate(drafts):
            form = self.append_entry(draft).form
            form.is_new.data, form.is_first_new = True, place == 0

    def remove(self, at: int) -> None:
        if at < len(self.entries):
            self.pop_entry(at)
        self.keep_one()

    def keep_one(self) -> None:
        if not self.entries:
            self.append_entry()

    def gather_errors(self) -> None:
        """Own errors and those of the rows, as a page expects them after faults were added."""
        own = [error for error in self.errors if isinstance(error, str)]
        self.errors = [*own, *(row.errors for row in self.entries if row.errors)]

    def _extract_indices(self, prefix: str, formdata: Any) -> Iterator[int]:
        # WTForms reads "²" as a number and builds every row that is sent.
        place = re.compile(rf"{re.escape(prefix)}-([0-9]{{1,4}})-")
        found = {int(match[1]) for match in map(place.match, formdata) if match}
        yield from sorted(found)[:MOST_ROWS]


class RowsForm(WebForm):
    """A form with rows; its small buttons change the rows and judge nothing yet."""

    row_lists: ClassVar[tuple[str, ...]] = ()
    publish_value: ClassVar[str] = "publiceer"

    version = VersionField(default=0)

    _status: int | None = None

    def submitted(self) -> bool:
        if request.method != "POST":
            return False
        if self._rearranged():
            self.show_as_typed()
            return False
        for name in self.row_lists:
            self[name].drop_empty()
        read = bool(self.validate())
        if not read:
            self._keep_rows()
        return read

    @property
    def status(self) -> int:
        return self._status or super().status

    @property
    def is_to_be_published(self) -> bool:
        return bool(request.form.get("actie") == self.publish_value)

    def show_faults(self, faulty: FaultyDraft) -> None:
        super().show_faults(faulty)
        for name in self.row_lists:
            self[name].gather_errors()
        self._keep_rows()

    def show_conflict(self, conflict: Conflict, version: int) -> None:
        """Tell it, and let the same words be saved over the newer version on purpose."""
        self.form_errors.append(conflict.said)
        self._status = 409
        self.carry_version(version)
        self._keep_rows()

    def show_as_typed(self) -> None:
        """On the way to being saved, and judged by nobody yet."""
        self._status = 200
        self._keep_rows()

    def carry_version(self, version: int) -> None:
        self.version.data, self.version.raw_data = version, None

    def save(self, deed: "Saving") -> bool:
        """Save what was typed, and publish it when asked; what is wrong is told on the form."""
        try:
            with open_work() as work:
                self.carry_version(deed.write(work).version)
                if self.is_to_be_published:
                    self._publish(work, deed)
        except FaultyDraft as faulty:
            self.show_faults(self._with_what_lacks(faulty, deed))
        except Conflict as conflict:
            self.show_conflict(conflict, deed.version_now())
        if not self.errors:
            flash(deed.said_published if self.is_to_be_published else deed.said_saved, "success")
        return not self.errors

    def _publish(self, work: Work, deed: "Saving") -> None:
        """What is not fit to be published yet stays saved; the form tells what is missing."""
        try:
            deed.publish(work)
        except FaultyDraft as faulty:
            self.show_faults(faulty)
            self._show_as_saved()
            flash(deed.said_only_saved, "warning")

    def _show_as_saved(self) -> None:
        for name in self.row_lists:
            for row in self[name].entries:
                row.form.is_new.data = False

    def _with_what_lacks(self, faulty: FaultyDraft, deed: "Saving") -> FaultyDraft:
        """Everything at once for who wants to publish; a field says one thing at a time."""
        if not self.is_to_be_published:
            return faulty
        told = {fault.field for fault in faulty.faults}
        return FaultyDraft(
            faulty.faults + [fault for fault in deed.lacking() if fault.field not in told]
        )

    def _keep_rows(self) -> None:
        for name in self.row_lists:
            self[name].keep_one()

    def _rearranged(self) -> bool:
        """Whether a button of a row was pressed; then the rows are as it asked."""
        for button, change in (("add", _add), ("remove", _remove), ("mean", _mean)):
            if button in request.form:
                name, at, word = _pressed(request.form[button])
                if name in self.row_lists:
                    change(self[name], at, word)
                return True
        return False


def _pressed(value: str) -> tuple[str, int, str]:
    """The list, the place in it and the word that a button names: `skills-2:RO`."""
    found = re.fullmatch(r"([a-z_]{1,40})(?:-([0-9]{1,4}))?(?::(.{0,200}))?", value)
    return (found[1], int(found[2] or 0), clean_line(found[3] or "")) if found else ("", 0, "")


def _add(rows: RowList, _at: int, _word: str) -> None:
    rows.append_entry()


def _remove(rows: RowList, at: int, _word: str) -> None:
    rows.remove(at)


def _mean(rows: RowList, at: int, word: str) -> None:
    field: Field | None = rows.entries[at].form["label"] if at < len(rows.entries) else None
    if field is not None and word:
        field.data, field.raw_data = word, [word]
