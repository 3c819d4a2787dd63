"""docs/policies.md is the table of the code (decision 2)."""

from __future__ import annotations

import os

from passerelle.brand.load import BRANDS
from passerelle.brand.policies import POLICIES, Policies, defaults
from passerelle.brand.policies_page import markdown_page, markdown_table

PAGE = BRANDS.parent / "docs" / "policies.md"


def test_the_page_is_what_the_code_says() -> None:
    if os.environ.get("PASSERELLE_WRITE_DOCS"):
        PAGE.write_text(markdown_page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == markdown_page(), "write it again with PASSERELLE_WRITE_DOCS=1"


def test_every_policy_has_a_row_and_a_field() -> None:
    assert {policy.name for policy in POLICIES} | {"profile"} == set(Policies.model_fields)
    assert markdown_table().count("\n") == len(POLICIES) + 2


def test_both_profiles_are_consistent() -> None:
    for profile in ("classic", "strict"):
        Policies.model_validate({**defaults(profile), "profile": profile})


def test_the_strict_profile_is_never_the_laxer_one() -> None:
    classic, strict = defaults("classic"), defaults("strict")
    assert strict["activation_link_days"] <= classic["activation_link_days"]
    assert (strict["password_age_days"], strict["second_factor_users"]) == (0, "required")
