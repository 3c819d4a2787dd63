"""What a brand folder says, as frozen, checked data."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from passerelle.brand.colour import HEX
from passerelle.brand.fonts import FONTS
from passerelle.brand.free_mail import FREE_MAIL_DOMAINS
from passerelle.brand.palette import Palette, derive
from passerelle.brand.policies import Policies
from passerelle.brand.text import Text, text
from passerelle.brand.vocabulary import Vocabulary

LOOKALIKES = frozenset("0O1IL")
LOGIN_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


def _email(value: str) -> str:
    if not re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;.]+", value):
        raise ValueError('must be one e-mail address, such as "assistance@group.example"')
    return value


def _web_address(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s\"'<>]+", value):
        raise ValueError('must be a web address in full, such as "https://www.group.example/about"')
    return value


def _web_addresses(value: Text) -> Text:
    for _, address in value.versions:
        _web_address(address)
    return value


def _colour(value: str) -> str:
    value = value.lower()
    if not HEX.fullmatch(value):
        raise ValueError('must be a colour as # and six hexadecimal digits, such as "#0b4f6c"')
    return value


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"must be a regular expression: {error}") from error
    return value


def _picture(value: str) -> str:
    if not re.fullmatch(r"[\w-]+(/[\w-]+)*\.(svg|png|webp|ico)", value):
        raise ValueError('must name a picture of the brand\'s static folder, such as "logo.svg"')
    return f"brand/{value}"


def _prefix(value: str) -> str:
    if not re.fullmatch(r"[A-Z]{1,3}", value):
        raise ValueError('must be one to three capital letters, such as "V"')
    return value


def _category_code(value: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,38}[a-z0-9]", value):
        raise ValueError('must be small letters, digits and underscores, such as "spare_parts"')
    return value


def _rate(value: str) -> str:
    if not re.fullmatch(r"[1-9]\d*/([1-9]\d*)?[smhd]", value):
        raise ValueError('must be count/period, such as "30/h", "3/d" or "10/15m"')
    return value


Email = Annotated[Line, AfterValidator(_email)]
WebAddress = Annotated[Line, AfterValidator(_web_address)]
WebAddresses = Annotated[Text, AfterValidator(_web_addresses)]
Colour = Annotated[Line, AfterValidator(_colour)]
Pattern = Annotated[Line, AfterValidator(_pattern)]
Rate = Annotated[str, AfterValidator(_rate)]
Prefix = Annotated[str, AfterValidator(_prefix)]
CategoryCode = Annotated[str, AfterValidator(_category_code)]
Picture = Annotated[Line, AfterValidator(_picture)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Organisation(_Part):
    """The group that runs the portal."""

    name: Line
    short_name: Line
    portal_name: Text
    zone: Line = "Europe/Paris"
    zone_label: Text
    website: WebAddress
    address: Line

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError('must be a name of the time zone database, such as "Europe/Paris"')
        return value

    @property
    def time_zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)


class Contact(_Part):
    """How the Assistance and the other desks are reached, and what they promise."""

    assistance_email: Email
    assistance_phone: Line
    hours: Text
    answer_delay: Text
    registration_email: Email
    security_email: Email


class Mail(_Part):
    """Who the portal's mails come from, and which mailbox providers anybody can register with."""

    sender_name: Text
    sender_address: Email
    free_mail_domains: frozenset[str] = FREE_MAIL_DOMAINS
    more_free_mail_domains: frozenset[str] = frozenset()

    @field_validator("free_mail_domains", "more_free_mail_domains")
    @classmethod
    def _folded(cls, value: frozenset[str]) -> frozenset[str]:
        for domain in value:
            if not re.fullmatch(r"[^@\s/]+\.[^@\s/.]+", domain):
                raise ValueError(f'has "{domain}"; each must be a domain, such as "gmail.com"')
        return frozenset(domain.lower() for domain in value)

    def is_free(self, domain: str) -> bool:
        """Tell whether anybody can open a mailbox there: such a domain proves nothing about a company (decision 7)."""
        return domain.strip().rstrip(".").lower() in self.free_mail_domains | self.more_free_mail_domains


class Codes(_Part):
    """How codes and logins are written."""

    cofor_pattern: Pattern = "[A-Z0-9]{6}"
    cofor_length: Annotated[int, Field(ge=3, le=16)] = 6
    cofor_example: Line = "A1B2C3"
    cofor_shape: Text = text("6 letters or digits", "6 lettres ou chiffres")
    cofor_where: Text = text("You find it on your purchase orders.", "Il figure sur vos commandes.")
    site_pattern: Pattern = "[A-Z0-9]{2,10}"
    site_example: Line = "01"
    login_prefix: Prefix = "V"
    staff_prefix: Prefix = "S"
    login_alphabet: Line = LOGIN_ALPHABET
    login_length: Annotated[int, Field(ge=6, le=12)] = 7

    @field_validator("login_alphabet")
    @classmethod
    def _readable(cls, value: str) -> str:
        if not re.fullmatch(r"[A-Z0-9]{16,}", value) or len(set(value)) != len(value):
            raise ValueError("must be at least 16 different capital letters and digits")
        if confused := sorted(LOOKALIKES & set(value)):
            raise ValueError(f"must leave out {', '.join(confused)}: people mistake 0 for O, and 1 for I or L")
        return value

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if not re.fullmatch(self.cofor_pattern, self.cofor_example):
            raise ValueError(f'cofor_example "{self.cofor_example}" does not match "{self.cofor_pattern}"')
        if len(self.cofor_example) != self.cofor_length:
            raise ValueError(
                f'cofor_example "{self.cofor_example}" has {len(self.cofor_example)} characters, '
                f"cofor_length says {self.cofor_length}"
            )
        if not re.fullmatch(self.site_pattern, self.site_example):
            raise ValueError(f'site_example "{self.site_example}" does not match "{self.site_pattern}"')
        one, other = sorted((self.login_prefix, self.staff_prefix), key=len)
        if other.startswith(one):
            raise ValueError(f'login_prefix "{self.login_prefix}" and staff_prefix "{self.staff_prefix}" must differ')
        return self

    def read_cofor(self, typed: str) -> str | None:
        """Return the code as it is stored, from what a person typed (any case, blanks within), or None."""
        return _read(typed, self.cofor_pattern)

    def read_site(self, typed: str) -> str | None:
        """Return the site code as it is stored, from what a person typed, or None."""
        return _read(typed, self.site_pattern)


def _read(typed: str, pattern: str) -> str | None:
    # No compatibility folding here: a code with a look-alike from another alphabet is a code nobody has.
    code = re.sub(r"[\s\u00a0\u202f]+", "", typed)
    code = code.upper() if code.isascii() else code
    return code if code.isascii() and re.fullmatch(pattern, code) else None


class Category(_Part):
    """A category of companies: the code of the import file and the words shown."""

    code: CategoryCode
    name: Text


class Kinds(_Part):
    """The words for the two kinds of companies; the codes are the import file's."""

    supplier: Text = text("Supplier", "Fournisseur")
    partner: Text = text("Partner", "Partenaire")


CATEGORIES = (
    Category(code="series_parts", name=text("Series parts", "Pièces de série")),
    Category(code="spare_parts", name=text("Spare parts", "Pièces de rechange")),
    Category(code="equipment_maintenance", name=text("Equipment and maintenance", "Équipement et maintenance")),
    Category(code="applications_services", name=text("Applications and services", "Applications et services")),
)


class Look(_Part):
    """Colours, shape, letters and pictures. What the pages use is derived from them (`palette`).

    A picture is a file of the brand's ``static`` folder; its value here is its name among the portal's
    static files, where that folder stands under ``brand/``.
    """

    brand: Colour
    accent: Colour
    radius: Annotated[int, Field(ge=0, le=16)] = 3
    font: Line = "atkinson"
    logo: Picture = "brand/logo.svg"
    logo_dark: Picture = "brand/logo-dark.svg"
    logo_width: Annotated[int, Field(ge=24, le=320)] = 40
    logo_height: Annotated[int, Field(ge=24, le=64)] = 40
    logo_shows_name: bool = False
    favicon: Picture = "brand/favicon.svg"

    @field_validator("font")
    @classmethod
    def _built(cls, value: str) -> str:
        if value not in FONTS:
            raise ValueError(f"must be one of the families the portal carries: {', '.join(sorted(FONTS))}")
        return value

    @property
    def palette(self) -> Palette:
        return derive(self.brand, self.accent)


class Links(_Part):
    """Addresses outside the portal. A page of the brand folder stands in for one that is left out."""

    about: WebAddresses | None = None
    legal_notice: WebAddresses | None = None
    personal_data: WebAddresses | None = None
    personal_data_contact: Email
    password_video: WebAddresses | None = None


class Brand(_Part):
    """One brand: what `brand.toml` says, with defaults filled in and the environment's overrides applied."""

    folder: Path
    organisation: Organisation
    contact: Contact
    mail: Mail
    vocabulary: Vocabulary = Vocabulary()
    codes: Codes = Codes()
    categories: Annotated[tuple[Category, ...], Field(min_length=1)] = CATEGORIES
    kinds: Kinds = Kinds()
    look: Look
    policies: Policies
    limits: dict[str, Rate] = {}
    links: Links

    @field_validator("categories")
    @classmethod
    def _once(cls, value: tuple[Category, ...]) -> tuple[Category, ...]:
        codes = [category.code for category in value]
        if twice := sorted({code for code in codes if codes.count(code) > 1}):
            raise ValueError(f"has {', '.join(twice)} more than once; each code stands once")
        return value

    @field_validator("limits")
    @classmethod
    def _no_policy(cls, value: dict[str, str]) -> dict[str, str]:
        """How often a mail is sent again is printed on the page, so it is a policy: one number, in one place."""
        if "resend" in value:
            raise ValueError("resend follows the policy resends_a_day; set that one")
        return value

    @property
    def name(self) -> str:
        """The folder's name, which is the brand's in commands and logs."""
        return self.folder.name

    @property
    def templates_folder(self) -> Path:
        return self.folder / "templates"

    @property
    def static_folder(self) -> Path:
        return self.folder / "static"

    def term(self, name: str, lang: str | None = None, plural: bool = False) -> str:
        """Return the brand's word for `name`, see `Vocabulary.term`."""
        return self.vocabulary.term(name, lang, plural)

    def label(self, name: str, lang: str | None = None, plural: bool = False) -> str:
        """Return the brand's word for `name` with a capital, see `Vocabulary.label`."""
        return self.vocabulary.label(name, lang, plural)

    def category_name(self, code: str) -> Text:
        """Return the words of a category; a code that the brand no longer lists speaks for itself."""
        names = {category.code: category.name for category in self.categories}
        return names.get(code) or Text(versions=(("en", code),))

    def with_policies(self, **changes: Any) -> Brand:
        """Return the same brand under other policies, checked again; for tests and rehearsals."""
        policies = Policies.model_validate({**dict(self.policies), **changes})
        return self.model_copy(update={"policies": policies})
