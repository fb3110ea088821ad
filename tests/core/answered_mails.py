"""Mails with which people answer ours, as the mail programs of Dutch gemeenten write them."""

from email.message import EmailMessage
from email.policy import SMTP

OURS = "--- Antwoord boven deze regel ---\n\nDag Fatima,\n\nMarloes schreef je over Een plein."
QUOTED = "\n".join(f"> {line}".rstrip() for line in OURS.split("\n"))
SAID = "Dinsdag kan.\n\nEn woensdag ook."

# What was written anew is `SAID` in each of these.
PROGRAMS = {
    "gmail": f"{SAID}\n\nOp ma 23 nov 2026 om 09:12 schreef de gemeente van nu <\n"
    f"noreply@degemeentevannu.example>:\n\n{QUOTED}\n",
    "gmail without our line": f"{SAID}\n\nOp ma 23 nov 2026 om 09:12 schreef Jo de Vries <\n"
    "jo@degemeentevannu.example>:\n\n> Dag Fatima,\n>\n> Marloes schreef je.\n",
    "outlook": f"{SAID}\n\nVan: de gemeente van nu <noreply@degemeentevannu.example>\n"
    "Verzonden: maandag 23 november 2026 09:12\nAan: Fatima Bouali <f@utrecht.example>\n"
    f"Onderwerp: Marloes schreef je over Een plein\n\n{OURS}\n",
    "outlook without our line": f"{SAID}\n\n________________________________\n"
    "Van: de gemeente van nu <noreply@degemeentevannu.example>\n"
    "Verzonden: maandag 23 november 2026 09:12\nAan: Fatima\nOnderwerp: Een plein\n\nDag Fatima,\n",
    "outlook for android": f"{SAID}\n\nOutlook voor Android downloaden<https://aka.example/x>\n"
    "________________________________\nFrom: de gemeente van nu <noreply@x.example>\n"
    f"Sent: Monday, November 23, 2026 9:12:00 AM\nTo: Fatima\nSubject: Een plein\n\n{OURS}\n",
    "outlook of long ago": f"{SAID}\n\n-----Oorspronkelijk bericht-----\nVan: de gemeente van nu\n"
    f"Verzonden: maandag\nAan: Fatima\nOnderwerp: Een plein\n\nDag Fatima,\n",
    "iphone": f"{SAID}\n\nVerstuurd vanaf mijn iPhone\n\n> Op 23 nov 2026 om 09:12 heeft de "
    "gemeente van nu <noreply@x.example> het volgende geschreven:\n> \n> Dag Fatima,\n",
    "iphone without signs": f"{SAID}\n\nVerstuurd vanaf mijn iPhone\n\nOp 23 nov 2026 om 09:12 "
    "heeft de gemeente van nu <noreply@x.example> het volgende geschreven:\n\n\ufeff\nDag\n",
    "apple mail": f"{SAID}\n\n> Op 23 nov 2026, om 09:12 heeft de gemeente van nu "
    "<noreply@x.example> het volgende geschreven:\n>\n> Dag Fatima,\n",
    "thunderbird": f"{SAID}\n\nOp 23-11-2026 om 09:12 schreef de gemeente van nu:\n> Dag Fatima,\n",
    "samsung": f"{SAID}\n\nVerzonden vanaf mijn Galaxy\n\n-------- Oorspronkelijk bericht "
    "--------\nVan: de gemeente van nu <noreply@x.example>\nDatum: 23-11-2026 09:12 (GMT+01:00)\n"
    "Aan: Fatima\nOnderwerp: Een plein\n\nDag Fatima,\n",
    "english": f"{SAID}\n\nOn Mon, Nov 23, 2026 at 9:12 AM de gemeente van nu <noreply@x.example>\n"
    f"wrote:\n\n{QUOTED}\n",
    "a signature": f"{SAID}\n\n-- \nFatima Bouali\nGemeente Utrecht\n",
    "nothing quoted": f"{SAID}\n",
}
# Nothing of these may get lost.
WHOLE = {
    "a list": "Twee dingen:\n- dinsdag kan\n- woensdag niet",
    "a sentence like a beginning": "Op zich schreef ik dat al:\nzie de bijlage.",
    "van and aan": "Van: wie komt dat?\nDank!",
    "a date in a sentence": "Op 3 december kan ik, zoals ik schreef.\nTot dan.",
    "a greeting": "Dinsdag kan.\n\nMet vriendelijke groet,\n\nFatima\n\nPS: woensdag ook.",
}


def a_mail(text: str, **changed: str) -> EmailMessage:
    """As Fatima would send it."""
    mail = EmailMessage(policy=SMTP)
    headers = {
        "From": "Fatima Bouali <fatima@utrecht.example>",
        "To": "gesprek+x.y@degemeentevannu.example",
        "Subject": "Re: Marloes schreef je over Een plein",
        "Message-ID": "<een@utrecht.example>",
    }
    for name, value in {**headers, **{_header(key): word for key, word in changed.items()}}.items():
        if value:
            mail[name] = value
    mail.set_content(text, cte="base64")
    return mail


def _header(name: str) -> str:
    return name.replace("_", "-")
