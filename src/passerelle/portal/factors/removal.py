"""The link by which the owner keeps a second factor that somebody asked to remove (decision 17)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from passerelle.accounts.actions import removals
from passerelle.accounts.models import FactorRemoval
from passerelle.core import clock
from passerelle.core.actor import Actor, ActorKind
from passerelle.core.errors import Refused
from passerelle.mail import links
from passerelle.mail.links import LinkStatus
from passerelle.portal.factors.words import factor_words
from passerelle.web.access import never_stored, open_page
from passerelle.web.requests import client_address


@open_page
@never_stored
def removal(request: HttpRequest, token: str) -> HttpResponse:
    """Say who asked and when it happens; the button keeps the factor. Opening the page does nothing."""
    now = clock.now()
    state = links.find(token, "removal", now)
    found = (
        FactorRemoval.objects.filter(key=state.link.subject_key).select_related("person").first()
        if state.link
        else None
    )
    if state.link is None or found is None:
        return render(request, "factors/removal.html", {"status": "unknown"}, status=404)
    if request.method == "POST":
        person = found.person
        holder = Actor(ActorKind.LINK, key=state.link.key, name=person.get_full_name(), address=client_address(request))
        try:
            found = removals.keep_factor_by_link(link_key=state.link.key, actor=holder, now=now)
        except Refused as refusal:
            context = {"status": "moved", "moved": factor_words(refusal), "removal": found}
            return render(request, "factors/removal.html", context, status=409)
        return render(request, "factors/removal.html", {"status": "kept", "removal": found})
    links.mark_opened(state.link, now)
    if found.cancelled_at:
        return render(request, "factors/removal.html", {"status": "kept", "removal": found})
    if found.done_at or state.status is not LinkStatus.VALID:
        return render(request, "factors/removal.html", {"status": "done", "removal": found}, status=410)
    return render(request, "factors/removal.html", {"status": "open", "removal": found})
