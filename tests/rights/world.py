"""Things that stand in every way to one person: their own, of a colleague, nearby, far away."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.conversations import service as conversations
from app.conversations.models import Conversation, Message, PublishedAnswer
from app.core.actor import Role
from app.core.rights import Scope
from app.gemeenten.models import NetworkGemeente
from app.matching import service as matching
from app.notifications.models import Notice
from app.notifications.rules import NoticeKind
from app.opgaven.models import Opgave
from app.opgaven.rules import Audience
from app.people.models import Evidence, Profile
from app.people.rules import Visibility
from app.responses.models import Outcome, Response
from app.responses.rules import Answer, WhyClosed
from app.together.models import Joint, JointOpgave
from app.vocabulary import deciding
from tests.loans.builders import a_loan_asked
from tests.moderation.builders import a_report
from tests.responses.builders import an_invitation
from tests.support.builders import (
    a_concept,
    a_dispute,
    a_gemeente,
    a_network,
    a_profile,
    a_proposal,
    a_user,
    an_access_request,
    an_opgave,
)
from tests.support.work import MONDAY, TODAY, make_work

SKILL = "Inkoop"


class Standing(StrEnum):
    OWN = "own"
    # A loan that names the viewer as its manager.
    TEAM = "team"
    GEMEENTE = "gemeente"
    # Another gemeente that the opgaven of this one are meant for as well.
    NETWORK = "network"
    # A gemeente far away in a network that the viewer coordinates; to others it is as any other.
    COORDINATED = "coordinated"
    OUTSIDE = "outside"


class Kind(StrEnum):
    """What sort of thing an address names; it says which scopes reach it."""

    # Nothing in particular: the page is about whoever looks.
    NOTHING = "nothing"
    OPGAVE = "opgave"
    ACCOUNT = "account"
    PROFILE = "profile"
    # Between a professional and a gemeente, of which it is.
    BETWEEN = "between"
    MESSAGE = "message"
    LOAN = "loan"
    # Gemeenten that somebody coordinates.
    NETWORK = "network"
    # Of one person and nobody else.
    PERSONAL = "personal"


# By kind, and how it stands to the viewer, the scopes in which it lies; where it lies in none, it
# is there for nobody but who may everywhere.
LIES_IN: dict[Kind, dict[Standing, set[Scope]]] = {
    Kind.OPGAVE: {
        # Who coordinates a network works for a gemeente of it.
        Standing.OWN: {Scope.OWN, Scope.GEMEENTE, Scope.NETWORK, Scope.SHOWN},
        Standing.GEMEENTE: {Scope.GEMEENTE, Scope.NETWORK, Scope.SHOWN},
        Standing.NETWORK: {Scope.SHOWN},
        Standing.COORDINATED: {Scope.NETWORK},
    },
    Kind.ACCOUNT: {
        Standing.OWN: {Scope.OWN, Scope.GEMEENTE},
        Standing.GEMEENTE: {Scope.GEMEENTE},
    },
    Kind.PROFILE: {
        Standing.OWN: {Scope.OWN, Scope.SHOWN},
        Standing.GEMEENTE: {Scope.SHOWN},
        Standing.NETWORK: {Scope.SHOWN},
    },
    Kind.BETWEEN: {Standing.OWN: {Scope.OWN}, Standing.GEMEENTE: {Scope.GEMEENTE}},
    Kind.MESSAGE: {Standing.OWN: {Scope.OWN}, Standing.GEMEENTE: {Scope.GEMEENTE}},
    Kind.LOAN: {
        Standing.OWN: {Scope.OWN},
        Standing.TEAM: {Scope.TEAM},
        Standing.GEMEENTE: {Scope.GEMEENTE},
    },
    Kind.NETWORK: {Standing.OWN: {Scope.NETWORK}},
    Kind.PERSONAL: {Standing.OWN: {Scope.OWN, Scope.SHOWN}},
}
# Which profile is shown to whom: an anonymous one is for other gemeenten.
TIERS = {
    Standing.OWN: Visibility.COLLEAGUES,
    Standing.GEMEENTE: Visibility.GEMEENTE,
    Standing.NETWORK: Visibility.ANONYMOUS,
    Standing.COORDINATED: Visibility.HIDDEN,
    Standing.OUTSIDE: Visibility.HIDDEN,
}


@dataclass(frozen=True)
class World:
    """Who looks, and by standing what there is: the values of addresses by their names."""

    viewer: User
    things: dict[Standing, dict[str, object]] = field(default_factory=dict)


def a_world(session: Session, *roles: Role) -> World:
    return _Builder(session, *roles).world


class _Builder:
    def __init__(self, session: Session, *roles: Role) -> None:
        self.session = session
        places = {"home": "Utrecht", "near": "Utrecht", "next_door": "Utrecht"}
        places |= {"far": "Zeeland", "further": "Zeeland", "coordinated": "Zeeland"}
        self.at = {one: a_gemeente(session, province=where) for one, where in places.items()}
        self.viewer = a_user(session, *roles, gemeente_code=self.at["home"].code)
        for network_id in filter(None, (one.network_id for one in self.viewer.grants)):
            code = self.at["coordinated"].code
            self._add(
                NetworkGemeente(id=uuid4(), network_id=network_id, gemeente_code=code, since=TODAY)
            )
        self.profiles: dict[Standing, Profile] = {}
        self.world = World(self.viewer)
        for standing in TIERS:
            self.world.things[standing] = self._things(standing)
        # A loan is all that there is to be the manager of.
        lent = self._opgave(self._writer("far"), everybody=True)
        asked = self._loan(self._person("near"), lent, self.viewer.email)
        self.world.things[Standing.TEAM] = {"loan_id": asked}
        session.commit()

    def _things(self, standing: Standing) -> dict[str, object]:
        homes = {"own": "home", "gemeente": "home", "network": "near", "outside": "far"}
        home = homes.get(standing, standing.value)
        is_far = standing in {Standing.COORDINATED, Standing.OUTSIDE}
        elsewhere = "further" if is_far else "next_door"
        is_own = standing is Standing.OWN
        opgave = self._opgave(
            self.viewer if is_own else self._writer(home),
            is_public=not is_far,
        )
        asker, closed, fitting, invited = (self._person(elsewhere) for _ in range(4))
        talk = self._between(asker, opgave)
        self._close(closed, opgave)
        matching.match_opgave(make_work(self.session), opgave.id)
        invitation = an_invitation(self.session, opgave, invited)
        person = self.viewer if is_own else self._person(home, TIERS[standing])
        profile = self.session.get(Profile, person.id) or a_profile(
            self.session, SKILL, user=person, visibility=TIERS[standing]
        )
        on_opgave = talk[4]
        if is_own:
            talk = self._between(person, self._opgave(self._writer("far"), everybody=True))
            asked_to = self._opgave(self._writer("far"), everybody=True)
            mine = an_invitation(self.session, asked_to, person)
            ended = self._opgave(self._writer("far"), everybody=True)
            self._close(person, ended)
        conversation, message = talk[2:4]
        return {
            "opgave_id": opgave.id,
            "with_id": self._opgave(self._writer("further"), everybody=True).id,
            "joint_id": self._joint(opgave),
            "network_id": self._network(is_own=is_own),
            "user_id": person.id,
            "conversation_id": conversation,
            "message_id": message,
            "published_id": on_opgave,
            "invitation_id": mine.id if is_own else invitation.id,
            "loan_id": self._loan(talk[0], talk[1], f"baas@{uuid4().hex}.example"),
            "evidence_id": self._evidence(profile),
            "notice_id": self._notice(person, opgave),
            "dispute_id": a_dispute(self.session, profile, "verkeer").id,
            # Where the same word names another thing.
            "outcomes.say_no user_id": asker.id,
            "outcomes.think_again user_id": closed.id,
            "invitations.invite user_id": fitting.id,
            "invitations.take_back invitation_id": invitation.id,
            "conversations.of_opgave opgave_id": talk[1].id,
            "invitations.show opgave_id": asked_to.id if is_own else opgave.id,
            "outcomes.show opgave_id": ended.id if is_own else opgave.id,
            "responses.keep opgave_id": ended.id if is_own else opgave.id,
            "responses.keep_no_longer opgave_id": ended.id if is_own else opgave.id,
            **self._of_all(opgave),
        }

    def _of_all(self, opgave: Opgave) -> dict[str, object]:
        """What is of no gemeente."""
        decider = make_work(self.session, a_user(self.session, Role.BEHEERDER))
        return {
            "request_id": an_access_request(self.session, f"{uuid4().hex}@elders.example").id,
            "proposal_id": a_proposal(self.session).id,
            "report_id": a_report(self.session, opgave_id=opgave.id).id,
            "concept_id": a_concept(self.session, f"Begrip {uuid4().hex}").id,
            "decision_id": deciding.leave_word(decider, f"woord {uuid4().hex}").id,
        }

    def _writer(self, place: str) -> User:
        return a_user(self.session, Role.OPGAVEHOUDER, gemeente_code=self.at[place].code)

    def _person(self, place: str, tier: Visibility = Visibility.COLLEAGUES) -> User:
        user = a_user(self.session, gemeente_code=self.at[place].code)
        a_profile(self.session, SKILL, user=user, visibility=tier)
        return user

    def _opgave(self, owner: User, *, everybody: bool = False, **changed: Any) -> Opgave:
        audience = Audience.EVERYBODY if everybody else Audience.PROVINCE
        # Long enough open for colleagues to have had their time.
        since = MONDAY - timedelta(days=60)
        fields = {"audience": audience, "published_at": since, **changed}
        return an_opgave(self.session, SKILL, owner=owner, **fields)

    def _between(self, asker: User, opgave: Opgave) -> tuple[User, Opgave, UUID, UUID, UUID]:
        """Interest with words, and a question that was published."""
        work = make_work(self.session, asker)
        conversations.show_interest(work, opgave.id, "Ik denk graag mee.", uuid4())
        self.session.flush()
        found = select(Conversation).where(
            Conversation.opgave_id == opgave.id, Conversation.user_id == asker.id
        )
        talk = self.session.scalars(found).one()
        message = self.session.scalars(
            select(Message.id).where(Message.conversation_id == talk.id)
        ).one()
        published = PublishedAnswer(
            id=uuid4(),
            opgave_id=opgave.id,
            conversation_id=talk.id,
            question="Waar is het plein?",
            answer="Aan de haven.",
            published_at=MONDAY,
        )
        self._add(published)
        return asker, opgave, talk.id, message, published.id

    def _close(self, user: User, opgave: Opgave) -> None:
        ids = {"user_id": user.id, "opgave_id": opgave.id}
        self._add(Response(**ids, answer=Answer.CLOSED, answered_at=MONDAY))
        self._add(Outcome(**ids, reason=WhyClosed.HOURS, said_at=MONDAY, told_at=MONDAY))

    def _loan(self, professional: User, opgave: Opgave, manager: str) -> UUID:
        return a_loan_asked(self.session, professional, opgave, manager).id

    def _network(self, *, is_own: bool) -> UUID:
        """That of the viewer, or one in which their gemeente is as well."""
        own = [one.network_id for one in self.viewer.grants if one.network_id is not None]
        return own[0] if is_own and own else a_network(self.session, self.at["home"].code).id

    def _joint(self, opgave: Opgave) -> UUID:
        """Of another gemeente, which asks this opgave along."""
        other = self._opgave(self._writer("further"), everybody=True)
        joint = Joint(id=uuid4(), name="Samen inkopen", begun_at=MONDAY)
        self._add(joint)
        for one, agreed_at in ((other, MONDAY), (opgave, None)):
            row = JointOpgave(
                joint_id=joint.id, opgave_id=one.id, asked_at=MONDAY, agreed_at=agreed_at
            )
            self._add(row)
        return joint.id

    def _evidence(self, profile: Profile) -> UUID:
        row = Evidence(
            id=uuid4(),
            user_id=profile.user_id,
            source_id=uuid4(),
            label=SKILL,
            label_normal=SKILL.lower(),
            gemeente_name="Urk",
            opgave_title="Een opgave",
            month=TODAY.replace(day=1),
        )
        self._add(row)
        return row.id

    def _notice(self, person: User, opgave: Opgave) -> UUID:
        row = Notice(
            id=uuid4(),
            user_id=person.id,
            kind=NoticeKind.HANDED_OVER,
            opgave_id=opgave.id,
            told_at=MONDAY,
        )
        self._add(row)
        return row.id

    def _add(self, row: object) -> None:
        self.session.add(row)
        self.session.flush()
