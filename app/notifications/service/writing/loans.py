"""The mail of a loan, to each of its three parties."""

from datetime import date, datetime, timedelta
from typing import Any

from app.accounts import queries as accounts
from app.accounts.models import User
from app.core.work import Work
from app.loans import queries as loans
from app.loans.events import ManagerNamed
from app.loans.headline import (
    AGREED,
    CHANGE_AGREED,
    EXTENSION_AGREED,
    Moments,
    Steps,
    is_news_of_remark,
    is_own_step,
    newest_step,
    of_owner,
)
from app.loans.lines import agreed_changes, changes, end_talk_moved, end_talk_would_move
from app.loans.next_steps import (
    comes_back,
    link_says,
    once_agreed,
    once_changed,
    once_off,
    once_stopped,
    who_asks,
)
from app.loans.rules import Party
from app.loans.seen import SeenLoan
from app.loans.words import (
    changed_hours,
    end_talk,
    how_it_stands_and_went,
    newest_remark,
    summary,
    what_became_of_opgave,
    what_changed,
    why,
)
from app.notifications import queries
from app.notifications.models import Delivery
from app.notifications.service.writing.addressed import Addressed, NothingToTell
from app.opgaven.events import OpgaveHandedOver

# So long a mail of something else tells who looks after the opgave now. Whether another told it is
# not known for ever: mails are not kept as long as loans run.
AN_OWNER_IS_NEWS = timedelta(weeks=2)


# Before what other terms change, once they hold.
ALL_SIGNED = "Alle drie hebben getekend. Dit is er nu anders:"


def loan(work: Work, delivery: Delivery) -> Addressed:
    """What a party must know of a loan: how it stands now, and what they can do about it."""
    seen = loans.of_any(work.session, delivery.subject_id)
    party, email, name = _reader(work, delivery, seen)
    facts = {
        "name": name,
        "loan_id": seen.loan.id,
        "is_own": party is Party.PROFESSIONAL,
        "opgave_title": "" if seen.is_opgave_down else seen.opgave_title,
        "professional_name": seen.professional_name,
        "lender_name": seen.lender_name,
        "borrower_name": seen.borrower_name,
        "summary": summary(seen),
        "hours": changed_hours(seen, party),
        "why": why(seen, party),
        "link_says": link_says(seen, party),
        # A manager needs no account, and so no sign-in: they come in by this address.
        "email": email if party is Party.LENDER else "",
        **_news(work, delivery, seen, party),
    }
    return Addressed(email, name, facts)


def _reader(work: Work, delivery: Delivery, seen: SeenLoan) -> tuple[Party, str, str]:
    """In what part they read it, their address and name; a manager may have no account."""
    if delivery.user_id is None:
        return Party.LENDER, seen.loan.manager_email, seen.loan.manager_name
    reader = work.fetch(User, delivery.user_id)
    party = loans.party_of(seen.loan, accounts.actor_of(reader), reader.email)
    if party is None:
        raise NothingToTell("no party any more")
    return party, reader.email, reader.name


def _news(work: Work, delivery: Delivery, seen: SeenLoan, party: Party) -> dict[str, Any]:
    """What is new, once: the first line, and what else is said with it."""
    told_at = loans.last_told(work.session, seen.loan)
    is_new = _is_new(seen, party, told_at.get(ManagerNamed.name))
    newest = newest_step(seen, party, _when_planned(told_at, delivery))
    if is_own_step(newest, party):
        raise NothingToTell("their own step")
    what_is_new = newest.said
    shown = _with_role(seen, party, what_is_new)
    said = how_it_stands_and_went(seen, party, work.today).removeprefix(f"{what_is_new}.").strip()
    of_opgave = [_about_opgave(work, delivery, seen)]
    of_opgave += _about_owner(work, delivery, of_owner(seen, party, told_at), what_is_new)
    is_agreed = what_is_new in {EXTENSION_AGREED, CHANGE_AGREED}
    is_written = is_news_of_remark(seen, what_is_new)
    remark = newest_remark(seen, party, is_news=is_written)
    return {
        "headline": shown,
        "wrote": remark if is_written else "",
        "changed": ALL_SIGNED if is_agreed else what_changed(seen, party, work.today),
        "about_opgave": " ".join(filter(None, of_opgave)),
        "who_asks": who_asks(seen, party, is_new=is_new),
        "comes_back": comes_back(seen, party, is_new=is_new),
        "changes": agreed_changes(seen) if is_agreed else changes(seen, party),
        "said": _with_role(seen, party, said) if shown == what_is_new else said,
        "remark": "" if is_written or _is_known(work, delivery, seen) else remark,
        "asked": _asked(seen, party, what_is_new, work.today),
        "end_talk": end_talk_would_move(seen, work.today)
        or (end_talk_moved(seen) if is_agreed else "")
        or end_talk(seen, party, work.today),
    }


def _is_known(work: Work, delivery: Delivery, seen: SeenLoan) -> bool:
    """Whether an earlier mail told what was written last, and nobody is waited for by it."""
    if not seen.remarks or seen.remarks[-1] in (seen.question, seen.objection):
        return False
    return queries.was_told(work.session, delivery, seen.remarks[-1].said_at)


def _asked(seen: SeenLoan, reader: Party, what_is_new: str, today: date) -> str:
    """What is to be done after what is new."""
    if what_is_new == AGREED:
        return once_agreed(seen, reader, today)
    if what_is_new in {EXTENSION_AGREED, CHANGE_AGREED}:
        return once_changed(seen)
    return once_stopped(seen, reader) or once_off(seen, reader)


def _with_role(seen: SeenLoan, reader: Party, text: str) -> str:
    """Whose manager it is, to the borrower, who may read the name for the first time."""
    name = seen.loan.manager_name
    if reader is not Party.BORROWER or "leidinggevende" in text:
        return text
    return text.replace(name, f"{name} (leidinggevende van {seen.professional_name})", 1)


def _is_new(seen: SeenLoan, party: Party, named_at: datetime | None) -> bool:
    """Whether this is the first that somebody is asked to sign; of managers there may have been
    another before.
    """
    if party not in seen.waits_for or seen.terms.version == 1:
        return party in seen.waits_for
    return party is Party.LENDER and named_at is not None and named_at >= seen.terms.made_at


def _about_opgave(work: Work, delivery: Delivery, seen: SeenLoan) -> str:
    """That it was taken down, to who was not told by an earlier mail."""
    down_at = seen.opgave_down_at
    is_told = down_at is not None and queries.was_told(work.session, delivery, down_at)
    return "" if is_told else what_became_of_opgave(seen)


def _about_owner(work: Work, delivery: Delivery, told: Steps, what_is_new: str) -> list[str]:
    """That another looks after it, beside what is new, to who was not told by an earlier mail."""
    return [
        f"{said}."
        for at, said, _ in told
        if said != what_is_new and work.now - at < AN_OWNER_IS_NEWS
        if not queries.was_told(work.session, delivery, at)
    ]


def _when_planned(told_at: Moments, delivery: Delivery) -> Moments:
    """Without that another looks after the opgave, if the mail waited already to tell more."""
    at = told_at.get(OpgaveHandedOver.name)
    if at is None or at <= delivery.created_at:
        return told_at
    return {name: one for name, one in told_at.items() if name != OpgaveHandedOver.name}
