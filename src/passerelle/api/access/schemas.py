"""What the access analysis answers (contract). No name, address or person is in it."""

from __future__ import annotations

from ninja import Schema
from pydantic import Field

from passerelle.opening.enums import CheckCode, CheckState, Reason


class CheckOut(Schema):
    number: int = Field(ge=1, le=6)
    code: CheckCode
    state: CheckState


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
    reason: Reason
    actor: str
    next: NextOut


class Problem(Schema):
    """Why there is no analysis, in words that say what to do."""

    code: str
    message: str
