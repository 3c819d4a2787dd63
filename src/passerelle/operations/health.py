"""Whether the process lives and whether it can serve. Machines ask; nobody signs in."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from passerelle.web.access import never_stored, open_page

log = structlog.get_logger(__name__)
PROBES = frozenset({"/healthz", "/readyz", "/metrics"})


class ProbesByAddress:
    """Lets probes come by the machine's address: load balancers and Docker know no host name.

    The other pages keep refusing a Host that is not ours. What a probe answers never holds an address made from Host.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info in PROBES:
            request.META["HTTP_HOST"] = settings.PASSERELLE_BASE_URL.partition("://")[2]
        return self.get_response(request)


@open_page
@never_stored
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Asks neither database nor cache: an orchestrator must not restart us for their sake."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@open_page
@never_stored
@require_safe
def readyz(request: HttpRequest) -> HttpResponseBase:
    """200 when this process can serve people, else 503 with a reason for each thing that is missing."""
    reasons = {name: why for name, ask in READINESS.items() if (why := _reason(name, ask))}
    return JsonResponse({"ready": not reasons, "reasons": reasons}, status=503 if reasons else 200)


def _reason(name: str, ask: Callable[[], str]) -> str:
    """The words of a question are ours: an error's own could name hosts and users."""
    try:
        return ask()
    except Exception as error:
        log.warning("not ready", part=name, error=f"{type(error).__name__}: {error}"[:300])
        return f"does not answer ({type(error).__name__})"


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


_migrated = False


def _migrations() -> str:
    """Asked until the answer is yes: the schema of a running process does not go back."""
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        if plan := executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return f"{len(plan)} to apply: run ./passerelle migrate"
        _migrated = True
    return ""


def cache_fault() -> str:
    """What is wrong with the cache, or nothing."""
    word = secrets.token_hex(8)
    cache.set(f"ready:{word}", word, timeout=30)
    found = cache.get(f"ready:{word}")
    cache.delete(f"ready:{word}")
    return "" if found == word else "forgets what it is given"


READINESS: dict[str, Callable[[], str]] = {"database": _database, "migrations": _migrations, "cache": cache_fault}
