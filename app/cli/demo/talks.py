"""What people of the demo wrote to each other about the work that one of them asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid5

from sqlalchemy import select

from app.accounts import queries as accounts
from app.accounts.models import User
from app.cli.demo.data import NAMESPACE
from app.cli.demo.seed import as_user
from app.conversations import service
from app.core.work import Work
from app.loans.models import Loan
from app.opgaven.models import Opgave


@dataclass(frozen=True)
class DemoTalk:
    """Who wrote with whom; the professional begins, and they take turns."""

    professional: str
    owner: str
    messages: tuple[str, ...]
    # Whether the last message was read by who it is for.
    is_read: bool = False


TALKS = (
    DemoTalk(
        "Jorrit Feenstra",
        "Marloes Hoekzema",
        (
            "Ik doe dit werk in Westerveld al een paar jaar. Zullen we eens bellen?",
            "Graag! Donderdagochtend ben ik op kantoor. Bel je tussen negen en tien?",
            "Dat past. Ik neem onze aanpak mee, dan kun je zien wat werkt.",
            "Fijn gesprek gehad. Laat je weten of de eerste weken zo lopen als je dacht?",
        ),
        is_read=True,
    ),
    DemoTalk(
        "Hiske Rozema",
        "Marloes Hoekzema",
        ("Mijn leidinggevende is akkoord. Kan ik ook een dag thuis werken?",),
    ),
)


def let_people_talk(work: Work, talks: Sequence[DemoTalk] = TALKS) -> int:
    """Write what is not written yet; how many messages."""
    users = {user.name: user for user in accounts.demo_people(work.session)}
    return sum(
        _write(work, one, users[one.professional], users[one.owner])
        for one in talks
        if one.professional in users and one.owner in users
    )


def _write(work: Work, talk: DemoTalk, professional: User, owner: User) -> int:
    """About the last work they asked this owner for; who comes to try it goes on from there."""
    asked = (
        select(Loan.opgave_id)
        .join(Opgave, Opgave.id == Loan.opgave_id)
        .where(Loan.user_id == professional.id, Opgave.owner_id == owner.id)
    )
    opgave_id = work.session.scalar(asked.order_by(Loan.asked_at.desc(), Loan.id).limit(1))
    if opgave_id is None:
        return 0
    conversation = service.begin(work, opgave_id, professional.id)
    if conversation.messages:
        return 0
    for place, text in enumerate(talk.messages):
        writer = owner if place % 2 else professional
        message_id = uuid5(NAMESPACE, f"bericht/{conversation.id}/{place}")
        service.say(as_user(work, writer), conversation.id, message_id, text)
    if talk.is_read:
        reader = professional if len(talk.messages) % 2 == 0 else owner
        service.mark_read(as_user(work, reader), conversation.id, len(talk.messages))
    return len(talk.messages)
