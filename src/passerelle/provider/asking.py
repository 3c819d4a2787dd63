"""The question with which a browser is sent to the provider."""

from __future__ import annotations

from dataclasses import dataclass

from authlib.common.security import generate_token
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from passerelle.provider.discovery import Endpoints
from passerelle.provider.registration import Registration


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question was asked with, to be kept on the server until its answer: each counts once."""

    state: str
    nonce: str
    verifier: str


def new_question() -> Asked:
    return Asked(generate_token(43), generate_token(43), generate_token(64))


def address_to_ask(
    registered: Registration, endpoints: Endpoints, asked: Asked, *, redirect_uri: str, language: str, again: bool
) -> str:
    """Where the browser goes. `again`: the provider is to ask who is there, whether or not it knows already."""
    return str(
        prepare_grant_uri(
            endpoints.authorization,
            registered.client_id,
            "code",
            redirect_uri,
            "openid email",
            asked.state,
            nonce=asked.nonce,
            code_challenge=create_s256_code_challenge(asked.verifier),
            code_challenge_method="S256",
            ui_locales=language,
            prompt="login" if again else None,
            max_age="0" if again else None,
        )
    )
