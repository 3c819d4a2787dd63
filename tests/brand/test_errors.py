"""A brand folder that cannot be used says where, what is wrong and what is expected."""

from __future__ import annotations

from pathlib import Path

import pytest

from passerelle import brand
from tests.brand.conftest import Spoil

REMINDERS = "# opening_reminder_days = [7, 14, 21]"


def refusal(folder: Path, environ: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(brand.BrandError) as refused:
        brand.load(folder, environ or {})
    return [line.replace(f"{folder}/", "") for line in str(refused.value).splitlines()]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('short_name = "Norvane"', "", "brand.toml: organisation.short_name is missing; add it."),
        ('short_name = "Norvane"', 'short_name = ""', "brand.toml: organisation.short_name must not be empty."),
        ("accent =", "acent =", 'brand.toml: look.acent is not known; did you mean "accent"?'),
        ("[kinds]", "[kind]", 'brand.toml: kind is not known; did you mean "kinds"?'),
        ('brand = "#0b4f6c"', 'brand = "blue"', "look.brand must be a colour as # and six hexadecimal digits"),
        ("radius = 3 ", 'radius = "3px" ', 'look.radius must be a whole number. It is "3px".'),
        ("radius = 3 ", "radius = 30 ", "brand.toml: look.radius must be at most 16. It is 30."),
        ('font = "atkinson"', 'font = "comic"', "look.font must be one of the families the portal carries: atkinson,"),
        ('logo = "logo.svg"', 'logo = "../logo.svg"', "look.logo must name a picture of the brand's static folder"),
        ('zone = "Europe/Paris"', 'zone = "Paris"', "organisation.zone must be a name of the time zone database"),
        ('en = "Supplier portal", ', "", 'organisation.portal_name has no English version; add en = "…".'),
        ('fr = "Portail fournisseurs" }', "fr = 3 }", 'organisation.portal_name has no words in "fr"'),
        ('"assistance@norvane.example"', '"assistance"', "contact.assistance_email must be one e-mail address"),
        ('"https://www.norvane.example"', '"norvane"', "organisation.website must be a web address in full"),
        ('login_prefix = "V"', 'login_prefix = "v"', "codes.login_prefix must be one to three capital letters"),
        ('staff_prefix = "S"', 'staff_prefix = "VX"', 'login_prefix "V" and staff_prefix "VX" must differ'),
        ('"[A-Z0-9]{6}"', '"[A-Z0-9{6}"', "codes.cofor_pattern must be a regular expression: "),
        ('"A1B2C3"', '"A1B2C"', 'brand.toml: codes: cofor_example "A1B2C" does not match'),
        ("cofor_length = 6", "cofor_length = 7", "has 6 characters, cofor_length says 7"),
        ("# login_alphabet =", "login_alphabet = 'O' #", "codes.login_alphabet must be at least 16 different"),
        ('# login_alphabet = "2', 'login_alphabet = "02', "codes.login_alphabet must leave out 0: people mistake"),
        ('code = "spare_parts"', 'code = "series_parts"', "categories has series_parts more than once"),
        ('code = "spare_parts"', 'code = "Spare"', "categories.1.code must be small letters"),
        ("[vocabulary]", '[vocabulary]\nplsaa = "x"', 'vocabulary.plsaa is not known; did you mean "plsa"?'),
        ("more_free_mail_domains = []", 'more_free_mail_domains = ["x"]', 'more_free_mail_domains has "x"; each must'),
        ('# analysis = "30/h"', 'analysis = "30 an hour"', "limits.analysis must be count/period, such as"),
        ('# analysis = "30/h"', 'resend = "9/d"', "limits: resend follows the policy resends_a_day; set that"),
        ('profile = "classic"', 'profile = "lax"', 'policies.profile is "lax"; it must be classic or strict.'),
        ('# recovery = "link"', 'recovery = "mail"', "policies.recovery must be 'link' or 'temporary_password'."),
        (
            "# link_days = 14",
            "link_days = 50",
            "policies: link_days is 50, but the opening lapses after 30 days; lower",
        ),
        (
            REMINDERS,
            "opening_reminder_days = [7, 30]",
            "ends on day 30, when the opening has lapsed after 30 days; remind",
        ),
        (
            REMINDERS,
            "opening_reminder_days = [14, 7]",
            "opening_reminder_days must ascend without repetition, such as [7, 14, 21]",
        ),
        (
            "# session_max_hours = 12",
            "session_max_hours = 1\nsession_idle_minutes = 90 #",
            "session_idle_minutes is 90,",
        ),
        ("[policies]", "policies = 3\n[other]", "brand.toml: look.policies is not known"),
        ('short_name = "Norvane"', "short_name = Norvane", "brand.toml is not TOML: Invalid value (at line 11"),
    ],
)
def test_it_names_the_key_and_the_fix(spoil: Spoil, old: str, new: str, said: str) -> None:
    lines = refusal(spoil((old, new)))
    assert any(said in line for line in lines), lines


def test_it_tells_all_errors_at_once(spoil: Spoil) -> None:
    lines = refusal(spoil(("radius = 3 ", "radius = 99 "), ('zone = "Europe/Paris"', 'zone = "Mars"')))
    assert len(lines) == 2


def test_it_names_a_folder_without_a_brand(tmp_path: Path) -> None:
    assert "PASSERELLE_BRAND must name a folder that holds a brand.toml" in refusal(tmp_path)[0]


def test_it_names_a_file_in_another_encoding(folder: Path) -> None:
    (folder / "brand.toml").write_bytes("[organisation]\nname = 'é'".encode("latin-1"))
    assert refusal(folder) == ["brand.toml is not UTF-8 text. Save it as UTF-8."]
