"""Pairs on which letters mislead, against the words the product starts with."""

import pytest

from app.matching.core.facts import Kind, Link
from app.vocabulary.starter import read_concepts, read_different
from tests.matching.core.builders import starter_vocabulary

ONE_AND_THE_SAME = [
    ("RO", "ruimtelijke ordening"),
    ("Wmo", "Wet maatschappelijke ondersteuning"),
    ("klimaatadaptatie", "klimaat adaptatie"),
    ("verkeerskunde", "verkeerskundige"),
    ("jeugdzorg", "jeugdhulp"),
    ("BOPA", "buitenplanse omgevingsplanactiviteit"),
    ("GREX", "grondexploitatie"),
    ("WOZ", "Wet waardering onroerende zaken"),
    ("AVG", "Algemene verordening gegevensbescherming"),
    ("BAG", "Basisregistratie Adressen en Gebouwen"),
    ("BIO", "Baseline Informatiebeveiliging Overheid"),
    ("P&C", "planning en control"),
    ("p & c", "planning & control"),
    ("Woo", "Wet open overheid"),
    ("Awb", "Algemene wet bestuursrecht"),
    ("BOR", "beheer openbare ruimte"),
    ("omgevingsvergunning", "omgevingsvergunningen"),
    ("schuldhulpverlening", "schuld-hulpverlening"),
    ("schuldhulpverlening", "schuldhulpverlener"),
    ("vergunningverlening", "vergunningverlener"),
    ("juridisch advies", "juridisch adviseur"),
    ("financieel advies", "financiële adviezen"),
    ("bezwaarschriften", "bezwaarschrift"),
    ("gebiedsontwikkeling", "gebieds ontwikkeling"),
    ("leerlingenvervoer", "leerlingen vervoer"),
    ("burgerparticipatie", "inwonersparticipatie"),
    ("informatiebeveiliging", "informatie beveiliging"),
    ("zaakgericht werken", "zaakgericht-werken"),
    ("Power BI", "PowerBI"),
    ("BRP", "basisregistratie personen"),
    ("BGT", "Basisregistratie Grootschalige Topografie"),
    ("onderwijshuisvesting", "onderwijs huisvesting"),
    ("jobcoach", "jobcoaching"),
    ("casusregie", "casusregisseur"),
    ("projectmanagement", "projectmanager"),
    ("projectleider", "projectmanagement"),
    ("OZB", "onroerendezaakbelasting"),
]
OF_DIFFERENT_CRAFTS = [
    ("P&C", "PC"),
    ("omgevingsvergunning", "omgevingsverordening"),
    ("schuldhulpverlening", "hulpverlening"),
    ("juridisch advies", "financieel advies"),
    ("beheer", "beheer openbare ruimte"),
    ("omgevingsplan", "omgevingsvisie"),
    ("Jeugdwet", "jeugdwerk"),
    ("interne communicatie", "externe communicatie"),
    ("veiligheid", "veiling"),
    ("Participatiewet", "participatie"),
    ("warmtewet", "warmtenet"),
    ("bestuursrecht", "privaatrecht"),
    ("privaatrecht", "privacyrecht"),
    ("mediation", "mediatraining"),
    ("begroting", "begrazing"),
    ("BAG", "BGT"),
    ("raadsadviseur", "raadsadviezen"),
    ("kinderopvang", "asielopvang"),
    ("leerplicht", "sollicitatieplicht"),
    ("pleegzorg", "verpleegzorg"),
    ("dagbesteding", "aanbesteding"),
    ("formele zorg", "informele zorg"),
    ("parkeerbeleid", "parkeerbelasting"),
    ("handhaving", "haven"),
    ("adviseur", "advies"),
    ("NEN 2580", "NEN 2767"),
    ("rioolheffing", "rioolbeheer"),
    ("hulpverlening", "jeugdhulpverlening"),
    ("advies", "juridisch advies"),
    ("regels", "regelingen"),
    ("wonen", "woning"),
    ("bodemonderzoek", "adresonderzoek"),
    ("Wpg", "Wlz"),
    ("strategisch advies", "stedenbouwkundig advies"),
    ("lobby", "hobby"),
    ("planning en control", "planning"),
    ("bestuurlijke integriteit", "ambtelijke fusie"),
]


@pytest.mark.parametrize(("one", "other"), ONE_AND_THE_SAME)
def test_two_names_of_one_craft_match_in_full(one: str, other: str) -> None:
    there, back = starter_vocabulary().link(one, other), starter_vocabulary().link(other, one)

    assert there is not None
    assert there.kind in {Kind.SAME, Kind.SYNONYM}
    assert there.strength == 100
    assert back == there


@pytest.mark.parametrize(("one", "other"), OF_DIFFERENT_CRAFTS)
def test_names_that_only_look_alike_do_not_match(one: str, other: str) -> None:
    words = starter_vocabulary()

    assert (words.link(one, other), words.link(other, one)) == (None, None)


def test_a_slip_in_a_known_word_is_seen_through() -> None:
    link = starter_vocabulary().link("omgevingsvergunning", "omgevingsvergunnning")

    assert link == Link(Kind.SPELLING, 97)


def test_a_part_of_a_field_counts_for_more_than_the_field_for_its_part() -> None:
    words = starter_vocabulary()

    assert words.link("jeugdhulp", "pleegzorg") == Link(Kind.NARROWER, 90)
    assert words.link("pleegzorg", "jeugdhulp") == Link(Kind.BROADER, 60)


def test_no_pair_that_was_written_down_as_different_matches() -> None:
    words = starter_vocabulary()
    pairs = [(pair.one, pair.other) for pair in read_different()]

    linked = [pair for pair in pairs if words.link(*pair) or words.link(*pair[::-1])]

    assert linked == []


def test_every_name_leads_to_its_own_concept() -> None:
    words = starter_vocabulary()

    for concept in read_concepts():
        found = {words.concept_of(name) for name in concept.names}
        assert found == {words.concept_of(concept.label)} != {None}, concept.label
