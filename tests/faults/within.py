"""What goes wrong inside a sender, by the name that FAULT_WITHIN gives."""

import os
import resource
import signal
import smtplib
from collections.abc import Callable
from datetime import timedelta
from itertools import cycle
from typing import Any

import time_machine

from app.notifications.render import Rendered, Renderer
from app.notifications.rules import MailKind

WITHIN, FROZEN = "FAULT_WITHIN", "FAULT_FROZEN"
DOT = b".\r\n"
AN_HOUR = timedelta(hours=1)
# What a mail does to whoever writes it, by the name of its reader.
RAISES, EATS, KILLS = "Struikelblok", "Veelvraat", "Valkuil"
A_GIGABYTE, MOST_MEMORY = 1 << 30, 400 << 20


def stop_before_a_dot() -> None:
    """One sender of all stops where it is, after the marker and before the final dot."""
    send: Callable[..., None] = smtplib.SMTP.send

    def send_after_a_stop(smtp: smtplib.SMTP, data: Any) -> None:
        if data == DOT and _is_the_first():
            os.kill(os.getpid(), signal.SIGSTOP)
        send(smtp, data)

    smtplib.SMTP.send = send_after_a_stop  # type: ignore[method-assign,assignment]


def jump_in_time() -> None:
    """The clock of this process jumps an hour ahead, and back, with each mail."""
    mail: Callable[..., Any] = smtplib.SMTP.mail
    ahead = time_machine.travel(AN_HOUR)
    jumps = cycle([ahead.start, ahead.stop])

    def mail_after_a_jump(smtp: smtplib.SMTP, *words: Any) -> Any:
        next(jumps)()
        return mail(smtp, *words)

    smtplib.SMTP.mail = mail_after_a_jump  # type: ignore[method-assign,assignment]


def write_poison() -> None:
    """Some mails raise, eat more memory than there is, or have their sender killed for it."""
    render = Renderer.render
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (_size() + MOST_MEMORY, most))

    def render_poison(renderer: Renderer, kind: MailKind, facts: dict[str, Any]) -> Rendered:
        if facts["name"] == RAISES:
            raise KeyError(RAISES)
        if facts["name"] == EATS:
            bytearray(A_GIGABYTE)
        if facts["name"] == KILLS:
            # As the kernel does when no memory is left.
            os.kill(os.getpid(), signal.SIGKILL)
        return render(renderer, kind, facts)

    Renderer.render = render_poison  # type: ignore[method-assign,assignment]


FAULTS: dict[str, Callable[[], None]] = {
    fault.__name__: fault for fault in (stop_before_a_dot, jump_in_time, write_poison)
}


def go_wrong() -> None:
    """As the environment of this process says; without a word in it nothing happens."""
    named = os.environ.get(WITHIN)
    if named:
        FAULTS[named]()


def _is_the_first() -> bool:
    try:
        with open(os.environ[FROZEN], "x") as file:
            file.write(str(os.getpid()))
    except FileExistsError:
        return False
    return True


def _size() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[0]) * resource.getpagesize()
