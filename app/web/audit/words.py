"""What the words of the audit say in Dutch: what somebody did, to follow on a name or on "je"."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.core.actor import Role
from app.core.audit import OF_ITSELF
from app.labels import label

# What came of itself: to follow on "vanzelf".
_OF_ITSELF: Mapping[str, str] = {
    "completion.reported": "werd een inzet klaar gemeld, want niemand zei nog iets",
    "feedback.shown": "werd feedback te lezen",
    "hours.booked": "kwamen uren in de urenbank",
    "hours.reopened": "kwam de vraag om uren nog eens na te kijken",
    "hours.reversed": "ging een boeking uit de urenbank",
    "invitation.expired": "verliep een uitnodiging",
    "invitation.over": "verviel een uitnodiging, want de opgave nam geen reacties meer aan",
    "loan.closed": "werd een inzet afgesloten",
    "loan.ended": "liep een inzet af",
    "loan.stopped": "verviel een aanvraag om uren, want de opgave was voorbij",
    "manager.not_reached": "kwam mail aan een leidinggevende terug",
    "opgave.ended": "sloot een opgave",
    "opgave.filled": "raakte een opgave bezet",
    "opgave.reopened": "kwam een opgave weer open",
    "opgave.started": "begon een opgave",
    "opgave.talking": "kwam een opgave in gesprek",
    "opgave.withdrawn": "eindigde een opgave, want een beheerder haalde de opgave weg",
    "person.away": "hoorde iemand dat het account lang niet gebruikt is",
    "person.left": "ging een account weg dat lang niet gebruikt was",
    "role.expired": "liep een rol af",
    "profile.hidden": "ging een profiel op pauze, want het account is lang niet gebruikt",
    "seat.freed": "kwam een plek bij een opgave vrij",
    "seat.taken": "raakte een plek bij een opgave bezet",
    "terms.agreed": "werden afspraken rond, want alle drie tekenden",
}
# Facts that the house tells of itself reach the audit of nobody, and still have their words: who
# lets a fact be told by a person need not think of this list.
DEEDS: Mapping[str, str] = {
    "access.asked": "vroeg toegang aan",
    "access.decided": "besliste over een aanvraag voor toegang",
    "address.forgotten": "haalde een adres weg dat zonder account bekend was",
    "account.merged": "bracht de uren van een gemeente over naar haar opvolger",
    "agreement.exported": "haalde de afspraken van een inzet op",
    "answer.due": "moest nog antwoorden",
    "answer.late": "was laat met antwoorden",
    "answer.returned": "stuurde een antwoord dat niet aankwam",
    "audit.read": "bekeek het logboek",
    "audit.searched": "zocht in het logboek",
    "co_owner.named": "koos een tweede opgavehouder voor een opgave",
    "completion.reported": "meldde dat een inzet klaar is",
    "concepts.merged": "voegde twee begrippen samen",
    "conversation.begun": "begon een gesprek",
    "data.exported": "haalde alle eigen gegevens op",
    "decision.undone": "draaide een besluit over een woord terug",
    "dispute.withdrawn": "vond een reden van een match toch goed",
    "domain.ended": "haalde een maildomein van een gemeente weg",
    "domain.given": "gaf een gemeente een maildomein",
    "end_talk.nears": "heeft bijna een eindgesprek",
    "end_talk.planned": "plande een eindgesprek",
    "evidence.hidden": "verborg bewijs op het profiel",
    "evidence.kept": "zette bewijs op het profiel",
    "evidence.removed": "haalde bewijs van het profiel",
    "evidence.shown": "liet bewijs op het profiel weer zien",
    "factor.closed": "kwam te vaak met een code die niet klopte",
    "factor.enrolled": "koppelde een app voor de tweede stap",
    "factor.forgotten": "ontkoppelde alles voor de tweede stap",
    "factor.passkey_added": "voegde een passkey toe voor de tweede stap",
    "factor.passkey_refused": "gaf een passkey die niet klopte",
    "factor.passkey_removed": "verwijderde een passkey voor de tweede stap",
    "factor.passkey_used": "deed de tweede stap met een passkey",
    "factor.proven": "gaf een code voor de tweede stap",
    "factor.refused": "gaf een code die niet klopte",
    "factor.renewed": "maakte nieuwe reservecodes",
    "feedback.answered": "antwoordde op feedback",
    "feedback.asked": "vroeg feedback",
    "feedback.given": "gaf feedback",
    "feedback.shown": "liet feedback zien",
    "following.ended": "stopte met het volgen van een opgave",
    "gemeente.merged": "voegde gemeenten samen",
    "gemeenten.changed": "werkte de lijst van gemeenten bij",
    "hours.agreed": "bevestigde uren",
    "hours.booked": "boekte uren",
    "hours.corrected": "veranderde uren die anderen nakijken",
    "hours.disputed": "maakte bezwaar tegen uren",
    "hours.exported": "haalde een overzicht van uren op",
    "hours.reopened": "liet uren opnieuw nakijken",
    "hours.reversed": "draaide een boeking van uren terug",
    "hours.written": "schreef uren",
    "identity.forgotten": "maakte de inlog van de gemeente los van het account",
    "identity.joined": "logde voor het eerst in bij de eigen gemeente",
    "interest.given_back": "kreeg een antwoord op belangstelling terug",
    "interest.shown": "toonde belangstelling voor een opgave",
    "interest.withdrawn": "trok belangstelling in",
    "invitation.accepted": "nam een uitnodiging aan",
    "invitation.declined": "zei nee tegen een uitnodiging",
    "invitation.ended": "beëindigde een uitnodiging",
    "invitation.taken_back": "trok een uitnodiging in",
    "joining.ended": "stopte met meedoen",
    "joint.agreed": "deed mee met een gezamenlijke opgave",
    "joint.asked": "vroeg om samen een opgave op te pakken",
    "joint.left": "stapte uit een gezamenlijke opgave",
    "later.said": "bewaarde een opgave voor later",
    "limit.agreed": "sprak een limiet op uren af",
    "loan.asked": "vroeg om uren",
    "loan.called_off": "liet een inzet niet doorgaan",
    "loan.closed": "sloot een inzet af",
    "loan.end_moved": "liet een inzet eerder stoppen",
    "loan.ended": "beëindigde een inzet",
    "loan.refused": "zei nee tegen een aanvraag om uren",
    "loan.stopped": "liet een aanvraag met de opgave stoppen",
    "loan.withdrawn": "trok een aanvraag om uren in",
    "manager.named": "noemde een andere leidinggevende of een ander adres",
    "manager.not_reached": "noemde een leidinggevende die niet bereikt werd",
    "matches.found": "vond matches",
    "matching.unfinished": "vergeleek nog niet alles",
    "merge.undone": "maakte samengevoegde begrippen weer los",
    "message.written": "schreef een bericht",
    "opgave.allowed": "keurde een opgave goed",
    "opgave.changed": "wijzigde een opgave",
    "opgave.drafted": "begon een opgave",
    "opgave.ended": "sloot een opgave",
    "opgave.filled": "zette een opgave op bezet",
    "opgave.followed": "ging een opgave volgen",
    "opgave.handed_over": "droeg een opgave over",
    "opgave.joined": "deed mee met een opgave",
    "opgave.published": "publiceerde een opgave",
    "opgave.reopened": "zocht weer collega's voor een opgave",
    "opgave.sent_back": "stuurde een opgave terug",
    "opgave.started": "liet een opgave beginnen",
    "opgave.submitted": "stuurde een opgave in om te laten beoordelen",
    "opgave.taken_down": "haalde een opgave weg",
    "opgave.talking": "zette een opgave op in gesprek",
    "opgave.withdrawn": "trok een opgave in",
    "outcome.given": "liet een collega weten of het doorgaat",
    "outcome.taken_back": "wilde toch verder met een collega",
    "outcome.undone": "liet weten dat een opgave weer open is",
    "person.away": "hoorde dat het account lang niet gebruikt is",
    "person.left": "beëindigde het account",
    "person.registered": "maakte een account",
    "professional.invited": "nodigde een collega uit",
    "profile.changed": "wijzigde een profiel",
    "profile.hidden": "zette een profiel op pauze dat lang niet gebruikt is",
    "profile.paused": "zette een profiel op pauze",
    "profile.seen": "bekeek een profiel",
    "proposal.refused": "zei nee tegen andere afspraken",
    "proposal.withdrawn": "trok een voorstel voor andere afspraken in",
    "provider.ended": "ontkoppelde de inlog van een gemeente",
    "provider.given": "koppelde de inlog van een gemeente",
    "question.asked": "stelde een vraag",
    "question.published": "publiceerde een vraag met antwoord",
    "question.revised": "wijzigde een gepubliceerd antwoord",
    "question.taken_back": "haalde een gepubliceerd antwoord weg",
    "reason.disputed": "vond een reden van een match niet kloppen",
    "remark.made": "schreef een vraag of antwoord bij een inzet",
    "report.decided": "besliste over iets wat gemeld was",
    "report.made": "meldde iets",
    "report.put_back": "zette iets terug wat weggehaald was",
    "report.read": "bekeek iets wat gemeld was",
    # From before the log knew which of the two.
    "review.chosen": "zette het beoordelen van opgaven aan of uit",
    "review.chosen.off": "zette het beoordelen van opgaven uit",
    "review.chosen.on": "zette het beoordelen van opgaven aan",
    "role.ending": "heeft een rol die bijna afloopt",
    "role.expired": "had een rol die afliep",
    "seat.freed": "gaf een plek bij een opgave vrij",
    "seat.taken": "kreeg een plek bij een opgave",
    "session.begun": "logde in",
    "session.ended": "logde uit",
    "sessions.ended": "logde overal uit",
    "settling.undone": "draaide een verrekening terug",
    "sign_in.asked": "vroeg een link om in te loggen",
    "signature.held_up": "kon niet tekenen, want dat ging boven de limiet van een gemeente",
    "terms.agreed": "maakte afspraken rond",
    "terms.changed": "stelde andere afspraken voor",
    "terms.signed": "tekende afspraken",
    "visibility.anonymous": "liet het profiel zonder naam zien aan andere gemeenten",
    "visibility.colleagues": "liet het profiel met naam zien aan alle collega's",
    "visibility.gemeente": "liet het profiel met naam zien aan de eigen gemeente, en verder zonder",
    "visibility.hidden": "liet het profiel aan niemand anders meer zien",
    "vocabulary.changed": "wijzigde de begrippen",
    "word.decided": "besliste over een los woord",
    "word.listed": "zette een woord in de lijst",
    "year.settled": "verrekende een jaar",
    **{f"role.given.{role}": f"gaf de rol {label(role).lower()}" for role in Role},
    **{f"role.prolonged.{role}": f"verlengde de rol {label(role).lower()}" for role in Role},
    **{f"role.ended.{role}": f"nam de rol {label(role).lower()} weg" for role in Role},
    **{deed + OF_ITSELF: said for deed, said in _OF_ITSELF.items()},
}


@dataclass(frozen=True)
class Kind:
    """Deeds that are looked for together, by what their names begin with."""

    name: str
    begins: frozenset[str]

    def holds(self, deed: str) -> bool:
        return deed.partition(".")[0] in self.begins

    def __str__(self) -> str:
        return self.name


def _kind(name: str, *begins: str) -> Kind:
    return Kind(name, frozenset(begins))


KINDS: Mapping[Kind, str] = {
    _kind(
        *("inloggen", "session", "sessions", "sign_in", "person", "factor", "identity"),
        *("data", "address"),
    ): "Inloggen en accounts",
    _kind(
        *("rollen", "role", "access", "domain", "provider", "gemeente", "gemeenten"),
    ): "Rollen en toegang",
    _kind("profielen", "profile", "evidence", "visibility"): "Profielen",
    _kind(
        *("opgaven", "opgave", "co_owner", "review", "seat", "joint", "joining", "following"),
        *("later",),
    ): "Opgaven",
    _kind(
        *("reacties", "interest", "invitation", "professional", "outcome", "conversation"),
        *("message", "question", "answer"),
    ): "Reacties en gesprekken",
    _kind(
        *("inzet", "loan", "terms", "proposal", "signature", "manager", "remark", "end_talk"),
        *("completion", "feedback", "agreement"),
    ): "Inzet",
    _kind("uren", "hours", "limit", "year", "settling", "account"): "Uren en de urenbank",
    _kind("gemeld", "report"): "Wat gemeld is",
    _kind(
        *("begrippen", "concepts", "merge", "decision", "vocabulary", "word", "reason", "dispute"),
        *("matches", "matching"),
    ): "Begrippen en matches",
    _kind("logboek", "audit"): "Het logboek zelf",
}


def words_of(deed: str) -> str:
    """A deed of an earlier release keeps its own word, rather than none."""
    return DEEDS.get(deed, deed)
