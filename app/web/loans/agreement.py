"""The agreement that three signed, as a document: all of it from the terms as they were signed."""

from flask import Response

from app.core.actor import Actor
from app.core.dutch import dutch_date, moment
from app.core.errors import NotFound
from app.documents import pdf
from app.labels import label
from app.loans.lines import terms_lines
from app.loans.models import Loan, Terms
from app.loans.rules import Party
from app.loans.seen import SeenLoan
from app.web.loans.pages import CHECKLIST
from app.web.work import open_work

LEAD = (
    "{professional} werkt van {starts_on} tot en met {ends_on} voor gemeente {borrower}, aan de "
    "opgave “{title}”. {professional} blijft in dienst van gemeente {lender}."
)
RECORD = (
    "Vastgelegd op {agreed_at} op De gemeente van nu, onder nummer {loan_id}, versie {version}. "
    "De handtekeningen zijn daar gezet, op de momenten die erbij staan. Wie dit document opnieuw "
    "ophaalt, krijgt precies hetzelfde."
)


def agreement(seen: SeenLoan, version: int, actor: Actor) -> Response:
    """The document of one version, for who asks it; only what three signed has one."""
    terms = next((one for one in seen.agreements if one.version == version), None)
    if terms is None or terms.agreed_at is None:
        raise NotFound(f"terms {seen.loan.id} {version}")
    with open_work(actor) as work:
        work.record("agreement.exported", ("loan", seen.loan.id), seen.loan.user_id)
    answer = Response(pdf("agreement", _facts(seen.loan, terms), terms.agreed_at))
    answer.mimetype = "application/pdf"
    name = f"afspraken-inzet-{str(seen.loan.id)[:8]}-versie-{version}.pdf"
    answer.headers["Content-Disposition"] = f"inline; filename={name}"
    return answer


def _facts(loan: Loan, terms: Terms) -> dict[str, object]:
    return {
        "title": f"Afspraken over inzet: {terms.opgave_title}",
        "lead": LEAD.format(
            professional=terms.professional_name,
            starts_on=dutch_date(terms.starts_on),
            ends_on=dutch_date(terms.ends_on),
            borrower=terms.borrower_name,
            title=terms.opgave_title,
            lender=terms.lender_name,
        ),
        "parties": [[label(party), said] for party, said in _parties(terms).items()],
        "terms": terms_lines(terms),
        "points": CHECKLIST,
        "record": RECORD.format(
            agreed_at=moment(terms.agreed_at), loan_id=loan.id, version=terms.version
        ),
    }


def _parties(terms: Terms) -> dict[Party, str]:
    """Who signed, for which gemeente, and when."""
    names = {
        Party.PROFESSIONAL: (terms.professional_name, terms.lender_name),
        Party.LENDER: (terms.lender_signed_by, terms.lender_name),
        Party.BORROWER: (terms.borrower_signed_as, terms.borrower_name),
    }
    return {
        party: f"{name}, gemeente {place}\nGetekend op {moment(terms.signed_at[party])}"
        for party, (name, place) in names.items()
    }
