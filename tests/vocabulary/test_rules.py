import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.vocabulary.rules import (
    NORMAL_LIMIT,
    READ_LIMIT,
    Theme,
    normalise,
    squeezed,
    stemmed,
)


def stem_of(label: str) -> str:
    return stemmed(normalise(label))


def test_there_are_twenty_two_themes() -> None:
    assert len(Theme) == 22
    assert Theme("openbare-ruimte") is Theme.OPENBARE_RUIMTE


@pytest.mark.parametrize(
    ("label", "normal"),
    [
        ("Klimaat-adaptatie", "klimaat adaptatie"),
        ("FINANCIËN", "financien"),
        ("coördinatie", "coordinatie"),
        ("ﬁnanciën", "financien"),
        ("P&C", "p en c"),
        ("Vergunningen, toezicht (en handhaving)", "vergunningen toezicht en handhaving"),
        ("beleid_en_strategie", "beleid en strategie"),
        ("#omgevingswet", "omgevingswet"),
        ("zorg+welzijn", "zorg welzijn"),
        ("C#", "c#"),
        ("C++", "c++"),
        ("65+-beleid", "65+ beleid"),
        ("kli\u00admaat", "klimaat"),
        ("!!!", ""),
        ("", ""),
    ],
)
def test_spellings_of_one_name_have_one_form(label: str, normal: str) -> None:
    assert normalise(label) == normal


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.text(max_size=300))
def test_a_normal_form_is_short_and_closely_spaced(text: str) -> None:
    normal = normalise(text)

    assert len(normal) <= NORMAL_LIMIT
    assert normal == " ".join(normal.split())


@given(st.text(alphabet="aeioubcdfghjklmnprstvz'- ", max_size=40))
def test_any_word_has_a_stem(text: str) -> None:
    normal = normalise(text)

    assert bool(stemmed(normal)) == bool(normal)


def test_a_compound_may_be_split_or_joined() -> None:
    assert squeezed(normalise("klimaat-adaptatie")) == squeezed(normalise("Klimaatadaptatie"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("vergunning", "vergunningen"),
        ("omgevingsvergunning", "omgevingsvergunningen"),
        ("financieel advies", "financiële adviezen"),
        ("sociale wijkteams", "sociaal wijkteam"),
        ("werkproces", "werkprocessen"),
        ("bestemmingsplan", "bestemmingsplannen"),
        ("archief", "archieven"),
        ("subsidie", "subsidies"),
        ("commissie", "commissies"),
        ("scenario", "scenario's"),
        ("foto", "foto’s"),
        ("weg", "wegen"),
        ("wet", "wetten"),
        ("arts", "artsen"),
        ("toets", "toetsen"),
        ("grens", "grenzen"),
        ("activiteit", "activiteiten"),
        ("mogelijkheid", "mogelijkheden"),
        ("openbaar vervoer", "openbare vervoer"),
        ("verkeerskunde", "verkeerskundige"),
        ("verkeerskunde", "verkeerskundigen"),
        ("vergunningverlening", "vergunningverlener"),
        ("groenbeheer", "groenbeheerder"),
        ("projectmanagement", "projectmanagers"),
        ("gebiedsontwikkeling", "gebiedsontwikkelaar"),
        ("jobcoaching", "jobcoaches"),
        ("casusregie", "casusregisseur"),
    ],
)
def test_inflection_and_the_practitioner_do_not_make_another_craft(one: str, other: str) -> None:
    assert stem_of(one) == stem_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("veiligheid", "veiling"),
        ("veiligheid", "veilig"),
        ("bestuur", "besturing"),
        ("bestuurlijk", "bestuur"),
        ("regels", "regelingen"),
        ("belasting", "last"),
        ("woning", "wonen"),
        ("plannen", "planning"),
        ("raadsadviseur", "raadsadviezen"),
        ("verordening", "verlening"),
        ("economie", "ecologie"),
        ("handhaving", "haven"),
        ("stedenbouwkunde", "bouwkunde"),
        ("archief", "archivering"),
        ("leerling", "leren"),
        ("Wmo", "Wmo's en meer"),
        ("C", "C#"),
        ("NEN 2580", "NEN 2767"),
    ],
)
def test_other_crafts_keep_other_stems(one: str, other: str) -> None:
    assert stem_of(one) != stem_of(other)


def test_a_label_without_end_is_read_to_its_limit() -> None:
    assert normalise(" " * READ_LIMIT + "zorg") == ""
    assert normalise(" " * (READ_LIMIT - 4) + "zorg") == "zorg"
