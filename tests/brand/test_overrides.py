"""Every policy can be set by the environment, which wins over the file, which wins over the profile."""

from __future__ import annotations

from pathlib import Path

import pytest

from passerelle import brand
from passerelle.brand.load import mistyped
from passerelle.brand.policies import POLICIES, defaults
from tests.brand.conftest import Spoil

OTHERS = {
    "opening_verification": ("always", "always"),
    "verification_delay": ("soon", "soon"),
    "verification_days": ("3", 3),
    "answer_days": ("4", 4),
    "opening_lapse_days": ("60", 60),
    "opening_reminder_days": ("3, 9", (3, 9)),
    "link_days": ("7", 7),
    "resends_a_day": ("1", 1),
    "activation_link_days": ("2", 2),
    "password_min_length": ("12", 12),
    "password_max_length": ("256", 256),
    "password_age_days": ("0", 0),
    "former_password": ("off", "off"),
    "user_recovery": ("self", "self"),
    "recovery": ("temporary_password", "temporary_password"),
    "email_match": ("casefold", "casefold"),
    "second_factor": ("required", "required"),
    "second_factor_users": ("required", "required"),
    "password_min_length_with_factor": ("10", 10),
    "password_reminder_days": ("9, 3", (9, 3)),
    "former_password_days": ("30", 30),
    "recovery_minutes": ("45", 45),
    "known_device_days": ("60", 60),
    "sign_in_free_tries": ("8", 8),
    "sign_in_pauses": ("2, 5", (2, 5)),
    "factor_removal_hours": ("48", 48),
    "email_change_hours": ("72", 72),
    "fresh_proof_minutes": ("3", 3),
    "unused_warning_days": ("30", 30),
    "unused_suspension_days": ("120", 120),
    "session_idle_minutes": ("10", 10),
    "session_max_hours": ("4", 4),
}


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
def test_the_environment_overrides_each_policy(policy: object, tmp_path: Path) -> None:
    name = policy.name  # type: ignore[attr-defined]
    written, meant = OTHERS[name]
    secret = tmp_path / "value"
    secret.write_text(f"{written}\n", encoding="utf-8")
    variable = f"PASSERELLE_{name.upper()}"
    for environ in ({variable: written}, {f"{variable}_FILE": str(secret)}):
        value = getattr(brand.load("demo", environ).policies, name)
        assert (str(value) if name == "verification_delay" else value) == meant


def test_the_file_wins_over_the_profile_and_the_environment_over_the_file(spoil: Spoil) -> None:
    folder = spoil(
        ('profile = "classic"', 'profile = "strict"'), ("# activation_link_days = 14", "activation_link_days = 5")
    )
    assert brand.load("brassac", {}).policies.activation_link_days == 1
    assert brand.load(folder, {}).policies.activation_link_days == 5
    assert brand.load(folder, {"PASSERELLE_ACTIVATION_LINK_DAYS": "9"}).policies.activation_link_days == 9


def test_the_profile_itself_can_be_set() -> None:
    policies = brand.load("demo", {"PASSERELLE_PROFILE": "strict"}).policies
    assert policies.profile == "strict"
    assert policies.password_age_days == 0
    assert policies.second_factor == "offered", "what the file says of a policy stands"


def test_a_text_is_set_in_several_languages() -> None:
    environ = {"PASSERELLE_VERIFICATION_DELAY": '{"en": "soon", "fr": "bientôt"}'}
    assert brand.load("demo", environ).policies.verification_delay.get("fr") == "bientôt"


def test_limits_are_set_one_by_one() -> None:
    environ = {"PASSERELLE_LIMIT_ANALYSIS": "60/h", "PASSERELLE_LIMITS_FACTOR": "10"}
    assert brand.load("brassac", environ).limits == {"analysis": "60/h"}


def test_an_empty_variable_sets_nothing() -> None:
    assert brand.load("demo", {"PASSERELLE_LINK_DAYS": " "}).policies.link_days == 14


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        (
            {"PASSERELLE_LINK_DAYS": "soon"},
            'PASSERELLE_LINK_DAYS must be a whole number. It is "soon". Expected: whole days',
        ),
        ({"PASSERELLE_OPENING_REMINDER_DAYS": "3,x"}, "PASSERELLE_OPENING_REMINDER_DAYS must be a whole number."),
        ({"PASSERELLE_LINK_DAYS": "40"}, "lower link_days or raise opening_lapse_days. Set by PASSERELLE_LINK_DAYS."),
        ({"PASSERELLE_PROFILE": "lax"}, 'PASSERELLE_PROFILE is "lax"; it must be classic or strict.'),
        (
            {"PASSERELLE_LINK_DAYS_FILE": "/nowhere/x"},
            "PASSERELLE_LINK_DAYS_FILE names /nowhere/x, which cannot be read",
        ),
        ({"PASSERELLE_VERIFICATION_DELAY": "{soon}"}, "PASSERELLE_VERIFICATION_DELAY begins like JSON and is not"),
        ({"PASSERELLE_LIMIT_ANALYSIS": "many"}, "PASSERELLE_LIMIT_ANALYSIS must be count/period"),
    ],
)
def test_an_error_names_the_variable(environ: dict[str, str], said: str) -> None:
    with pytest.raises(brand.BrandError) as refused:
        brand.load("demo", environ)
    assert said in str(refused.value)


def test_a_mistyped_variable_is_noticed() -> None:
    environ = {"PASSERELLE_LINK_DAY": "3", "PASSERELLE_BRAND": "demo", "PASSERELLE_LINK_DAYS": "3"}
    assert list(mistyped(environ)) == [("PASSERELLE_LINK_DAY", "PASSERELLE_LINK_DAYS")]


def test_every_policy_is_explained_in_the_demonstration_with_its_default(folder: Path) -> None:
    """The commented lines are the manual: uncommented, they must say what holds without them."""
    path = folder / "brand.toml"
    head, tail = path.read_text(encoding="utf-8").split("[policies]\n")
    section, rest = tail.split("# --- Limits")
    names = {policy.name for policy in POLICIES}
    lines = []
    for line in section.splitlines():
        bare = line.removeprefix("# ")
        if bare.split(" = ")[0] in names | {"profile"}:
            assert "#" in bare, f"{bare} has no comment"
            lines.append(bare)
    path.write_text(head + "[policies]\n" + "\n".join(lines) + "\n# --- Limits" + rest, encoding="utf-8")
    assert {line.split(" = ")[0] for line in lines} == names | {"profile"}
    loaded = dict(brand.load(folder, {}).policies)
    assert loaded == {**defaults("classic"), "profile": "classic", "second_factor": "offered"}
