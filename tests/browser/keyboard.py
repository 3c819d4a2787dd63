"""Hands that hold no mouse: Tab from stop to stop, and see at each where one is (WCAG 2.1.1, 2.4.7, 2.4.11)."""

from __future__ import annotations

from playwright.sync_api import Locator

from tests.browser.window import Window

MOST_STOPS = 80

# A stop must look different from the same element without the focus, and lie on the screen.
STOP = """() => {
  const look = (element) => JSON.stringify([element, ...(element.labels || [])]
    .flatMap((part) => [getComputedStyle(part), getComputedStyle(part, "::before")])
    .map((style) => [style.outline, style.boxShadow, style.borderColor, style.backgroundColor]));
  const element = document.activeElement;
  const faults = [];
  const last = window.lastStop;
  if (last && last.element !== element && look(last.element) === last.look) {
    faults.push("no sign of the focus: " + last.element.outerHTML.slice(0, 120));
  }
  if (element === document.body) return faults;
  const box = element.getBoundingClientRect();
  if (box.height < 1 || box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth) {
    faults.push("the focus is off the screen: " + element.outerHTML.slice(0, 120));
  }
  window.lastStop = { element, look: look(element) };
  return faults;
}"""


def tab_to(window: Window, target: Locator) -> None:
    """Press Tab until the focus is there."""
    for _stop in range(MOST_STOPS):
        window.page.keyboard.press("Tab")
        window.wrong += window.page.evaluate(STOP)
        if target.evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError(f"{target} is not reached with Tab on {window.page.url}")


def type_into(window: Window, label: str, text: str, place: int = 0) -> None:
    tab_to(window, window.box(label, place))
    window.page.keyboard.type(text)


def press(window: Window, target: Locator, key: str = "Enter") -> int:
    """Tab to a button or link, press it with a key, and answer the status of the page it leads to."""
    tab_to(window, target)
    return window.leads(lambda: window.page.keyboard.press(key))
