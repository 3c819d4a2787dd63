"""What was typed is kept when a form has to wait: its sender signs in first, or passes a gate, and finds it again.

The form is kept on the server (no script needed) under random keys that only a cookie of this browser holds; it is
shown again by `forms.bind`, once, to the same person, on the page it was typed into. Secrets and files are left out.
A second cookie tells whose session this browser had last, for when the server has ended it and nobody else can tell;
without a person nothing is kept.
"""

from __future__ import annotations

import re

from django.conf import settings
from django.contrib import messages
from django.contrib.messages.api import MessageFailure
from django.core.exceptions import SuspiciousOperation
from django.core.signing import BadSignature
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from passerelle.core import clock
from passerelle.core.errors import Refused
from passerelle.entry.actions import drafts
from passerelle.limits.check import hit
from passerelle.web.requests import actor, client_network, page_before
from passerelle.web.typed import typed

COOKIE = "__Host-drafts" if settings.PASSERELLE_SECURE else "drafts"
_SALT = "passerelle.web.drafts"
WHOSE = "__Host-last_person" if settings.PASSERELLE_SECURE else "last_person"
_WHOSE_SALT = "passerelle.web.last_person"
_MOST = 5  # forms in as many tabs; the oldest is given up
_KEYS = re.compile(r"[\w-]{22}(\.[\w-]{22}){0,4}", re.ASCII)


def keep(request: HttpRequest, response: HttpResponseBase) -> None:
    """Keep the form that was sent to a page which did not open, and say so on the page that opens instead."""
    if request.method != "POST" or not _of_its_own_page(request):
        return
    now, whose = clock.now(), _person_key(request)
    if not whose:
        return
    try:
        fields, _left_out = typed(request, drafts.DRAFT_BYTES)
    except (SuspiciousOperation, OSError, ValueError):
        return
    if not fields or not hit("draft", client_network(request), now=now):
        return
    try:
        draft = drafts.keep_draft(
            path=_page(request.path), fields=fields, person_key=whose, actor=actor(request), now=now
        )
    except Refused:
        return
    response.set_signed_cookie(
        COOKIE, ".".join([*_keys(request), draft.key][-_MOST:]), salt=_SALT, max_age=int(
            drafts.DRAFT_LIVES.total_seconds()), secure=settings.PASSERELLE_SECURE, httponly=True, samesite="Lax",
    )  # fmt: skip
    try:
        messages.info(request, _("What you typed is kept: the page shows it again when you come back to it."))
    except MessageFailure:
        return


def restored(request: HttpRequest) -> QueryDict | None:
    """What was typed into this page before, if its person is here to go on with it. Taken once."""
    if request.method != "GET" or COOKIE not in request.COOKIES or not request.user.is_authenticated:
        return None
    if not hasattr(request, "_restored"):
        request._restored = _taken(request)  # type: ignore[attr-defined]
    found: QueryDict | None = request._restored  # type: ignore[attr-defined]
    return found


def _taken(request: HttpRequest) -> QueryDict | None:
    keys = _keys(request)
    who = actor(request)
    draft = keys and drafts.take_draft(
        keys=keys, path=_page(request.path), person_key=who.key, actor=who, now=clock.now()
    )
    if not draft:
        return None
    data = QueryDict(mutable=True)
    for name, value in draft.fields:
        data.appendlist(name, value)
    messages.info(request, _("Here is what you typed before. It is not sent yet: check it, then send it."))
    return data


def _keys(request: HttpRequest) -> list[str]:
    try:
        text = str(request.get_signed_cookie(COOKIE, default="", salt=_SALT))
    except BadSignature:
        return []
    return text.split(".") if _KEYS.fullmatch(text) else []


def _person_key(request: HttpRequest) -> str:
    """Whose form it is: of the person a gate stopped, of the session that ended with this request, or of the last one
    that this browser had."""
    return actor(request).key or str(getattr(request, "ended_person_key", "")) or _last_person(request)


def remember_person(request: HttpRequest, response: HttpResponseBase, *, was_in: bool) -> None:
    """Leave word in this browser of whose session it has, for as long as a session can last; `was_in` before the view.

    It outlives a session that the server ends, and goes with one that its owner signs out of.
    """
    who = request.user
    if who.is_authenticated:
        key = str(getattr(who, "key", ""))
        if not was_in or _last_person(request) != key:
            response.set_signed_cookie(
                WHOSE, key, salt=_WHOSE_SALT, max_age=settings.SESSION_COOKIE_AGE, secure=settings.PASSERELLE_SECURE,
                httponly=True, samesite="Lax",
            )  # fmt: skip
    elif was_in and WHOSE in request.COOKIES:
        response.delete_cookie(WHOSE, samesite="Lax")
        if settings.PASSERELLE_SECURE:  # a browser takes a __Host- cookie back only as it took it in
            response.cookies[WHOSE]["secure"] = True


def _last_person(request: HttpRequest) -> str:
    try:
        return str(request.get_signed_cookie(WHOSE, default="", salt=_WHOSE_SALT, max_age=settings.SESSION_COOKIE_AGE))
    except BadSignature:
        return ""


def _page(path: str) -> str:
    """The page after its language: it may be opened again in the other one."""
    head, _slash, rest = path.lstrip("/").partition("/")
    return rest if head in {code for code, _name in settings.LANGUAGES} else path


def _of_its_own_page(request: HttpRequest) -> bool:
    """Whether the form stood on the page it was sent to, so that this page can show it again. A button that is sent
    to an address of its own holds nothing typed."""
    if not request.headers.get("Referer"):
        return True
    page = page_before(request)
    return page is not None and _page(page.path) == _page(request.path)
