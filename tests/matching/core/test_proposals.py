"""Texts as people write them, and what each does and does not speak of."""

from collections.abc import Iterable

import pytest

from app.matching.core import compounds, kin
from app.matching.core.compounds import split
from app.matching.core.kin import MOST_KIN, told_by
from app.matching.core.proposals import (
    MOST_DIFFERENT,
    MOST_KINDRED,
    MOST_PROPOSED,
    MOST_WORDS,
    TEXT_READ,
    Names,
    Proposal,
    _short,
    proposals,
    read_ahead,
)
from app.matching.core.vocabulary import Vocabulary
from app.vocabulary.rules import ConceptFacts
from app.vocabulary.starter import read_concepts
from tests.matching.core.builders import starter_vocabulary

RO, PLANNING, HOUSING, TRAFFIC, ESCO, BIM, COACHING = range(1, 8)
FEW = (
    ConceptFacts(RO, ("ruimtelijke ordening", "planologie", "planoloog", "RO")),
    ConceptFacts(PLANNING, ("ordening",)),
    ConceptFacts(HOUSING, ("woningbouw", "bouwen van woningen")),
    ConceptFacts(TRAFFIC, ("verkeerskunde", "gedeelde naam")),
    ConceptFacts(ESCO, ("wegen tekenen", "verkeerskunde", "gedeelde naam"), own=False),
    ConceptFacts(BIM, ("bouwwerkinformatie", "BIM")),
    ConceptFacts(COACHING, ("coaching",)),
)


@pytest.fixture(scope="module")
def few() -> Names:
    return Names(Vocabulary(FEW))


@pytest.fixture(scope="module")
def all_names() -> Names:
    """The product's own words."""
    return Names(starter_vocabulary())


def ids(found: Iterable[Proposal]) -> list[int]:
    return [proposal.concept_id for proposal in found]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Ik heb geen ervaring met planologie.", []),
        ("Planologie doe ik niet. Verkeerskunde wel.", [TRAFFIC]),
        ("Planologie deed ik nooit", []),
        ("Zonder planologie kan ik niet verder met verkeerskunde.", [RO, TRAFFIC]),
        ("Geen ervaring met planologie, wel met verkeerskunde.", [TRAFFIC]),
        ("Geen ervaring met planologie maar veel met verkeerskunde.", [TRAFFIC]),
        ("Niet alleen planologie, ook verkeerskunde.", [RO, TRAFFIC]),
        ("Planologie. Ik heb geen ervaring met ruimtelijke ordening.", [RO]),
        ("Ik werk niet graag met woningbouwprojecten.", []),
        ("Nog geen ervaring met: planologie, woningbouw, verkeerskunde. Wel coaching.", [COACHING]),
        ("Geen ervaring met planologie, veel ervaring met verkeerskunde.", [TRAFFIC]),
        ("Geen planologie. Verkeerskunde.", [TRAFFIC]),
        ("Geen ervaring met planologie, ik begeleid vooral coaching.", [COACHING]),
        ("Mijn collega doet de planologie, ik niet.", []),
        ("Van planologie weet ik nog weinig, maar verkeerskunde ken ik.", [TRAFFIC]),
    ],
)
def test_what_somebody_says_they_do_not_do_is_not_taken_for_what_they_do(
    few: Names, text: str, told: list[int]
) -> None:
    assert [one.concept_id for one in proposals(text, few) if not one.denied_by] == told


def test_what_is_denied_in_one_place_and_said_in_another_is_told_by_what_is_said(
    few: Names,
) -> None:
    [found] = proposals("Geen planologie op kantoor. Wel ruimtelijke ordening buiten.", few)

    assert (found.concept_id, found.words) == (RO, ("ruimtelijke ordening",))


CV_PLANOLOOG = """\
Ik werk twaalf jaar als planoloog bij een middelgrote gemeente. Ik schrijf omgevingsplannen en
begeleid participatietrajecten met bewoners. Ruimtelijke ordening is mijn vak, maar ik denk ook
mee over wonen en mobiliteit."""
CV_JEUGD = """\
Beleidsmedewerker jeugdzorg. Sinds 2015 verantwoordelijk voor de inkoop van jeugdhulp in de regio,
contractmanagement met aanbieders en monitoring. Eerder werkte ik in een wijkteam en deed ik
toegang Wmo."""
CV_GIS = """\
Ervaren GIS-specialist. Werkt dagelijks met QGIS, FME en SQL. VO en DO gemaakt voor diverse
woningbouwprojecten."""
CV_FINANCIEN = """\
Financieel adviseur met ervaring in planning & control, de jaarrekening en het BBV. Ik stel
begrotingen op en adviseer budgethouders. Ook deed ik een traject rond grondexploitaties."""
CV_ANNA = """\
Hallo, ik ben Anna. Ik houd van mensen, van wandelen en van goede koffie. In mijn werk ben ik
nieuwsgierig en praktisch, en ik werk graag samen. Ik heb een dochter en een hond."""
CV_JURIST = """\
JURIST OMGEVINGSRECHT
In mijn huidige baan adviseer ik over de Omgevingswet, de Awb en de Woo. Ik behandel
bezwaarschriften en vertegenwoordig het college bij de rechtbank."""
CV_COMMUNICATIE = """\
Ik ben communicatieadviseur en woordvoerder van de burgemeester. Ik verzorg persberichten, social
media en crisiscommunicatie. Daarnaast maakte ik podcasts over de wijkaanpak."""
CV_TOEZICHT = """\
Als toezichthouder bouw controleer ik of er volgens de omgevingsvergunning wordt gebouwd. Ik schrijf
handhavingsbesluiten, leg lasten onder dwangsom op en verweer mij in bezwaar en beroep."""
OPGAVE_WARMTE = """\
Wij zoeken een collega die ons helpt met de energietransitie in de wijken. Je maakt een
transitievisie warmte, praat met netbeheerders over netcongestie en organiseert bewonersavonden.
Ervaring met isolatieaanpak is een pré."""
OPGAVE_BALIE = """\
We hebben een achterstand bij burgerzaken: paspoorten, rijbewijzen en naturalisaties. Je draait mee
aan de balie en helpt bij de verkiezingen van maart."""
OPGAVE_SCHULDEN = """\
De gemeente wil haar schuldhulpverlening verbeteren. Je brengt in kaart waar inwoners vastlopen,
praat met het Werkplein en met bewindvoerders, en schrijft een plan voor vroegsignalering van
schulden."""
OPGAVE_STATION = """\
Voor de herinrichting van het stationsgebied zoeken we een projectleider civiele techniek. Je stuurt
het ontwerp van riolering, wegen en groen aan, bewaakt het budget en stemt af met ProRail en de
provincie. Kennis van de UAV-gc is mooi meegenomen."""
OPGAVE_IN_CAPITALS = """\
IN DE WIJK IS VEEL TE DOEN EN OOK IT IS ER. We willen vo en ro niet, en de or wil het ook niet."""


@pytest.mark.parametrize(
    ("text", "must", "must_not"),
    [
        (
            CV_PLANOLOOG,
            {"ruimtelijke ordening", "omgevingsplan", "volkshuisvesting", "mobiliteitsbeleid"},
            {"gemeentelijke belastingen", "begeleiding"},
        ),
        (
            CV_JEUGD,
            {"jeugdhulp", "inkoop", "contractmanagement", "sociaal wijkteam", "Wmo-toegang"},
            {"Wet maatschappelijke ondersteuning", "jeugdbeleid"},
        ),
        (CV_GIS, {"QGIS", "FME", "SQL", "geo-informatie", "woningbouw"}, {"volkshuisvesting"}),
        (
            CV_FINANCIEN,
            {"financieel advies", "planning en control", "jaarrekening", "begroting"}
            | {"Besluit begroting en verantwoording", "grondexploitatie"},
            {"budgetcoaching", "planning"},
        ),
        (
            CV_JURIST,
            {"omgevingsrecht", "Omgevingswet", "Algemene wet bestuursrecht", "Wet open overheid"}
            | {"bezwaarschriften"},
            {"juridische zaken", "kennisbank klantcontact"},
        ),
        (
            CV_COMMUNICATIE,
            {"communicatieadvies", "persvoorlichting", "persberichten schrijven", "podcasts"}
            | {"sociale media", "crisiscommunicatie"},
            {"communicatie", "wijkonderhoud"},
        ),
        (
            CV_TOEZICHT,
            {"bouwtoezicht", "omgevingsvergunning", "bestuursdwang en dwangsom", "bezwaarschriften"}
            | {"handhaving"},
            {"toezicht"},
        ),
        (
            OPGAVE_WARMTE,
            {"energietransitie", "transitievisie warmte", "netcongestie"}
            | {"lokale aanpak isolatie", "bewonersavonden organiseren"},
            {"warmtenetten"},
        ),
        (
            OPGAVE_BALIE,
            {"burgerzaken", "reisdocumenten", "rijbewijzen", "naturalisatie en optie"}
            | {"verkiezingen"},
            {"dienstverlening"},
        ),
        (
            OPGAVE_SCHULDEN,
            {"schuldhulpverlening", "vroegsignalering schulden", "beschermingsbewind"},
            {"landschapsontwikkelingsplan", "hulpverlening"},
        ),
        (
            OPGAVE_STATION,
            {"projectmanagement openbare ruimte", "riolering", "UAV-gc"},
            {"civiele techniek", "projectmanagement"},
        ),
        (CV_ANNA, set(), {"recreatie en toerisme"}),
        (OPGAVE_IN_CAPITALS, set(), {"ruimtelijke ordening", "ICT-beheer"}),
    ],
)
def test_a_text_speaks_of_what_a_colleague_would_say(
    all_names: Names, text: str, must: set[str], must_not: set[str]
) -> None:
    found = {proposal.label for proposal in proposals(text, all_names)}

    assert (must - found, must_not & found) == (set(), set())


@pytest.mark.parametrize("text", [CV_ANNA, OPGAVE_IN_CAPITALS])
def test_who_names_no_craft_gets_no_proposal(all_names: Names, text: str) -> None:
    assert proposals(text, all_names) == []


def test_what_is_only_a_part_of_a_longer_name_is_not_proposed(few: Names) -> None:
    assert ids(proposals("Ruimtelijke ordening is mijn vak.", few)) == [RO]


def test_a_part_that_stands_by_itself_as_well_is_proposed_too(few: Names) -> None:
    assert ids(proposals("Ruimtelijke ordening, en ordening van de archieven.", few)) == [
        RO,
        PLANNING,
    ]


def test_the_very_words_are_shown_each_once(few: Names) -> None:
    text = "Ruimtelijke  Ordening! Als planoloog deed ik ruimtelijke ordening. RO dus."

    assert [one.words for one in proposals(text, few)] == [
        ("Ruimtelijke Ordening", "planoloog", "RO")
    ]


@pytest.mark.parametrize(
    "text",
    ["ruimtelijkeordening", "ruimtelijke-ordening", "RUIMTELIJKE ORDENING", "planologen"],
)
def test_a_name_counts_in_each_of_its_forms(few: Names, text: str) -> None:
    assert ids(proposals(text, few)) == [RO]


def test_a_line_that_was_only_wrapped_holds_a_name_together(few: Names) -> None:
    assert ids(proposals("Ik doe ruimtelijke\nordening", few)) == [RO]


@pytest.mark.parametrize(
    "text", ["ruimtelijke. Ordening", "ruimtelijke\nOrdening", "ruimtelijke; "]
)
def test_no_name_runs_from_one_sentence_into_the_next(few: Names, text: str) -> None:
    assert RO not in ids(proposals(text, few))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ik werk bij RO.", [RO]),
        ("Ik werk bij R.O. in Assen.", [RO]),
        ("Ik werk met BIM", [BIM]),
        ("ik werk bij ro", []),
        ("Ro is mijn buurman", []),
        ("bim bam", []),
        ("ALLES OVER RO IN HOOFDLETTERS", []),
    ],
)
def test_an_acronym_counts_when_it_is_written_as_one(
    few: Names, text: str, found: list[int]
) -> None:
    assert ids(proposals(text, few)) == found


def test_an_acronym_in_small_letters_counts_beside_its_words(few: Names) -> None:
    found = proposals("Ruimtelijke ordening (ro) en bim", few)

    assert [(one.concept_id, one.words) for one in found] == [(RO, ("Ruimtelijke ordening", "ro"))]


def test_what_is_said_more_often_is_surer(few: Names) -> None:
    found = proposals("Bouwwerkinformatie en woningbouw, vooral woningbouw.", few)

    assert ids(found) == [HOUSING, BIM]
    assert found[0].sureness > found[1].sureness


def test_what_is_as_sure_comes_in_the_order_of_the_text(few: Names) -> None:
    assert ids(proposals("Woningbouw en planologie", few)) == [HOUSING, RO]


def test_our_own_concepts_come_before_imported_ones(few: Names) -> None:
    found = proposals("Wegen tekenen! " * 30 + "En verkeerskunde.", few)

    assert ids(found) == [TRAFFIC, ESCO]
    assert [one.is_sure for one in found] == [True, False]


def test_a_name_that_means_two_of_our_own_means_nothing_sure() -> None:
    names = Names(Vocabulary([ConceptFacts(1, ("bodem",)), ConceptFacts(2, ("bodem",))]))

    assert proposals("bodem", names) == []


def test_a_compound_is_about_the_words_that_it_is_made_of(few: Names) -> None:
    found = proposals("Ik leidde woningbouwprojecten.", few)

    assert [(one.concept_id, one.words) for one in found] == [(HOUSING, ("woningbouwprojecten",))]
    assert 0 < found[0].sureness <= MOST_KIN
    assert not found[0].is_sure


def test_a_compound_of_hollow_words_is_about_nothing(all_names: Names) -> None:
    text = "Mijn werkervaring: beleidsprocessen, projectaanpak en werkzaamheden."

    assert proposals(text, all_names) == []


def test_a_hollow_name_is_proposed_but_not_sure(few: Names) -> None:
    found = proposals("coaching", few)

    assert [(one.concept_id, one.is_sure) for one in found] == [(COACHING, False)]


def test_compounds_come_after_names_and_are_few(all_names: Names) -> None:
    text = (
        "woningbouwprojecten, riooltekeningen, jeugdzorgplannen, bodemkaarten, parkeertekeningen, "
        "sportnota's, energieplannen, afvalprojecten, verkeersoverleg en burgerzaken"
    )

    found = proposals(text, all_names)

    assert found[0].label == "burgerzaken"
    assert 0 < len([one for one in found if one.sureness <= MOST_KIN]) <= MOST_KINDRED


def test_never_more_than_fifteen_the_surest_first(all_names: Names) -> None:
    text = ". ".join(concept.label for concept in read_concepts()[:80])

    found = proposals(text, all_names)

    assert len(found) == MOST_PROPOSED
    assert [one.sureness for one in found] == sorted((one.sureness for one in found), reverse=True)
    assert proposals(text, all_names, most=3) == found[:3]


def test_a_text_is_read_up_to_its_limit(few: Names) -> None:
    assert ids(proposals(" " * (TEXT_READ - 11) + "planologie", few)) == [RO]
    assert proposals(" " * TEXT_READ + "planologie", few) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("plano\u200blogie", [RO]),
        ("\u202eplanologie\u202c", [RO]),
        ("planologie\x00", [RO]),
        ("", []),
        (" \n\t", []),
        ("\ud800", []),
        ("?!.,;&+#", []),
    ],
)
def test_what_cannot_be_seen_does_no_harm(few: Names, text: str, found: list[int]) -> None:
    assert ids(proposals(text, few)) == found


def test_what_is_read_ahead_need_not_be_read_again() -> None:
    files = (kin._named, _short, compounds._known)
    for file in files:
        file.cache_clear()
    told_by.cache_clear()
    split.cache_clear()

    read_ahead()
    read = [file.cache_info().misses for file in files]
    proposals("Planoloog (RO) voor woningbouwprojecten", Names(starter_vocabulary()))

    assert (read, [file.cache_info().misses for file in files]) == ([1, 1, 1], [1, 1, 1])


def test_a_text_is_read_up_to_so_many_words(few: Names) -> None:
    assert ids(proposals("en " * (MOST_WORDS - 1) + "planologie", few)) == [RO]
    assert proposals("en " * MOST_WORDS + "planologie", few) == []


def test_a_text_is_read_up_to_so_many_different_words(few: Names) -> None:
    others = " ".join(f"x{at}" for at in range(MOST_DIFFERENT - 2))

    assert ids(proposals(f"{others} planologie", few)) == [RO]
    assert proposals(f"{others} y z planologie", few) == []
