"""Putting off the end of a session in one press (WCAG 2.2.1)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from passerelle.entry.enums import Gate
from passerelle.web.access import at_gate
from passerelle.web.session_end import session_end


@at_gate(*Gate)
@require_POST
def extend(request: HttpRequest) -> HttpResponse:
    """This very request is the use that counts: answer the new end."""
    end = session_end(request)
    return JsonResponse(
        {"seconds": end.seconds if end else 0, "hour": end.hour if end else "", "last": bool(end and end.is_last)}
    )
