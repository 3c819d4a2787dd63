"""How ``docs/policies.md`` is written from the table of policies."""

from __future__ import annotations

from typing import Any

from passerelle.brand.policies import POLICIES
from passerelle.brand.text import Text


def _written(value: Any) -> str:
    if isinstance(value, Text):
        return value.get("en")
    if isinstance(value, tuple):
        return "`[" + ", ".join(str(item) for item in value) + "]`"
    return f"`{value}`"


def markdown_table() -> str:
    """Render the table of ``docs/policies.md``; a test compares the file with it."""
    lines = [
        "| policy | meaning | where it applies | expected | classic | strict |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for policy in POLICIES:
        strict = f"**{_written(policy.strict)}**" if policy.differs else "the same"
        lines.append(
            f"| `{policy.name}` | {policy.meaning} | {policy.where} | {policy.expected} "
            f"| {_written(policy.classic)} | {strict} |"
        )
    return "\n".join(lines) + "\n"


def markdown_page() -> str:
    """Render ``docs/policies.md`` whole."""
    return f"""# Policies

This page is written from the table in `src/passerelle/brand/policies.py`; a test compares the two.

A brand chooses a profile in `brand.toml`. **classic** behaves as the portals of industrial groups do. **strict**
follows NIST SP 800-63B-4 and OWASP ASVS level 2. Three places give a policy its value; the later wins:

1. the profile: `[policies] profile = "classic"` or `"strict"`;
2. a line under `[policies]` in `brand.toml`;
3. the environment: `PASSERELLE_` and the policy's name in capitals, such as `PASSERELLE_LINK_DAYS=7`, or the same with
   `_FILE` for a value kept in a file. A list is written `7,14,21`, a text in several languages
   `{{"en": "…", "fr": "…"}}`. `PASSERELLE_PROFILE` sets the profile.

Values that contradict each other are refused at start, with the keys to change. `./passerelle doctor` warns when a
strict deployment is weakened by a single policy.

{markdown_table()}"""
