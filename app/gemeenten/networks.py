"""Changing networks: founding and describing them, and which gemeenten are of them."""

from datetime import date
from uuid import UUID

from app.core.errors import NotAllowed
from app.core.faults import Fault, FaultyDraft, refuse
from app.core.work import Work
from app.gemeenten import queries
from app.gemeenten.events import NetworkChanged, NetworkDescribed, NetworkFounded
from app.gemeenten.models import Gemeente, Network, NetworkGemeente
from app.gemeenten.rules import NetworkDraft, may_keep_networks, network_faults, now_called

IS_IN = "{name} hoort al bij dit netwerk."
IS_GONE = "{name} bestaat niet meer als gemeente."


def found_network(work: Work, draft: NetworkDraft) -> UUID:
    """A network without gemeenten as yet; `FaultyDraft` when something is wrong with it."""
    _refuse_strangers(work)
    _look_at(work, draft, None)
    network = Network(id=work.new_id(), **vars(draft))
    work.session.add(network)
    work.session.flush()
    work.emit(NetworkFounded(network_id=network.id))
    return network.id


def describe_network(work: Work, network_id: UUID, draft: NetworkDraft) -> None:
    """`FaultyDraft` when something is wrong with it."""
    _refuse_strangers(work)
    network = work.fetch_to_change(Network, network_id)
    _look_at(work, draft, network_id)
    before = NetworkDraft(network.name, network.purpose, network.begun_on)
    if draft != before:
        for column, value in vars(draft).items():
            setattr(network, column, value)
        work.emit(NetworkDescribed(network_id=network_id))


def add_gemeente(work: Work, network_id: UUID, gemeente_code: str) -> None:
    """From today on the gemeente is of the network; `FaultyDraft` when it cannot be."""
    _refuse_strangers(work)
    work.fetch_to_change(Network, network_id)
    gemeente = queries.by_code(work.session, gemeente_code)
    if gemeente.valid_until is not None and gemeente.valid_until <= work.today:
        raise FaultyDraft([Fault("gemeente", IS_GONE.format(name=gemeente.name))])
    if _running(work, network_id, gemeente.code) is not None:
        raise FaultyDraft([Fault("gemeente", IS_IN.format(name=gemeente.name))])
    _add(work, network_id, gemeente.code)
    carry_over(work, gemeente)


def end_gemeente(work: Work, network_id: UUID, gemeente_code: str) -> None:
    """From now on the gemeente is not of the network; nothing when it was not.

    What merged into it goes with it: who still stands under an old name is of the same gemeente.
    """
    _refuse_strangers(work)
    work.fetch_to_change(Network, network_id)
    mergers = queries.mergers(work.session, work.today)
    now = now_called(gemeente_code, mergers)
    for row in queries.rows_of_network(work.session, network_id):
        if now_called(row.gemeente_code, mergers) == now:
            row.until = work.today
            told = NetworkChanged(network_id, row.gemeente_code, is_given=False)
            work.emit(told)
    work.session.flush()


def carry_over(work: Work, gemeente: Gemeente) -> None:
    """What the gemeente merges into is of its networks from that day on.

    The gemeente itself stays: until people and opgaven are moved, they stand under its name.
    """
    if gemeente.successor_code is None or gemeente.valid_until is None:
        return
    for row in queries.rows_of_gemeente(work.session, gemeente.code):
        if _running(work, row.network_id, gemeente.successor_code) is None:
            _add(work, row.network_id, gemeente.successor_code, since=gemeente.valid_until)


def _add(work: Work, network_id: UUID, gemeente_code: str, since: date | None = None) -> None:
    row = NetworkGemeente(
        id=work.new_id(),
        network_id=network_id,
        gemeente_code=gemeente_code,
        since=since or work.today,
    )
    work.session.add(row)
    work.session.flush()
    work.emit(NetworkChanged(network_id, gemeente_code, is_given=True))


def _running(work: Work, network_id: UUID, gemeente_code: str) -> NetworkGemeente | None:
    rows = queries.rows_of_network(work.session, network_id)
    return next((row for row in rows if row.gemeente_code == gemeente_code), None)


def _look_at(work: Work, draft: NetworkDraft, network_id: UUID | None) -> None:
    known = queries.network_called(work.session, draft.name)
    is_taken = known is not None and known.id != network_id
    refuse(network_faults(draft, work.today, is_taken=is_taken))


def _refuse_strangers(work: Work) -> None:
    if not may_keep_networks(work.actor):
        raise NotAllowed("keep networks")
