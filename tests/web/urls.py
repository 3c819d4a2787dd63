"""Addresses for tests of the web layer: the gallery and a few pages of each kind, without the doors."""

from __future__ import annotations

from django import forms
from django.conf.urls.i18n import i18n_patterns
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path
from django.views.decorators.csrf import ensure_csrf_cookie

from passerelle.core.powers import Verb
from passerelle.web import errors, robots
from passerelle.web.access import never_stored, open_page, staff_page
from passerelle.web.forms import CodeInput, PortalForm, bind

seen: list[dict[str, object]] = []


class AskForm(PortalForm):
    cofor = forms.CharField(label="COFOR", widget=CodeInput(), help_text="6 letters or digits")
    comments = forms.CharField(label="Comments", widget=forms.Textarea)
    password = forms.CharField(label="Password", required=False, widget=forms.PasswordInput)
    copy = forms.BooleanField(label="Receive a copy", required=False)


@open_page
@ensure_csrf_cookie
def ask(request: HttpRequest) -> HttpResponse:
    form = bind(request, AskForm)
    if form.is_bound and form.is_valid():
        seen.append(form.cleaned_data)
        return HttpResponse("done")
    return render(request, "tests/ask.html", {"form": form})


@open_page
@never_stored
def result(request: HttpRequest) -> HttpResponse:
    return HttpResponse("result")


def closed(request: HttpRequest) -> HttpResponse:
    return HttpResponse("closed")


@staff_page(Verb.DECIDE_OPENINGS)
def desk(request: HttpRequest) -> HttpResponse:
    return HttpResponse("desk")


@open_page
def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a fault of ours")


@open_page
def database_down(request: HttpRequest) -> HttpResponse:
    raise OperationalError("the database does not answer")


@open_page
def proof(request: HttpRequest) -> HttpResponse:
    return render(request, "tests/proof.html")


urlpatterns = [
    path("", include("passerelle.web.urls")),
    path("challenge/", robots.challenge),
    *i18n_patterns(
        path("gallery/", include("passerelle.web.gallery_urls")),
        path("ask/", ask),
        path("result/", result),
        path("closed/", closed),
        path("proof/", proof),
        path("desk/", desk),
        path("broken/", broken),
        path("database-down/", database_down),
    ),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
