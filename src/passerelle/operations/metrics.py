"""Figures for Prometheus: what this process counted, and what the database says of queue, mails and trail."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from ipaddress import ip_address

from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
    multiprocess,
)
from prometheus_client.core import GaugeMetricFamily, Metric

from passerelle import jobs
from passerelle.audit import figures as audit
from passerelle.audit.tags import Tag
from passerelle.core import clock
from passerelle.mail import figures as mail
from passerelle.web.access import never_stored, open_page
from passerelle.web.requests import client_address

SEVERAL_PROCESSES = "PROMETHEUS_MULTIPROC_DIR" in os.environ  # set by ./passerelle serve when it starts several
disable_created_metrics()  # type: ignore[no-untyped-call]
OWN = CollectorRegistry()
ProcessCollector(registry=OWN)
_registry = None if SEVERAL_PROCESSES else OWN
REQUESTS = Counter("passerelle_requests", "Requests answered.", ["method", "page", "status"], registry=_registry)
SECONDS = Histogram(
    "passerelle_request_seconds", "Time to answer.", ["page"], registry=_registry,
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)  # fmt: skip
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class CountRequests:
    """Counts each answer by the name of its page, never by its address: addresses hold codes and are without number."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        page = match.view_name if match and match.view_name else "other"
        method = request.method if request.method in METHODS else "other"
        REQUESTS.labels(method, page, response.status_code).inc()
        SECONDS.labels(page).observe(time.perf_counter() - began)
        return response


class DatabaseFigures:
    """Asked of the database at each reading. While it does not answer, only `passerelle_database_up 0` is told."""

    def collect(self) -> Iterator[Metric]:
        try:
            found = list(_database_figures())
        except DatabaseError:
            found = []
        yield _gauge("database_up", "Whether the database answers.", float(bool(found)))
        yield from found


def _gauge(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"passerelle_{name}", meaning, value=value)


def _database_figures() -> Iterator[Metric]:
    now = clock.now()
    queue, tail = jobs.state(now=now), audit.tail(now=now)
    tasks = GaugeMetricFamily("passerelle_tasks", "Background tasks by state.", labels=["state"])
    for state in ("ready", "due", "running", "failed"):
        tasks.add_metric([state], getattr(queue, state))
    yield tasks
    yield _gauge("tasks_oldest_due_seconds", "Wait of the oldest due task.", queue.oldest_due_age.total_seconds())
    beat = (now - queue.last_beat_at).total_seconds() if queue.last_beat_at else float("inf")
    yield _gauge("worker_silence_seconds", "Time since a worker last took a slot of a schedule.", beat)
    mails = GaugeMetricFamily("passerelle_mails", "Mails of the ledger by state.", labels=["state"])
    for name, count in mail.by_state().items():
        mails.add_metric([name], count)
    yield mails
    waited = mail.longest_wait(now=now).total_seconds()
    yield _gauge("mails_longest_wait_seconds", "Wait of the oldest mail that has not left.", waited)
    yield _gauge("audit_unsealed_lines", "Lines of the trail without a seal.", tail.lines)
    yield _gauge("audit_unsealed_seconds", "Age of the oldest line without a seal.", tail.oldest_age.total_seconds())
    refused = audit.written(Tag.SIGN_IN_REFUSED, since=now - timedelta(hours=1))
    yield _gauge("sign_ins_refused_last_hour", "Sign-ins refused in the last hour.", refused)


@open_page
@never_stored
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Told to this machine and to the holder of PASSERELLE_METRICS_TOKEN; to anybody else the page does not exist."""
    if not _may_read(request):
        raise Http404
    if SEVERAL_PROCESSES:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        counted = generate_latest(registry)
    else:
        counted = generate_latest(OWN)
    asked = CollectorRegistry()
    asked.register(DatabaseFigures())
    return HttpResponse(counted + generate_latest(asked), content_type=CONTENT_TYPE_LATEST)


def _may_read(request: HttpRequest) -> bool:
    token = settings.PASSERELLE_METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if token and given:
        return constant_time_compare(given, token)
    # A proxy on this machine comes from loopback too; it says so in a header, trusted or not.
    if any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-Ip", "Via")):
        return False
    address = client_address(request)
    return bool(address) and ip_address(address).is_loopback
