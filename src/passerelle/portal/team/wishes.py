"""What a PLSA asks for and the Assistance does, because another company counts on the login too (ADR 0017).

The PLSA reads the same words as for a login of the own company alone: nothing tells one from the other.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import override

from passerelle.accounts.models import Person
from passerelle.core import clock
from passerelle.entry.queries.people import Team
from passerelle.support.actions import Typed, hand_over
from passerelle.web.requests import actor

# The removal of a second factor was asked for already, or the Assistance is asked for it now.
ASKED = frozenset({"assistance_only", "removal_waits", "removal_pending"})


def pass_on(request: HttpRequest, team: Team, person: Person) -> None:
    """Ask the Assistance to remove the lost second factor of somebody; once a day, however often it is pressed."""
    plsa, company, now = team.plsa.person, team.company, clock.now()
    facts = {"name": person.get_full_name(), "login": person.login}
    with override(settings.LANGUAGE_CODE):
        subject = _("Lost second factor of the login %(login)s") % facts
        comments = (
            _(
                "A PLSA asks to remove the lost second factor of %(name)s, login %(login)s. Another company counts on "
                "the login too, so only the Assistance does it. Never tell the PLSA that there is another company."
            )
            % facts
        )
    hand_over(
        typed=Typed(
            first_name=plsa.first_name, last_name=plsa.last_name, email=plsa.email, login=person.login,
            cofor=company.cofor, company_name=company.name, subject=subject, comments=comments,
        ),
        language=settings.LANGUAGE_CODE, submission=f"{person.key} {now.date()}", actor=actor(request), now=now,
    )  # fmt: skip
