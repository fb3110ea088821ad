"""A real Chromium that looks at pages the way people and checkers do."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Frame,
    Page,
    Request,
    Response,
    sync_playwright,
)

ROOT = Path(__file__).parent.parent.parent
PAGES = ROOT / "var" / "pages"
SCREENSHOTS = ROOT / "var" / "screenshots"
# Set by `--pictures`: to draw them takes a quarter of the time that looking takes.
PICTURES = "DGVN_PICTURES"
WIDE, NARROW = (1200, 900), (320, 700)
# What is left of a usual window at 200 %.
ZOOMED = (640, 450)
SWITCHES = [
    *("--no-sandbox", "--disable-gpu", "--no-zygote", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
# What passes is not carried over: that takes longer than to look. A mail in its sandboxed frame is
# looked at by itself, and to post a word into that frame is a fault to some browsers.
FIND_VIOLATIONS = (
    "axe.run({resultTypes: ['violations'], iframes: false}).then(found => found.violations)"
)
# Milliseconds; far more than anything takes on a quiet machine.
PATIENCE = 30_000
# Chromium logs every page that is not 200, and an error page is meant to be seen.
A_REFUSAL = "Failed to load resource: the server responded with a status of"


@contextmanager
def chromium() -> Iterator[Browser]:
    """The Chromium of `./dev test`; without one this fails, it does not skip."""
    program = os.environ["CHROMIUM"]
    environment = dict(os.environ)
    if libraries := os.environ.get("CHROMIUM_LD_LIBRARY_PATH"):
        environment["LD_LIBRARY_PATH"] = libraries
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=SWITCHES, env={**environment}
        )
        try:
            yield browser
        finally:
            browser.close()


def violations(page: Page, besides: frozenset[str] = frozenset()) -> list[str]:
    """What axe finds, with the first places; `besides` names rules that do not count here."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found = page.evaluate(FIND_VIOLATIONS)
    return [
        f"{violation['id']}: {[node['html'] for node in violation['nodes'][:3]]}"
        for violation in found
        if violation["id"] not in besides
    ]


def keep_picture(page: Page, name: str) -> None:
    """As it looks now, from top to bottom; nothing unless pictures are asked for."""
    if PICTURES in os.environ:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


def wider_than_the_window(page: Page) -> int:
    """In pixels."""
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    pixels: int = page.evaluate(wider)
    return pixels


@dataclass
class Visitor:
    """Somebody behind a browser of their own; `troubles` is what no page should cause."""

    context: BrowserContext
    base_url: str
    page: Page
    has_scripts: bool
    troubles: list[str] = field(default_factory=list)
    answer: Response | None = None
    # Where else they may go, which is no part of the product.
    others: tuple[str, ...] = ()

    @classmethod
    def arrive(cls, browser: Browser, base_url: str, *, scripts: bool = True) -> "Visitor":
        context = browser.new_context(
            base_url=base_url,
            viewport={"width": WIDE[0], "height": WIDE[1]},
            java_script_enabled=scripts,
            locale="nl-NL",
            timezone_id="Europe/Amsterdam",
        )
        context.set_default_timeout(PATIENCE)
        visitor = cls(context, base_url, context.new_page(), scripts)
        visitor.page.on("console", visitor._hear)
        visitor.page.on("pageerror", lambda error: visitor.troubles.append(str(error)))
        visitor.page.on("request", visitor._see_request)
        visitor.page.on("response", visitor._see_answer)
        return visitor

    def leave(self) -> None:
        self.context.close()
        assert self.troubles == []

    # Walking

    def go(self, path: str, status: int = 200) -> None:
        answer = self.page.goto(path)
        assert answer is not None
        assert (path, answer.status) == (path, status)

    def press(self, name: str) -> None:
        """The button with these words."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str) -> None:
        """The first link with these words."""
        self.page.get_by_role("link", name=name, exact=True).first.click()

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).fill(text)

    def text(self) -> str:
        return self.page.locator("main").inner_text()

    def sign_in_on_demo_page(self, name: str) -> None:
        self.go("/demo")
        button = self.page.get_by_role("button", name=f"Log in als {name}", include_hidden=True)
        more = self.page.locator("details:not([open])", has=button)
        if more.count():
            more.locator("summary").click()
        self.press(f"Log in als {name}")

    # Looking

    def look(self, name: str, sizes: tuple[tuple[int, int], ...] = (WIDE, NARROW)) -> None:
        """Everything that is promised of every page; keeps the page, and how it looks if asked.

        Checkers are scripts themselves: who browses without sees nothing here.
        """
        if not self.has_scripts:
            return
        self.keep_page(name)
        assert self.faults_of_page() == []
        for width, height in sizes:
            self.page.set_viewport_size({"width": width, "height": height})
            keep_picture(self.page, f"{name}-{width}")
            assert (name, width, self.axe_violations()) == (name, width, [])
        assert (name, self.sideways()) == (name, 0)
        self.page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})

    def faults_of_page(self) -> list[str]:
        page = self.page
        count = page.locator("h1").count()
        unguarded = page.locator("form[method=post]:not(:has(input[name=csrf_token]))")
        return [
            *([f"{count} headings of the first level"] if count != 1 else []),
            *(["no title"] if not page.title().strip() else []),
            *(["no language"] if page.locator("html[lang=nl]").count() != 1 else []),
            *(["no main part"] if page.locator("main").count() != 1 else []),
            *(
                ["a form without a token"]
                if unguarded.count() and not self._is_unsubscribing()
                else []
            ),
        ]

    def axe_violations(self) -> list[str]:
        return violations(self.page)

    def sideways(self) -> int:
        """How many pixels the page is wider than the window, zoomed in or on a phone."""
        wider = []
        for width, height in (ZOOMED, NARROW):
            self.page.set_viewport_size({"width": width, "height": height})
            wider.append(wider_than_the_window(self.page))
        return max(wider)

    def keep_page(self, name: str) -> None:
        """As the server sent it, for html-validate."""
        assert self.answer is not None
        PAGES.mkdir(parents=True, exist_ok=True)
        (PAGES / f"{name}.html").write_bytes(self.answer.body())

    def _is_unsubscribing(self) -> bool:
        # A mail program posts to the one, and the address of either is the permission.
        return any(place in self.page.url for place in ("/afmelden/", "/antwoord/", "/tekenen/"))

    # What no page should cause

    def _hear(self, message: ConsoleMessage) -> None:
        refused = message.text.startswith(A_REFUSAL) and self._is_page(message.location["url"])
        if message.type in {"error", "warning"} and not refused:
            self.troubles.append(f"console: {message.text} ({self.page.url})")

    def _is_page(self, address: str) -> bool:
        return self.answer is not None and self.answer.url == address

    def _see_request(self, request: Request) -> None:
        if not request.url.startswith((self.base_url, *self.others, "data:", "about:")):
            self.troubles.append(f"asked elsewhere: {request.url} ({self.page.url})")

    def _see_answer(self, answer: Response) -> None:
        frame: Frame = answer.frame
        if answer.request.is_navigation_request() and frame.parent_frame is None:
            self.answer = answer
        elif answer.status >= 400:
            self.troubles.append(f"{answer.status}: {answer.url} ({self.page.url})")
