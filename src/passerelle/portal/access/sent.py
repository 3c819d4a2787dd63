"""Addresses that forms are sent to."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods


def sent_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark a view that only acts when a form is sent. Whoever opens its address finds the analysis, no empty page:
    it stands in the address bar while a form is shown again with its faults.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs) if request.method == "POST" else redirect("access:analysis")

    return require_http_methods(["GET", "HEAD", "POST"])(guarded)
