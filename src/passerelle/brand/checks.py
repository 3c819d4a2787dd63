"""What Django's system checks, and so `doctor`, say about the brand folder in force."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Warning, register
from pydantic import BaseModel

from passerelle.brand.documents import terms
from passerelle.brand.errors import BrandError
from passerelle.brand.load import current, mistyped
from passerelle.brand.model import Brand
from passerelle.brand.policies import POLICIES
from passerelle.brand.text import Text


@register("brand")
def check_brand(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    try:
        brand = current()
    except BrandError as error:
        return [Error(str(error), id="brand.E001")]
    return [
        *_pictures(brand),
        *_terms(brand),
        *_languages(brand),
        *_colours(brand),
        *_weakened(brand),
        *_delays(brand),
        *(
            Warning(f"{name} is not known and has no effect.", hint=f"Did you mean {near}?", id="brand.W005")
            for name, near in mistyped()
        ),
    ]


def _pictures(brand: Brand) -> Iterator[CheckMessage]:
    for key in ("logo", "logo_dark", "favicon"):
        path = brand.static_folder / getattr(brand.look, key).removeprefix("brand/")
        if not path.is_file():
            yield Error(f"look.{key} names {path}, which does not exist.", hint="Add the picture.", id="brand.E002")


def _terms(brand: Brand) -> Iterator[CheckMessage]:
    try:
        versions = terms(brand)
    except BrandError as error:
        yield Error(str(error), id="brand.E003")
        return
    if not versions:
        yield Error(
            f"{brand.folder / 'terms'} holds no General Terms of Use, so no access can be opened.",
            hint="Write 1.en.md there, and the same in each other language.",
            id="brand.E004",
        )
        return
    spoken = {version.language for version in versions}
    for language, _ in settings.LANGUAGES:
        if language not in spoken:
            yield Warning(
                f"The General Terms of Use have no version in language {language}.",
                hint=f"Write {versions[-1].number}.{language}.md in {brand.folder / 'terms'}.",
                id="brand.W001",
            )


def _texts(part: Any, key: str = "") -> Iterator[tuple[str, Text]]:
    if isinstance(part, Text):
        # One version alone is a word that is the same everywhere.
        if len(part.versions) > 1:
            yield key, part
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from _texts(getattr(part, name), f"{key}.{name}".strip("."))
    elif isinstance(part, tuple):
        for index, item in enumerate(part):
            yield from _texts(item, f"{key}[{index}]")


def _languages(brand: Brand) -> Iterator[CheckMessage]:
    for key, words in _texts(brand):
        for language, _ in settings.LANGUAGES:
            if language not in words.languages:
                yield Warning(
                    f"{key} has no version in language {language}; the English one is shown.",
                    hint=f"Add {language} to {key} in brand.toml.",
                    id="brand.W002",
                )


def _delays(brand: Brand) -> Iterator[CheckMessage]:
    """What is announced in words and what the desk counts are the same promise. Words without a figure are believed."""
    for days, counted, words, key in (
        (
            brand.policies.verification_days,
            "verification_days",
            brand.policies.verification_delay,
            "verification_delay",
        ),
        (brand.policies.answer_days, "answer_days", brand.contact.answer_delay, "contact.answer_delay"),
    ):
        for language in words.languages:
            announced = words.get(language)
            figures = {int(figure) for figure in re.findall(r"\d{1,4}", announced)}
            if figures and not figures & {days, 24 * days}:
                yield Warning(
                    f"{key} announces “{announced}” in language {language}; the desk counts {days} (policy {counted}).",
                    hint=f"Set {counted} to what is announced, or change the words.",
                    id="brand.W006",
                )


def _colours(brand: Brand) -> Iterator[CheckMessage]:
    for key in ("brand", "accent"):
        given, used = getattr(brand.look, key), getattr(brand.look.palette.light, key)
        if given != used:
            yield Info(f"look.{key} {given} is too pale to be read; the pages show {used}.", id="brand.I001")


def _weakened(brand: Brand) -> Iterator[CheckMessage]:
    """Name what a strict profile was made to give up."""
    if brand.policies.profile != "strict":
        return
    weaker = {
        "recovery": brand.policies.recovery == "temporary_password",
        "former_password": brand.policies.former_password == "off",  # noqa: S105
        "second_factor": brand.policies.second_factor != "required",
        "second_factor_users": brand.policies.second_factor_users != "required",
        "password_age_days": brand.policies.password_age_days != 0,
        "password_min_length": brand.policies.password_min_length < 15,
        "opening_verification": brand.policies.opening_verification == "never",
    }
    for policy in POLICIES:
        if weaker.get(policy.name):
            yield Warning(
                f"The strict profile is weakened by {policy.name}.",
                hint=f"Leave it out of brand.toml and of {policy.variable}, or choose the classic profile.",
                id="brand.W004",
            )
