"""What the access analysis answers (contract). No name, address or person is in it."""

from __future__ import annotations

from typing import Literal

from ninja import Schema
from pydantic import Field

from passerelle.opening.enums import CheckCode, CheckState, Reason

CheckCodeName = Literal[tuple(code.value for code in CheckCode)]  # type: ignore[valid-type]
CheckStateName = Literal[tuple(state.value for state in CheckState)]  # type: ignore[valid-type]
ReasonName = Literal[tuple(reason.value for reason in Reason)]  # type: ignore[valid-type]


class CheckOut(Schema):
    number: int = Field(ge=1, le=6)
    code: CheckCodeName
    state: CheckStateName


class NextOut(Schema):
    action: str
    label: str = Field(description="In the language asked with Accept-Language or ?lang=")
    help: str = Field(description="The address of the help article of this situation")


class AnalysisOut(Schema):
    cofor: str
    site: str | None
    site_known: bool | None = Field(None, description="Only where a site was given for a known company")
    checks: list[CheckOut]
    stopped_at: int | None = Field(None, ge=1, le=6)
    reason: ReasonName
    actor: str
    next: NextOut


class Problem(Schema):
    """Why there is no analysis, in words that say what to do."""

    code: str
    message: str
