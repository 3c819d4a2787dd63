"""Persons and their logins, the sessions they hold, and the keys of programs."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.db.models import Q

from passerelle.accounts.enums import LoginState, PersonKind
from passerelle.core.keys import random_key
from passerelle.core.powers import Role


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(login_key=(username or "").upper())


class Person(AbstractBaseUser, PermissionsMixin):
    """One row is one login for life (decision 26). A deleted person stays as a tombstone.

    `email` is kept as registered; `email_key` is its folded form (NFKC, casefold) and unique among living logins, so
    no two logins differ by case or look-alike. `credential_epoch` grows whenever every session must end.
    """

    key = models.CharField(max_length=40, unique=True, default=random_key, editable=False)
    kind = models.CharField(max_length=10, choices=PersonKind, default=PersonKind.SUPPLIER)
    login = models.CharField(max_length=20, unique=True)
    login_key = models.CharField(max_length=20, unique=True)
    email = models.CharField(max_length=254)
    email_key = models.CharField(max_length=254)
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    phone = models.CharField(max_length=40, blank=True)
    function = models.CharField(max_length=100, blank=True)
    language = models.CharField(max_length=10, default="en")

    state = models.CharField(max_length=10, choices=LoginState, default=LoginState.ACTIVE)
    state_since = models.DateTimeField()
    state_reason = models.CharField(max_length=60, blank=True)
    state_by = models.CharField(max_length=300, blank=True)

    created_at = models.DateTimeField()
    activated_at = models.DateTimeField(null=True, blank=True)
    last_sign_in_at = models.DateTimeField(null=True, blank=True)
    password_changed_at = models.DateTimeField(null=True, blank=True)
    previous_password = models.CharField(max_length=128, blank=True)
    previous_password_at = models.DateTimeField(null=True, blank=True)
    credential_epoch = models.PositiveIntegerField(default=0)

    last_login = None  # `last_sign_in_at` says the same and is written by our action, not by a signal

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "login"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["email_key"], condition=~Q(state="deleted"), name="accounts_person_email_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["active", "suspended", "blocked", "deleted"]), name="accounts_person_state"
            ),
            models.CheckConstraint(condition=Q(kind__in=["supplier", "staff"]), name="accounts_person_kind"),
            models.CheckConstraint(
                condition=Q(state="active") | ~Q(state_reason=""), name="accounts_person_state_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.login

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """Django's word for a login that may enter."""
        return self.state == LoginState.ACTIVE

    @property
    def is_staff(self) -> bool:
        return self.kind == PersonKind.STAFF

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def role_names(self) -> frozenset[str]:
        if self.kind != PersonKind.STAFF:
            return frozenset()
        return frozenset(self.staff_roles.values_list("role", flat=True))


class StaffRole(models.Model):
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="staff_roles")
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in Role])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "role"], name="accounts_staffrole_once")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.role}"


class SessionManager(BaseSessionManager["Session"]):
    pass


class Session(AbstractBaseSession):
    """One table of sessions (decision 30). `last_seen_at` is written at most once a minute."""

    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="sessions")
    epoch = models.PositiveIntegerField(default=0)
    device = models.CharField(max_length=200, blank=True)
    address = models.CharField(max_length=45, blank=True)
    company_key = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(null=True)

    objects: ClassVar[SessionManager] = SessionManager()

    class Meta:
        indexes = [models.Index(fields=["expire_date"], name="accounts_session_expiry")]

    @classmethod
    def get_session_store_class(cls) -> Any:
        from passerelle.accounts.sessions import SessionStore

        return SessionStore


class ApiKey(models.Model):
    """A program's key: only its digest is kept. `prefix` is what people see in lists."""

    key = models.CharField(max_length=40, unique=True, default=random_key, editable=False)
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
