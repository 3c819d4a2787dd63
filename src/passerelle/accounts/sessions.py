"""Sessions in our own table (decision 30): a random id in a cookie, the person and epoch in columns."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import VALID_KEY_CHARS, CreateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import IntegrityError
from django.utils.crypto import get_random_string

from passerelle.accounts.models import Session
from passerelle.core.prepared import insert

PERSON_KEY = "_auth_user_id"


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _validate_session_key(self, key: str | None) -> bool:
        """Only what we could have given: a cookie may hold anything, null characters included, which a database refuses
        with an error."""
        return key is not None and len(key) == 32 and key.isascii() and key.isalnum()

    def cycle_key(self) -> None:
        """A new id with what the session holds; the row of the old one goes at once, the new one comes when the
        answer is sent. Django writes it twice: empty first, then filled."""
        data, old = self._session, self.session_key  # type: ignore[attr-defined]
        self._session_key = None
        self._session_cache = data
        self.modified = True
        if old:
            self.delete(old)

    def _get_new_session_key(self) -> str:
        """Drawn from 2**160; the table's own constraint would tell if one existed, and another is drawn then."""
        return get_random_string(32, VALID_KEY_CHARS)

    def save(self, must_create: bool = False) -> None:
        """As Django's, without its transaction where a new row is one statement."""
        if not must_create:
            super().save()
            return
        try:
            insert(self.create_model_instance(self._get_session(no_load=True)))  # type: ignore[attr-defined]
        except IntegrityError:
            raise CreateError from None

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Copy what lists and mass endings need into columns, so that no session has to be decoded to be found."""
        row: Session = super().create_model_instance(data)  # type: ignore[assignment]
        person = data.get(PERSON_KEY)
        row.person_id = int(person) if person else None
        row.epoch = int(data.get("epoch", 0))
        row.device = str(data.get("device", ""))[:200]
        row.address = str(data.get("address", ""))[:45]
        row.company_key = str(data.get("company_key", ""))
        row.created_at = data.get("created_at") and _instant(data["created_at"])
        row.last_seen_at = data.get("last_seen_at") and _instant(data["last_seen_at"])
        return row

    def get_session_cookie_age(self) -> int:
        return int(settings.SESSION_COOKIE_AGE)


def _instant(text: str) -> Any:
    from django.utils.dateparse import parse_datetime

    return parse_datetime(text)
