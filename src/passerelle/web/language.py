"""The language a visitor reads in is remembered, so that / and mails' links open in it next time."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class RememberLanguage:
    """Writes the language of the page's address into a cookie, when it is not there already."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        read = request.path_info.lstrip("/").partition("/")[0]
        known = {code for code, _name in settings.LANGUAGES}
        if read in known and response.status_code == 200 and request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) != read:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                read,
                max_age=settings.LANGUAGE_COOKIE_AGE,
                secure=settings.LANGUAGE_COOKIE_SECURE,
                samesite="Lax",
                httponly=True,
            )
        return response
