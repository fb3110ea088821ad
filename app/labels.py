"""Dutch words for every value that a person can meet."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from app.accounts.rules import ROLE_WORDS, AccessState, Away, Hands, ProposalState, Term, WhyKept
from app.conversations.rules import End, Side
from app.core.actor import Role
from app.core.heartbeat import Group
from app.core.jobs import JobState
from app.core.phases import Phase
from app.hours.rules import Entry, TransferKind
from app.insight.rules import Stage
from app.loans.lines import COSTS
from app.loans.rules import Again, CostBasis, LoanState, Party, Reason, Showed
from app.loans.words import REASONS
from app.matching.core.words import LEVELS
from app.moderation.rules import GROUNDS, Ground, Ruling, Subject
from app.notifications.rules import (
    Channel,
    DeliveryState,
    Family,
    Frequency,
    MailKind,
    NoticeKind,
    RunState,
    Weekday,
)
from app.opgaven.rules import Audience, Kind, OpgaveStatus, Part, Place
from app.people.rules import Direction, Level, Movement, ProfileState, Visibility
from app.people.rules import Part as ProfilePart
from app.responses.rules import Answer, InvitationState, WhyClosed, WhyNot
from app.vocabulary.rules import Theme, Verdict

# Per kind of value: members of two kinds can be equal (Level.BASIC == Weekday.MONDAY).
LABELS: Mapping[type[Enum], Mapping[Any, str]] = {
    Theme: {
        Theme.RUIMTE: "Ruimte en gebiedsontwikkeling",
        Theme.WONEN: "Wonen",
        Theme.VTH: "Vergunningen, toezicht en handhaving",
        Theme.OPENBARE_RUIMTE: "Openbare ruimte",
        Theme.MOBILITEIT: "Mobiliteit",
        Theme.DUURZAAMHEID: "Duurzaamheid en klimaat",
        Theme.ECONOMIE: "Economie",
        Theme.SOCIAAL_DOMEIN: "Sociaal domein",
        Theme.JEUGD: "Jeugd en onderwijs",
        Theme.WERK_INKOMEN: "Werk en inkomen",
        Theme.CULTUUR_SPORT: "Cultuur, sport en erfgoed",
        Theme.VEILIGHEID: "Veiligheid",
        Theme.BURGERZAKEN: "Burgerzaken en dienstverlening",
        Theme.FINANCIEN: "Financiën",
        Theme.JURIDISCH: "Juridisch",
        Theme.BESTUUR: "Bestuur en griffie",
        Theme.PARTICIPATIE: "Participatie en democratie",
        Theme.DATA_INFORMATIE: "Data en informatie",
        Theme.HR: "Personeel en organisatie",
        Theme.INKOOP: "Inkoop",
        Theme.COMMUNICATIE: "Communicatie",
        Theme.PROJECTEN: "Projecten en programma's",
    },
    Subject: {
        Subject.OPGAVE: "Opgave",
        Subject.PROFILE: "Profiel",
        Subject.MESSAGE: "Bericht",
        Subject.PUBLISHED: "Vraag met antwoord",
        Subject.INVITATION: "Uitnodiging",
    },
    Ground: GROUNDS,
    Ruling: {Ruling.LEFT: "Blijft staan", Ruling.TAKEN_DOWN: "Weggehaald"},
    Verdict: {
        Verdict.LINK: "Ander woord voor een begrip",
        Verdict.CONCEPT: "Nieuw begrip",
        Verdict.DIFFERENT: "Lijkt erop, maar is iets anders",
        Verdict.ASIDE: "Blijft liggen",
    },
    Kind: {
        Kind.OPGAVE: "Opgave",
        Kind.KLUS: "Klus",
        Kind.DETACHERING: "Detachering",
        Kind.RUIL: "Ruil",
        Kind.MEELOPEN: "Meelopen",
        Kind.KLANKBORD: "Klankbord",
        Kind.ATELIERPLEK: "Atelierplek",
    },
    OpgaveStatus: {
        OpgaveStatus.CONCEPT: "Concept",
        OpgaveStatus.REVIEW: "Ter beoordeling",
        OpgaveStatus.OPEN: "Open",
        OpgaveStatus.TALKING: "In gesprek",
        OpgaveStatus.FILLED: "Bezet",
        OpgaveStatus.RUNNING: "Lopend",
        OpgaveStatus.DONE: "Afgerond",
        OpgaveStatus.WITHDRAWN: "Ingetrokken",
        OpgaveStatus.EXPIRED: "Verlopen",
    },
    Stage: {
        Stage.PUBLISHED: "Ging open",
        Stage.INTEREST: "Kreeg belangstelling",
        Stage.TALKING: "Kwam tot een gesprek",
        Stage.FILLED: "Is bezet",
        Stage.STARTED: "Is begonnen",
        Stage.DONE: "Is afgerond",
    },
    Part: {
        Part.OWNER: "Opgavehouder",
        Part.CO_OWNER: "Tweede opgavehouder",
        Part.BEHEERDER: "Beheerder, zolang er geen opgavehouder is",
    },
    Place: {
        Place.ON_SITE: "Op locatie",
        Place.HYBRID: "Deels op afstand",
        Place.REMOTE: "Op afstand",
    },
    Audience: {
        Audience.EVERYBODY: "Alle gemeenten",
        Audience.PROVINCE: "Gemeenten in onze provincie",
        Audience.NETWORK: "Gemeenten in ons netwerk",
    },
    ProfileState: {
        ProfileState.CONCEPT: "Concept",
        ProfileState.PUBLISHED: "Gepubliceerd",
        ProfileState.PAUSED: "Gepauzeerd",
    },
    ProfilePart: {
        ProfilePart.WORDS: "Je functie en je eigen woorden",
        ProfilePart.TIMES: "Je precieze uren en hoe ver je reist",
        ProfilePart.CONFIRMED: "Wat gemeenten over je bevestigden",
        ProfilePart.CONTACT: "Je mailadres",
    },
    Visibility: {
        Visibility.HIDDEN: "Alleen ikzelf",
        Visibility.ANONYMOUS: "Andere gemeenten, zonder mijn naam",
        Visibility.GEMEENTE: "Mijn gemeente met naam, andere gemeenten zonder mijn naam",
        Visibility.NETWORK: "Mijn gemeente en haar netwerken met naam, anderen zonder mijn naam",
        Visibility.COLLEAGUES: "Alle ingelogde collega's, met naam",
        Visibility.PUBLIC: "Iedereen, met naam",
    },
    Movement: {
        Movement.VERANDERAAR: "Veranderaar",
        Movement.GRENSDENKER: "Grensdenker",
        Movement.AANPAKKER: "Aanpakker",
        Movement.ENERGIEGEVER: "Energiegever",
    },
    Direction: {
        Direction.CAN: "Dit kan ik",
        Direction.WANTS: "Dit wil ik leren",
    },
    Level: {level: LEVELS[level].capitalize() for level in Level},
    Role: {role: words.capitalize() for role, words in ROLE_WORDS.items()},
    JobState: {
        JobState.PENDING: "Wacht",
        JobState.DONE: "Klaar",
        JobState.FAILED: "Mislukt",
    },
    Group: {
        Group.TICK: "Nieuws verdelen en mails klaarzetten",
        Group.MAIL_URGENT: "Mail waar iemand op wacht",
        Group.MAIL_BULK: "Overzichten maken en versturen",
        Group.MATCH: "Matches zoeken",
        Group.BUILD: "Alles vergelijken en momentopnamen maken",
    },
    AccessState: {
        AccessState.WAITING: "Wacht op een beheerder",
        AccessState.GRANTED: "Toegelaten",
        AccessState.REFUSED: "Niet toegelaten",
    },
    Answer: {
        Answer.INTERESTED: "Ik heb belangstelling",
        Answer.LATER: "Later",
        Answer.NO: "Nee",
        Answer.CLOSED: "Afgerond",
    },
    InvitationState: {
        InvitationState.WAITING: "Wacht op antwoord",
        InvitationState.ACCEPTED: "Zei ja",
        InvitationState.DECLINED: "Zei nee",
        InvitationState.EXPIRED: "Gaf geen antwoord",
        InvitationState.TAKEN_BACK: "Ingetrokken",
        InvitationState.OVER: "De opgave was voorbij",
    },
    WhyClosed: {
        WhyClosed.SOMEBODY_ELSE: "Iemand anders pakt het op",
        WhyClosed.HOURS: "De uren of de periode passen niet",
        WhyClosed.EXPERIENCE: "We zoeken andere ervaring",
        WhyClosed.CHANGED: "De opgave is veranderd",
        WhyClosed.OTHER: "Iets anders",
        WhyClosed.FILLED: "De opgave is bezet",
        WhyClosed.DONE: "De opgave is afgerond",
        WhyClosed.WITHDRAWN: "De opgave is ingetrokken",
        WhyClosed.EXPIRED: "De opgave is verlopen",
    },
    WhyNot: {
        WhyNot.NO_TIME: "Ik heb nu geen tijd",
        WhyNot.NOT_MY_SKILL: "Dit is niet mijn vak",
        WhyNot.NOT_ALLOWED: "Het mag nu niet van mijn gemeente",
        WhyNot.TOO_FAR: "Het is te ver weg",
        WhyNot.OTHER: "Iets anders",
    },
    CostBasis: COSTS,
    LoanState: {
        LoanState.ASKED: "Wacht op handtekeningen",
        LoanState.ACTIVE: "Loopt",
        LoanState.ENDED: "Afgelopen",
        LoanState.CLOSED: "Afgesloten",
        LoanState.REFUSED: "Geweigerd",
        LoanState.WITHDRAWN: "Ingetrokken",
        LoanState.CALLED_OFF: "Gaat niet door",
    },
    Party: {
        Party.PROFESSIONAL: "Gedetacheerde",
        Party.LENDER: "Werkgever",
        Party.BORROWER: "Opdrachtgever",
    },
    Reason: REASONS,
    Again: {
        Again.YES: "Ja, graag",
        Again.MAYBE: "Misschien",
        Again.NO: "Nee, liever niet",
    },
    Showed: {
        Showed.SHOWN: "Heeft het laten zien",
        Showed.GROWING: "Is in ontwikkeling",
        Showed.NOT_ASKED: "Was niet aan de orde",
    },
    TransferKind: {
        TransferKind.LENT: "Uren",
        TransferKind.REVERSAL: "Correctie",
        TransferKind.SETTLEMENT: "Verrekening",
        TransferKind.MERGER: "Samenvoeging",
    },
    Entry: {
        Entry.LENT: "Uitgeleend",
        Entry.BORROWED: "Geleend",
        Entry.SETTLED: "Verrekend",
        Entry.MERGED: "Samengevoegd",
    },
    Side: {Side.PROFESSIONAL: "De professional", Side.OPGAVE: "De opgavehouder"},
    End: {
        End.SAID_NO: "Nee van de gemeente",
        End.DECLINED: "Nee tegen de uitnodiging",
        End.TAKEN_BACK: "Geen belangstelling meer",
        End.OPGAVE: "Opgave niet meer open",
    },
    Family: {
        Family.MATCHES: "Opgaven die bij je passen",
        Family.COLLEAGUES: "Collega's die bij je opgaven passen",
        Family.RESPONSES: "Reacties op je opgaven",
        Family.OWN: "Wat er met je opgaven gebeurt, en wat op jouw oordeel wacht",
        Family.MESSAGES: "Berichten in je gesprekken",
        Family.INVITATIONS: "Uitnodigingen voor een opgave",
        Family.LOANS: "Inzet: afspraken, handtekeningen en uren",
        Family.OUTCOMES: "Hoe je reacties aflopen",
        Family.URENBANK: "De urenbank van je gemeente",
        Family.TOGETHER: "Samen met andere gemeenten, en opgaven die je volgt",
    },
    Channel: {
        Channel.AT_ONCE: "Meteen per mail",
        Channel.DIGEST: "In het overzicht",
        Channel.INBOX: "Alleen bij Meldingen",
    },
    Frequency: {
        Frequency.DAILY: "Elke dag",
        Frequency.WEEKLY: "Elke week",
        Frequency.NEVER: "Nooit",
    },
    Weekday: {
        Weekday.MONDAY: "maandag",
        Weekday.TUESDAY: "dinsdag",
        Weekday.WEDNESDAY: "woensdag",
        Weekday.THURSDAY: "donderdag",
        Weekday.FRIDAY: "vrijdag",
        Weekday.SATURDAY: "zaterdag",
        Weekday.SUNDAY: "zondag",
    },
    NoticeKind: {
        NoticeKind.OPGAVE_FOR_YOU: "Opgave voor jou",
        NoticeKind.COLLEAGUE_FOR_OPGAVE: "Collega voor je opgave",
        NoticeKind.INTEREST_SHOWN: "Belangstelling voor je opgave",
        NoticeKind.REVIEW_ASKED: "Opgave om te beoordelen",
        NoticeKind.SENT_BACK: "Opgave kwam terug",
        NoticeKind.ALLOWED: "Opgave staat open",
        NoticeKind.HANDED_OVER: "Opgave is nu van jou",
        NoticeKind.TAKEN_OVER: "Opgave is overgenomen",
        NoticeKind.CO_OWNER_NAMED: "Tweede opgavehouder",
        NoticeKind.EXPIRED: "Opgave is verlopen",
        NoticeKind.OPGAVE_JOINED: "Een gemeente doet mee",
        NoticeKind.JOINT_ASKED: "Vraag om iets samen op te pakken",
        NoticeKind.JOINT_AGREED: "Een gemeente pakt het samen met jullie op",
        NoticeKind.JOINT_LEFT: "Een gemeente stapte eruit",
        NoticeKind.FOLLOWED_ENDED: "Afloop van een opgave die je volgt",
        NoticeKind.MESSAGE_WRITTEN: "Bericht in een gesprek",
        NoticeKind.INVITED: "Uitnodiging voor een opgave",
        NoticeKind.INVITATION_ENDED: "Uitnodiging niet aangenomen",
        NoticeKind.LOAN_MOVED: "Nieuws over inzet",
        NoticeKind.QUESTION_PUBLISHED: "Je vraag staat op de opgave",
        NoticeKind.ANSWER_DUE: "Een collega wacht op antwoord",
        NoticeKind.ANSWER_LATE: "Een collega kreeg niet op tijd antwoord",
        NoticeKind.OUTCOME: "Afloop van een reactie",
        NoticeKind.GIVEN_BACK: "Je belangstelling staat weer",
        NoticeKind.OPENED_AGAIN: "Een opgave staat weer open",
        NoticeKind.LIMIT_REACHED: "De limiet van de urenbank houdt een handtekening tegen",
        NoticeKind.YEAR_SETTLED: "De uren van een jaar zijn verrekend",
        NoticeKind.INVITATION_TAKEN_BACK: "Uitnodiging ingetrokken",
        NoticeKind.ASKER_LEFT: "Wie je schreef, is hier niet meer",
    },
    Away: {
        Away.NOT: "nog niet",
        Away.HIDDEN_SOON: "dat het profiel over een maand op pauze gaat",
        Away.HIDDEN: "dat het profiel op pauze staat",
        Away.GONE_SOON: "dat het account over een maand weggaat",
    },
    WhyKept: {
        WhyKept.INVITED: "een collega nodigde je uit",
        WhyKept.LEFT: "je laatste mail, over het einde van je account",
    },
    Hands: {
        Hands.ONE: "door één persoon",
        Hands.TWO: "door twee personen",
        Hands.WITH_OPERATOR: "door één persoon, en wie de site draait",
        Hands.OPERATOR: "door wie de site draait",
    },
    ProposalState: {
        ProposalState.WAITING: "wacht op een tweede",
        ProposalState.CONFIRMED: "bevestigd",
        ProposalState.REFUSED: "afgewezen",
        ProposalState.LAPSED: "verlopen",
    },
    Term: {
        Term.QUARTER: "drie maanden",
        Term.HALF_YEAR: "een half jaar",
        Term.YEAR: "een jaar",
        Term.TWO_YEARS: "twee jaar",
    },
    MailKind: {
        MailKind.SIGN_IN: "Inloglink",
        MailKind.ACCESS_ASKED: "Aanvraag om mee te doen",
        MailKind.ACCESS_DECIDED: "Antwoord op een aanvraag",
        MailKind.ACCOUNT_UNUSED: "Een account dat lang niet gebruikt is",
        MailKind.COLLEAGUE_INVITED: "Uitnodiging om mee te doen",
        MailKind.SHUT_OUT: "Een account is stopgezet",
        MailKind.ROLE_ENDING: "Een rol die afloopt",
        MailKind.ROLE_PROPOSED: "Een rol die is voorgesteld",
        MailKind.FACTOR_CHANGED: "Iets veranderde aan de tweede stap",
        MailKind.IDENTITY_JOINED: "De inlog van de gemeente opent het account",
        MailKind.SIGNED_IN_ELSEWHERE: "Er is ingelogd in een andere browser",
        MailKind.ACCOUNT_ENDED: "Einde van een account",
        MailKind.LOAN: "Bericht over inzet",
        MailKind.TAKEOVER: "Voorstel om een opgave over te nemen",
        MailKind.HANDED_OVER: "Overdracht van een opgave",
        MailKind.REPORT_MADE: "Iets wat gemeld is",
        MailKind.REPORT_DECIDED: "Besluit over wat gemeld is",
        MailKind.INTEREST_SHOWN: "Belangstelling voor een opgave",
        MailKind.MESSAGE: "Bericht uit een gesprek",
        MailKind.INVITATION: "Uitnodiging voor een opgave",
        MailKind.OUTCOME: "Afloop van een reactie",
        MailKind.ANSWER_AWAITED: "Een collega wacht op antwoord",
        MailKind.URENBANK: "Nieuws van de urenbank",
        MailKind.REVIEW: "Oordeel over een opgave",
        MailKind.ANSWER_RETURNED: "Antwoord dat niet in een gesprek kon",
        MailKind.DIGEST: "Overzicht",
    },
    RunState: {
        RunState.EXPANDING: "bezig met plannen",
        RunState.EXPANDED: "gepland",
    },
    Phase: {
        Phase.WRITE: "bij het schrijven",
        Phase.CONNECT: "bij het verbinden",
        Phase.MAIL: "bij de afzender",
        Phase.RCPT: "bij het adres",
        Phase.DATA: "bij de tekst",
        Phase.DOT: "na de tekst",
    },
    DeliveryState: {
        DeliveryState.PENDING: "Staat klaar",
        DeliveryState.SUBMITTING: "Wordt verstuurd",
        DeliveryState.ACCEPTED: "Verstuurd",
        DeliveryState.UNKNOWN: "Onzeker of het aankwam",
        DeliveryState.FAILED: "Mislukt",
        DeliveryState.SUPPRESSED: "Niet meer gewenst",
        DeliveryState.EXPIRED: "Te laat om nog te versturen",
    },
}

MOVEMENT_SENTENCES = {
    Movement.VERANDERAAR: "Je wilt dat het anders gaat, en je begint vast.",
    Movement.GRENSDENKER: "Je kijkt over de grens van je vak en je gemeente.",
    Movement.AANPAKKER: "Je houdt van doen: samen de schouders eronder.",
    Movement.ENERGIEGEVER: "Je brengt mensen op gang en houdt de moed erin.",
}


def label(value: Enum) -> str:
    return LABELS[type(value)][value]
