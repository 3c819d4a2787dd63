"""The proof of work that stands for a puzzle (decision 22): a challenge, and a proof that counts once."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import timedelta

from altcha.v1 import ChallengeOptions, create_challenge, verify_solution
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, JsonResponse
from django.utils.crypto import salted_hmac

from passerelle.core import clock
from passerelle.web.access import never_stored, open_page

_WORK = 50_000  # about a third of a second on a small phone
_LIFE = timedelta(minutes=20)


def _secret() -> str:
    return salted_hmac("passerelle.web.robots", "proof", secret=settings.SECRET_KEY, algorithm="sha256").hexdigest()


@open_page
@never_stored
def challenge(request: HttpRequest) -> JsonResponse:
    """A fresh challenge for the widget."""
    made = create_challenge(
        ChallengeOptions(algorithm="SHA-256", max_number=_WORK, hmac_key=_secret(), expires=clock.now() + _LIFE)
    )
    return JsonResponse(
        {
            "algorithm": made.algorithm,
            "challenge": made.challenge,
            "maxnumber": _WORK,
            "salt": made.salt,
            "signature": made.signature,
        }
    )


def proven(request: HttpRequest) -> bool:
    """Whether the request carries a proof of work that nobody used before. Never raises, whatever was sent."""
    payload = request.POST.get("altcha") or request.GET.get("altcha") or ""
    if not payload or len(payload) > 2000:
        return False
    try:
        content = json.loads(base64.b64decode(payload, validate=True))
        signature = str(content["signature"])
        proof_holds, _ = verify_solution(payload, _secret(), check_expires=True)
    except (ValueError, TypeError, KeyError, AttributeError, binascii.Error):
        return False
    return bool(proof_holds) and bool(cache.add(f"proof:{signature[:64]}", 1, timeout=int(_LIFE.total_seconds())))
