"""A person at a browser window: finds fields by their labels, and is asked at every page whether all is well."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Locator, Page, Request, Response

from passerelle.opening.actions import PartyData
from tests.browser.chromium import listen, overflow, violations
from tests.browser.words import EN, LANGUAGES, Words

PATIENCE = 30_000
SPACES = str.maketrans("\u00a0\u202f", "  ")  # no reader tells them apart


@dataclass
class Window:
    """One context of the browser: its own cookies, one page, and what went wrong while it was open."""

    page: Page
    site: str
    words: Words = EN
    examined: bool = False  # every page is held against WCAG and the width of the screen
    wrong: list[str] = field(default_factory=list)

    @classmethod
    def open(
        cls, browser: Browser, site: str, language: str = "en", *, examined: bool = False, width: int = 1360,
        dark: bool = False, script: bool = True,
    ) -> Window:  # fmt: skip
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
        )
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        window = cls(page, site, LANGUAGES[language], examined, listen(page))
        page.on("request", window._is_ours)
        page.on("response", window._is_there)
        return window

    def _is_ours(self, request: Request) -> None:
        if not request.url.startswith((f"{self.site}/", "data:", "blob:")):
            self.wrong.append(f"{self.page.url} asks {request.url}")

    def _is_there(self, response: Response) -> None:
        if response.status >= 500 or (response.status >= 400 and response.request.resource_type != "document"):
            self.wrong.append(f"{response.status} of {response.url}")

    def close(self) -> list[str]:
        self.page.context.close()
        return self.wrong

    # Where one is

    def go(self, path: str) -> int:
        """Open an address of the portal, or of a mail, and answer its status."""
        address = path if path.startswith("http") else f"{self.site}{path}"
        response = self.page.goto(address, wait_until="load")
        self.look()
        return response.status if response else 0

    def goes(self, path: str) -> int:
        """Open an address after the language."""
        return self.go(f"/{self.words.language}/{path}")

    @property
    def heading(self) -> str:
        return self.page.locator("h1").inner_text().translate(SPACES)

    @property
    def title(self) -> str:
        return self.page.title().translate(SPACES)

    @property
    def text(self) -> str:
        return self.page.locator("main").inner_text().translate(SPACES)

    def look(self) -> None:
        """Hold the page that is open now against WCAG, if this window is examined."""
        if not self.examined:
            return
        where = self.page.url.removeprefix(self.site)
        self.wrong += [f"{where}: {text}" for text in violations(self.page)]
        if over := overflow(self.page):
            self.wrong.append(f"{where}: {over} px too wide")

    # What one does

    def box(self, label: str, place: int = 0) -> Locator:
        return self.page.get_by_role("main").get_by_label(label, exact=True).nth(place)

    def fill(self, label: str, text: str, place: int = 0) -> None:
        self.box(label, place).fill(text)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("main").get_by_role("button", name=name, exact=True)

    def press(self, name: str) -> int:
        """Press a button of the page and answer the status of the page it leads to."""
        status = self.leads(lambda: self.button(name).click())
        self.look()
        return status

    def follow(self, name: str) -> int:
        status = self.leads(lambda: self.page.get_by_role("main").get_by_role("link", name=name, exact=True).click())
        self.look()
        return status

    def leads(self, act: Any) -> int:
        """Do something that opens a page, and answer the status of that page."""
        with self.page.expect_navigation() as answer:
            act()
        response = answer.value
        return response.status if response else 0

    def name_people(self, *people: PartyData) -> None:
        for place, person in enumerate(people):
            values = (person.last_name, person.first_name, person.email)
            for label, value in zip(self.words.person, values, strict=True):
                self.fill(label, value, place)

    def switch_to(self, language: str) -> None:
        """Press the language switch, be it a link or a button."""
        self.leads(lambda: self.page.locator(f".language [lang={language}]").first.click())
        self.words = LANGUAGES[language]
