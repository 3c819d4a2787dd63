"""Every page is closed unless it is marked open; results stay out of caches."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from passerelle.core.powers import Verb
from passerelle.web.access import LoginRequired, open_urls, safe_next, staff_page
from passerelle.web.requests import actor, client_address


class Somebody:
    """A signed-in person as the web layer sees one."""

    is_authenticated = True
    key = "k1"

    def __init__(self, *roles: str, staff: bool = False) -> None:
        self.is_staff = staff
        self.role_names = frozenset(roles)

    def get_full_name(self) -> str:
        return "Amélie Fournier"


def request_of(user: Any, path: str = "/en/closed/", **headers: Any) -> HttpRequest:
    request = RequestFactory().get(path, **headers)
    request.user = user
    return request


def test_a_stranger_is_led_to_sign_in_and_back(client: Client) -> None:
    response = client.get("/en/closed/?page=2")
    assert response.status_code == 302
    assert response["Location"] == "/en/sign-in/?next=%2Fen%2Fclosed%2F%3Fpage%3D2"


def test_a_stranger_who_sends_a_form_comes_back_to_the_page_and_not_to_the_act(client: Client) -> None:
    assert client.post("/en/closed/?x=1")["Location"] == "/en/sign-in/?next=%2Fen%2Fclosed%2F"


def test_an_open_page_opens(client: Client) -> None:
    assert client.get("/en/result/").status_code == 200


def test_a_result_is_never_stored(client: Client) -> None:
    header = client.get("/en/result/")["Cache-Control"]
    assert "no-store" in header
    assert "private" in header


def test_a_closed_page_is_never_stored() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse("mine")

    middleware = LoginRequired(view)
    request = request_of(Somebody())
    assert middleware.process_view(request, view, (), {}) is None
    assert "no-store" in middleware(request)["Cache-Control"]


def test_a_part_of_a_page_asked_by_script_leads_the_whole_page_to_sign_in() -> None:
    request = request_of(AnonymousUser(), headers={"HX-Request": "true"})
    response = LoginRequired(lambda _: HttpResponse()).process_view(request, lambda _: None, (), {})
    assert response is not None
    assert response.status_code == 204
    assert response["HX-Redirect"].startswith("/en/sign-in/?next=")


def test_a_desk_page_is_not_found_by_people_of_companies() -> None:
    guarded = staff_page(Verb.SEE_OPENINGS)(lambda request: HttpResponse("desk"))
    with pytest.raises(Http404):
        guarded(request_of(Somebody()))


def test_a_desk_page_is_refused_to_staff_without_the_power() -> None:
    guarded = staff_page("decide_openings")(lambda request: HttpResponse("desk"))
    with pytest.raises(PermissionDenied):
        guarded(request_of(Somebody("purchasing", staff=True)))
    assert guarded(request_of(Somebody("assistance", staff=True))).content == b"desk"


def test_a_page_of_a_library_can_be_marked_open() -> None:
    from django.urls import include, path

    def inner(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    open_urls([path("a/", include([path("b/", inner)]))])
    assert inner.open_page  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("wanted", "led"),
    [
        ("/en/home/?tab=2", "/en/home/?tab=2"),
        ("https://elsewhere.example/", "/fallback/"),
        ("//elsewhere.example/", "/fallback/"),
        ("javascript:alert(1)", "/fallback/"),
        ("/\\elsewhere.example", "/fallback/"),
        ("", "/fallback/"),
    ],
)
def test_only_our_own_addresses_are_gone_back_to(wanted: str, led: str) -> None:
    assert safe_next(RequestFactory().get("/", {"next": wanted}), "/fallback/") == led


def test_forwarded_addresses_count_only_from_our_proxies(settings: Any) -> None:
    settings.PASSERELLE_TRUSTED_PROXIES = ["10.0.0.0/8"]
    forwarded = {"X-Forwarded-For": "1.2.3.4, 203.0.113.9, 10.0.0.2"}
    factory = RequestFactory()
    assert client_address(factory.get("/", headers=forwarded, REMOTE_ADDR="10.0.0.1")) == "203.0.113.9"
    assert client_address(factory.get("/", headers=forwarded, REMOTE_ADDR="198.51.100.7")) == "198.51.100.7"
    assert client_address(factory.get("/", headers={"X-Forwarded-For": "nonsense"}, REMOTE_ADDR="10.0.0.1")) == ""


def test_the_actor_is_the_person_with_roles_or_a_visitor() -> None:
    assert actor(request_of(AnonymousUser())).kind == "visitor"
    assert actor(request_of(Somebody())).kind == "person"
    assert actor(request_of(Somebody("assistance", staff=True))).roles == {"assistance"}


def test_every_answer_carries_the_number_of_its_request(client: Client) -> None:
    assert len(client.get("/en/result/")["X-Request-ID"]) == 16
