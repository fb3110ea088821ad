"""What somebody looks for in the log."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.rules import tidy_email
from app.core.audit import Wanted
from app.core.clock import day_begins
from app.core.faults import day_fault
from app.loans import queries as loans
from app.web.audit.words import DEEDS, KINDS, Kind
from app.web.auth import id_of_address
from app.web.choices import one_of
from app.web.forms import DayField
from app.web.search import SearchField, SearchForm

# More people than this with one name is no answer to who did it.
MOST_PEOPLE = 25
NOBODY = "We vinden niemand met deze naam of dit mailadres."
TOO_MANY = (
    f"Meer dan {MOST_PEOPLE} mensen hebben dit in hun naam. Typ de hele naam of het mailadres."
)
TURNED = "De einddatum ligt voor de begindatum."
A_DAY = timedelta(days=1)


class LogSearch(SearchForm):
    q = SearchField("Naam of mailadres")
    kind = one_of("Wat", KINDS, empty="Alles", name="wat")
    since = DayField("Vanaf", name="van")
    until = DayField("Tot en met", name="tot")

    def offer(self, shown: tuple[str, ...]) -> None:
        """Only the kinds of which something may be shown."""
        held = {str(kind) for kind in KINDS if any(kind.holds(deed) for deed in shown)}
        self.kind.choices = [one for one in self.kind.choices if one.value in {"", *held}]

    def wanted(
        self, session: Session, code: str | None, shown: tuple[str, ...] | None
    ) -> Wanted | None:
        """What was asked, of the deeds that may be `shown`; None when that cannot be answered.

        What is wrong stands beside its field then. A gemeentebeheerder finds the own people only.
        """
        is_read = self.validate() and self._days_are_meant()
        if self.since.data and self.until.data and self.until.data < self.since.data:
            self.until.errors = [*self.until.errors, TURNED]
            is_read = False
        people = self._people(session, code) if self.text else None
        if not is_read or self.q.errors:
            return None
        return Wanted(
            people=people,
            deeds=_deeds(self.kind.data, shown),
            since=day_begins(self.since.data) if self.since.data else None,
            until=day_begins(self.until.data + A_DAY) if self.until.data else None,
        )

    def _days_are_meant(self) -> bool:
        for field in (self.since, self.until):
            faults = day_fault(field.name, field.data)
            field.errors = [*field.errors, *(fault.said for fault in faults)]
        return not (self.since.errors or self.until.errors)

    def _people(self, session: Session, code: str | None) -> tuple[UUID, ...]:
        found = accounts.found_by(session, self.text, code, MOST_PEOPLE + 1)
        emails = [email for _, email in found]
        by_mail = _by_mail(session, self.text, emails) if code is None else ()
        if not (found or by_mail) or len(found) > MOST_PEOPLE:
            self.q.errors = [*self.q.errors, TOO_MANY if found else NOBODY]
        return (*(user_id for user_id, _ in found), *by_mail)


def _by_mail(session: Session, typed: str, emails: list[str]) -> tuple[UUID, ...]:
    """Under which these people did something by the link of a mail, and a manager of this address.

    Of who left no address stands anywhere: who types it finds nothing.
    """
    typed = tidy_email(typed)
    known = {*emails, typed} if loans.is_named(session, typed) else {*emails}
    return tuple(id_of_address(email) for email in known)


def _deeds(kind: Kind | None, shown: tuple[str, ...] | None) -> tuple[str, ...] | None:
    if kind is None:
        return shown
    among = DEEDS if shown is None else shown
    return tuple(deed for deed in among if kind.holds(deed))
