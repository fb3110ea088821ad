"""How people say that they have or do something, and that they do not."""

import pytest

from app.matching.core.proposals import Names, proposals
from app.matching.core.vocabulary import Vocabulary
from app.vocabulary.rules import ConceptFacts

CRAFTS = ("inkoop", "handhaving", "subsidies", "participatie", "woningbouw", "planologie")


@pytest.fixture(scope="module")
def names() -> Names:
    return Names(Vocabulary(ConceptFacts(at, (name,)) for at, name in enumerate(CRAFTS, start=1)))


def said(text: str, names: Names) -> tuple[set[str], set[str]]:
    """What the text speaks of, and what it seems to say no to."""
    found = proposals(text, names)
    return (
        {one.label for one in found if not one.denied_by},
        {one.label for one in found if one.denied_by},
    )


# Each with what it says yes to, and no.
SENTENCES = [
    # Before the name.
    ("Ik heb geen ervaring met inkoop.", "", "inkoop"),
    ("Ik weet weinig van inkoop.", "", "inkoop"),
    ("Nooit gewerkt met subsidies.", "", "subsidies"),
    ("Nauwelijks ervaring met handhaving.", "", "handhaving"),
    ("Ik heb amper iets met woningbouw gedaan.", "", "woningbouw"),
    ("Ik weet niets van planologie.", "", "planologie"),
    ("Ik ben onbekend met subsidies.", "", "subsidies"),
    ("Ik ken inkoop noch subsidies.", "", "inkoop subsidies"),
    ("Ik werk niet graag aan handhaving.", "", "handhaving"),
    ("Een wijk zonder woningbouw.", "", "woningbouw"),
    ("Geen ervaring met inkoop, wel met subsidies.", "subsidies", "inkoop"),
    ("Geen ervaring met inkoop maar veel met subsidies.", "subsidies", "inkoop"),
    # After the name.
    ("Inkoop heb ik nooit gedaan.", "", "inkoop"),
    ("Handhaving is niet mijn ding.", "", "handhaving"),
    ("Inkoop en subsidies: geen ervaring.", "", "inkoop subsidies"),
    ("Inkoop: nee", "", "inkoop"),
    ("Woningbouw: weinig", "", "woningbouw"),
    ("Met planologie heb ik nog nooit te maken gehad.", "", "planologie"),
    ("Subsidies (nog geen ervaring) en inkoop.", "inkoop", "subsidies"),
    ("Inkoop: nee\nSubsidies: ja\nWoningbouw: weinig", "subsidies", "inkoop woningbouw"),
    ("Inkoop is mij onbekend.", "", "inkoop"),
    ("Mijn collega doet de inkoop, ik niet.", "", "inkoop"),
    ("Inkoop ken ik niet en subsidies ook niet.", "", "inkoop subsidies"),
    ("Inkoop doe ik niet en subsidies wel.", "subsidies", "inkoop"),
    # Lists.
    ("Woningbouw, handhaving en inkoop ken ik niet.", "", "woningbouw handhaving inkoop"),
    ("Woningbouw, handhaving en inkoop: dat doe ik niet.", "", "woningbouw handhaving inkoop"),
    (
        "Geen ervaring met:\n- inkoop\n- subsidies\n\nParticipatie",
        "participatie",
        "inkoop subsidies",
    ),
    (
        "Wat ik niet doe:\n\n- Inkoop\n- Handhaving van de regels in de wijk",
        "",
        "inkoop handhaving",
    ),
    ("Geen ervaring met inkoop, aanbesteden van de subsidies", "", "inkoop subsidies"),
    ("Geen ervaring met inkoop, aanbesteden van de nieuwe subsidies", "subsidies", "inkoop"),
    ("Geen inkoop; subsidies.", "subsidies", "inkoop"),
    ("Geen inkoop, subsidies: tien jaar.", "subsidies", "inkoop"),
    ("Inkoop: weinig, participatie volop.", "participatie", "inkoop"),
    ("Een wijk zonder woningbouw, participatie ten top.", "participatie", "woningbouw"),
    ("Wat ik niet doe: - inkoop", "", "inkoop"),
    ("Nog geen ervaring met: inkoop, subsidies. Wel planologie.", "planologie", "inkoop subsidies"),
    ("Geen inkoop of subsidies, ik doe vooral planologie.", "planologie", "inkoop subsidies"),
    (
        "Geen ervaring met:\nInkoop\nSubsidies\nErvaring: planologie",
        "planologie",
        "inkoop subsidies",
    ),
    # No denial.
    ("Ik ben geen beginner in inkoop.", "inkoop", ""),
    ("Geen onbekende in de handhaving.", "handhaving", ""),
    ("Ik schrik niet terug voor handhaving.", "handhaving", ""),
    ("Ik ben niet bang voor inkoop.", "inkoop", ""),
    ("Een gemeente kan niet zonder participatie.", "participatie", ""),
    ("Zonder moeite doe ik de inkoop.", "inkoop", ""),
    ("Met nooit aflatende energie werk ik aan woningbouw.", "woningbouw", ""),
    ("Ik heb nooit iets anders gedaan dan inkoop.", "inkoop", ""),
    ("Ik schrijf zonder jargon, en participatie ligt me.", "participatie", ""),
    ("Zonder participatie geen woningbouw: daar werk ik aan.", "participatie woningbouw", ""),
    ("Niet alleen inkoop, ook subsidies.", "inkoop subsidies", ""),
    ("Niet enkel inkoop.", "inkoop", ""),
    ("Niet louter subsidies.", "subsidies", ""),
    ("Niet slechts handhaving.", "handhaving", ""),
    ("Niet uitsluitend planologie.", "planologie", ""),
    ("Inkoop is mij niet vreemd.", "inkoop", ""),
    ("Ik doe niets liever dan inkoop.", "inkoop", ""),
    ("Al dan niet digitale participatie.", "participatie", ""),
    ("Ik deed de inkoop en heb nooit stilgezeten.", "inkoop", ""),
    ("Ik ga handhaving niet uit de weg.", "handhaving", ""),
    # It turns.
    ("Handhaving is niet mijn ding, participatie des te meer.", "participatie", "handhaving"),
    ("Inkoop nog niet gedaan, subsidies al tien jaar.", "subsidies", "inkoop"),
    ("Planologie doe ik niet. Woningbouw wel.", "woningbouw", "planologie"),
    ("Woningbouw: weinig, subsidies: veel", "subsidies", "woningbouw"),
]

# Not looked at while the rules were made; what is told of these is how good they are.
KEPT_APART = [
    ("Van inkoop heb ik geen kaas gegeten.", "", "inkoop"),
    ("Handhaving en inkoop zijn niet aan mij besteed.", "", "handhaving inkoop"),
    ("In subsidies heb ik me nooit verdiept.", "", "subsidies"),
    ("Ik wil geen handhaving meer doen, wel participatie.", "participatie", "handhaving"),
    ("Ik ben niet van de inkoop, maar van de woningbouw.", "woningbouw", "inkoop"),
    ("Voor planologie draai ik mijn hand niet om.", "planologie", ""),
    ("Er gaat geen week voorbij zonder participatie.", "participatie", ""),
    ("Niet iedereen houdt van handhaving, ik wel.", "handhaving", ""),
    (
        "Ervaring: inkoop (15 jaar), subsidies (geen), woningbouw (3 jaar)",
        "inkoop woningbouw",
        "subsidies",
    ),
    ("Wat ik niet meer wil:\n• handhaving\n• inkoop", "", "handhaving inkoop"),
    ("Ik heb twintig jaar inkoop gedaan en nooit spijt gehad.", "inkoop", ""),
    (
        "Planologie, woningbouw en participatie, geen rijbewijs.",
        "planologie woningbouw participatie",
        "",
    ),
    ("Met subsidies ben ik niet onbekend.", "subsidies", ""),
    ("Participatie vind ik leuk, inkoop niet.", "participatie", "inkoop"),
    ("Liever geen inkoop of subsidies.", "", "inkoop subsidies"),
]


@pytest.mark.parametrize(("text", "yes", "no"), SENTENCES)
def test_a_sentence_says_yes_and_no(names: Names, text: str, yes: str, no: str) -> None:
    assert said(text, names) == (set(yes.split()), set(no.split()))


def test_of_sentences_that_were_kept_apart_most_are_read_well(names: Names) -> None:
    well = [
        text
        for text, yes, no in KEPT_APART
        if said(text, names) == (set(yes.split()), set(no.split()))
    ]

    assert (len(well), len(KEPT_APART)) == (14, 15)


def test_what_seems_denied_is_told_with_the_word_comes_last_and_is_not_sure(names: Names) -> None:
    found = proposals("Inkoop doe ik nooit. Geen inkoop dus! Wel subsidies.", names)

    assert [(one.label, one.is_sure, one.denied_by) for one in found] == [
        ("subsidies", True, ()),
        ("inkoop", False, ("nooit", "geen")),
    ]


def test_a_name_that_holds_a_no_is_a_name() -> None:
    bombs = "niet gesprongen explosieven"
    names = Names(Vocabulary([ConceptFacts(1, (bombs,)), ConceptFacts(2, ("inkoop",))]))

    assert said("Niet gesprongen explosieven en inkoop.", names) == ({bombs, "inkoop"}, set())
