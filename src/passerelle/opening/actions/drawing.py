"""The record of an opening as a tagged PDF, in words of its language."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from passerelle import brand
from passerelle.files.pdf import draw


def draw_record(text: str, digest: str, language: str) -> bytes:
    """Draw a record's JSON as PDF/UA. The PDF prints the digest, so that both can be held against each other."""
    facts = json.loads(text)
    with override(language):
        return draw("opening_record.typ", _content(facts, digest, language))


def _content(facts: dict[str, Any], digest: str, language: str) -> dict[str, Any]:
    marque = brand.current()
    opened = facts["stage"] == "opened"
    people = facts["people"]
    sections = [
        _section(
            _("Company"),
            (_("Company"), facts["company"]["name"]),
            (marque.vocabulary.label("cofor"), facts["company"]["cofor"], True),
            (_("Address"), _address(facts["company"])),
        ),
        _section(
            _("Act"),
            (_("Reference"), facts["reference"], True),
            (_("Requested on"), _when(facts["requested_at"])),
            (_("Access opened on"), _when(facts["opened_at"])),
        ),
    ]
    if facts["terms"]:
        terms = facts["terms"]
        sections.append(
            _section(
                _("Acceptance of the General Terms of Use"),
                (_("Accepted by"), _person(people.get("representative"))),
                (_("Accepted on"), _when(terms["accepted_at"])),
                (_("From the network address"), terms["address"] or "–", True),
                (_("Text"), terms["title"]),
                (_("Version"), str(terms["version"])),
                (_("Language of the text"), terms["language"]),
                (_("Reference of the acceptance"), terms["reference"], True),
                (_("SHA-256 of the text"), terms["text_sha256"], True),
            )
        )
    sections.append(
        _section(
            _("People"),
            (_("Requester"), _person(people.get("requester"))),
            (marque.vocabulary.label("legal_representative"), _person(people.get("representative"))),
            (marque.vocabulary.label("plsa"), _person(people.get("plsa"))),
        )
    )
    return {
        "language": language,
        "title": _("Record of the opening of an access") if opened else _("Record of an acceptance"),
        "lead": _("%(organisation)s keeps this record. It says what was accepted, by whom, when and for which company.")
        % {"organisation": marque.organisation.name},
        "organisation": marque.organisation.name,
        "portal": str(marque.organisation.portal_name),
        "colour": marque.look.brand,
        "reference": facts["reference"],
        "footer": f"{marque.organisation.name} · {facts['reference']}",
        "sections": sections,
        "digest_title": _("How to verify this record"),
        "digest_text": _(
            "The same record was sent as a JSON file. Its SHA-256 digest is below, and stands in the sealed trail of "
            "the portal."
        ),
        "digest": digest,
    }


def _section(title: str, *rows: tuple[str, str] | tuple[str, str, bool]) -> dict[str, Any]:
    return {
        "title": str(title),
        "rows": [{"label": str(row[0]), "value": str(row[1] or "–"), "mono": len(row) > 2} for row in rows],
    }


def _person(person: dict[str, str] | None) -> str:
    if person is None:
        return ""
    name = f"{person['first_name']} {person['last_name']}".strip()
    return ", ".join(part for part in (name, person["function"], person["email"]) if part)


def _address(company: dict[str, str]) -> str:
    town = f"{company['postcode']} {company['city']}".strip()
    return ", ".join(part for part in (company["street"], town, company["country"]) if part)


def _when(value: str | None) -> str:
    """An instant as pages write it: 12 March 2026 at 10:42, 12 mars 2026 à 10 h 42."""
    instant: datetime | None = parse_datetime(value) if value else None
    if instant is None:
        return ""
    local = localtime(instant)
    day = date_format(local, "j F Y")
    if local.day == 1:
        day = pgettext("first day of a month", "1") + day.removeprefix("1")
    clock = {"hour": f"{local.hour:02d}", "minute": f"{local.minute:02d}"}
    hour = pgettext("time of day", "%(hour)s:%(minute)s") % clock
    zone = str(brand.current().organisation.zone_label)
    return _("%(day)s at %(hour)s (%(zone)s)") % {"day": day, "hour": hour, "zone": zone}
