"""A small OpenID provider on this machine that keeps to the standard, and breaks it in the one way a test asks for."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

CLIENT, SECRET = "passerelle", "a secret: of the portal & nobody else, long enough to sign with"
RSA = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
EC = ECKey.generate_key("P-256", {"kid": "two", "use": "sig", "alg": "ES256"})
STRANGE = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})  # not among the keys it shows


@dataclass
class Account:
    """Who is signed in at the provider."""

    subject: str = "8f14e45f"
    email: str = "ada@group.example"
    email_verified: Any = True


@dataclass
class Provider:
    """What it knows and how it behaves: `claims` and `metadata` are written over its own; `sign` makes its token."""

    account: Account = field(default_factory=Account)
    claims: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "RS256"
    signing: Any = field(default_factory=lambda: RSA)
    unsigned: bool = False
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    asks_again: bool = True
    redirect_uri: str = "http://localhost:8000/sign-in/group/callback/"
    signed_in_at: int = 0
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}/realm"

    def document(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        } | self.metadata

    def authorize(self, query: str) -> str:
        """What a browser finds at the authorization endpoint: where it is sent, with a code of its own."""
        asked = dict(parse_qsl(query))
        wanted = {"response_type": "code", "client_id": CLIENT, "redirect_uri": self.redirect_uri}
        self._mind(all(asked.get(name) == value for name, value in wanted.items()), f"asked {asked}")
        self._mind("openid" in asked.get("scope", "").split(), "no scope openid")
        self._mind(asked.get("code_challenge_method") == "S256" and len(asked.get("code_challenge", "")) == 43, "PKCE")
        self._mind(len(asked.get("state", "")) >= 32 and len(asked.get("nonce", "")) >= 32, "state, nonce")
        if self.asks_again and (asked.get("prompt") == "login" or asked.get("max_age") == "0"):
            self.signed_in_at = int(time.time())
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return f"{self.redirect_uri}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """A code counts once, with the secret and with the verifier of its challenge."""
        if "client_secret_post" in self.document()["token_endpoint_auth_methods_supported"]:
            given = [form.get("client_id", ""), form.get("client_secret", "")]
        else:
            text = base64.b64decode(authorization.removeprefix("Basic ")).decode()
            given = [unquote(part) for part in text.split(":")]
        asked = self.codes.pop(form.get("code", ""), None)
        if given != [CLIENT, SECRET]:
            return 401, {"error": "invalid_client"}
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if (
            asked is None or challenge != asked["code_challenge"] or form.get("redirect_uri") != asked["redirect_uri"]
            or form.get("grant_type") != "authorization_code"
        ):  # fmt: skip
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "opaque", "token_type": "Bearer", "id_token": self.id_token(asked["nonce"])}

    def id_token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer, "sub": self.account.subject, "aud": CLIENT, "iat": now, "exp": now + 300,
            "nonce": nonce, "auth_time": self.signed_in_at or now, "email": self.account.email,
            "email_verified": self.account.email_verified,
        } | self.claims  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.unsigned:
            parts = [{"alg": "none", "typ": "JWT"}, claims]
            return ".".join([*(_encoded(json.dumps(part).encode()) for part in parts), ""])
        kid = {"kid": self.signing.kid} if self.signing.kid else {}
        return jwt.encode({"alg": self.algorithm, **kid}, claims, self.signing, algorithms=[self.algorithm])

    def _mind(self, kept: bool, fault: str) -> None:
        if not kept:
            self.faults.append(fault)


def _encoded(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def serve(provider: Provider) -> ThreadingHTTPServer:
    """Start it on a free port of this machine; call `shutdown` and `server_close` at the end."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            name = parts.path.removeprefix("/realm/")
            provider.calls.append(name)
            if name in provider.answers:
                self._plain(*provider.answers[name])
            elif name == ".well-known/openid-configuration":
                self._answer(200, provider.document())
            elif name == "keys":
                self._answer(200, dict(KeySet([RSA, EC]).as_dict(private=False)))
            elif name == "authorize":
                self.send_response(302)
                self.send_header("Location", provider.authorize(parts.query))
                self.end_headers()
            else:
                self._plain(404, b"")

        def do_POST(self) -> None:
            provider.calls.append(self.path.removeprefix("/realm/"))
            form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            if "token" in provider.answers:
                self._plain(*provider.answers["token"])
            else:
                self._answer(*provider.token(form, self.headers.get("Authorization", "")))

        def _answer(self, status: int, body: dict[str, Any]) -> None:
            self._plain(status, json.dumps(body).encode())

        def _plain(self, status: int, body: bytes) -> None:
            self.send_response(status)
            if status == 302:
                self.send_header("Location", f"{provider.issuer}/elsewhere")
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            try:
                for at in range(0, len(body), 65536):
                    self.wfile.write(body[at : at + 65536])
            except OSError:  # the portal has read enough
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    provider.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return server
