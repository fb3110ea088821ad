"""What nobody should paste in a field, and somebody will."""

from app.matching.core.compounds import PARTS_FILE

MEGABYTE = 1_000_000
PARTS = [line.split()[0] for line in PARTS_FILE.read_text(encoding="utf-8").splitlines()]

# Labels and texts by what they are; each may be cleaned, cut or refused, and none may be costly.
HOSTILE = {
    "nothing": "",
    "only spaces": " \t\u00a0\u2003" * 1_000,
    "only lines": "\n" * MEGABYTE,
    "only punctuation": "?!.,;:-_/()[]{}*" * 100,
    "one word of a megabyte": "a" * MEGABYTE,
    "one compound of a megabyte": "zorgwerkplan" * (MEGABYTE // 12),
    "fifty thousand tokens": " ".join(f"woord{at}" for at in range(50_000)),
    "fifty thousand times one name": "ruimtelijke ordening " * 50_000,
    "fifty thousand compounds": " ".join(
        f"woningbouwprojecten{at % 7 * 'en'}" for at in range(50_000)
    ),
    "different words": " ".join(PARTS[::7]),
    "different compounds": " ".join(map(str.__add__, PARTS[::7], PARTS[3::7])),
    "nothing but no": "niet " * 50_000,
    "no and yes": "geen ruimtelijke ordening en wel zorg niet " * 20_000,
    "no in every part": "zorg, niet, " * 50_000,
    "no under a heading": "Geen:" + "\n- zorg, ruimtelijke ordening" * 30_000,
    "letters apart": "a " * (MEGABYTE // 2),
    "dots": "r." * (MEGABYTE // 2),
    "ampersands": "&" * MEGABYTE,
    "plusses": "c" + "+" * MEGABYTE,
    "control characters": "".join(map(chr, range(32))) * 30_000 + "zorg",
    "lone surrogates": "\ud800" * 100_000,
    "loose accents": "e\u0301" * (MEGABYTE // 2),
    "a heap of accents": "e" + "\u0301" * MEGABYTE,
    "composed apart": "coo\u0308rdinatie en re\u0308integratie " * 30_000,
    "letters that fold to many": "\ufdfa" * 300_000,
    "letters that only look alike": "z\u03bfrg en b\u0435leid " * 60_000,
    "pictures": "\U0001f469\u200d\U0001f469\u200d\U0001f467 zorg " * 90_000,
    "marks from right to left": "\u202ezorg\u202c\u200f " * 100_000,
    "joiners without width": "z\u200do\u200br\u200cg\ufeff " * 80_000,
    "another script": "ведомство социальной помощи " * 30_000,
    "script without spaces": "社会福祉政策" * 150_000,
}
