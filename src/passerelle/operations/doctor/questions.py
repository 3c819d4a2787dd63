"""The questions in order. One that breaks is itself a finding, and the others are still asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from passerelle.operations.doctor import machine, neighbours, settings, work
from passerelle.operations.doctor.findings import Finding, fail

QUESTIONS: tuple[tuple[str, Callable[[], Iterable[Finding]]], ...] = (
    ("settings", settings.agreement),
    ("settings", settings.exposure),
    ("proxies", settings.proxies),
    ("keys", settings.keys),
    ("limits", settings.limits),
    ("brand", settings.brand_folder),
    ("database", neighbours.database),
    ("clock", neighbours.clock_drift),
    ("cache", neighbours.cache_answers),
    ("mail server", neighbours.mail_server),
    ("antivirus", neighbours.antivirus),
    ("staff", neighbours.staff_provider),
    ("storage", machine.storage),
    ("front end", machine.front_end),
    ("catalogues", machine.catalogues),
    ("worker", work.worker),
    ("mails", work.mails),
    ("trail", work.trail),
    ("secrets", work.secrets),
)


def examine() -> Iterator[Finding]:
    for subject, question in QUESTIONS:
        try:
            yield from question()
        except Exception as error:
            yield fail(
                subject,
                f"could not be examined: {type(error).__name__}: {_one_line(error)}",
                "Mend what the message names.",
            )


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
