"""Persons and their logins, the sessions they hold, and the keys of programs."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac

from passerelle.accounts.enums import STANDINGS, FactorKind, LoginState, PersonKind, StateReason
from passerelle.core.keys import random_key
from passerelle.core.powers import Role


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(login_key=(username or "").upper())


def _standing() -> Q:
    """A login is active without a reason, or stands as one line of the table says (D3)."""
    condition = Q(state=LoginState.ACTIVE.value, state_reason="")
    for standing in STANDINGS:
        condition |= Q(state=standing.state.value, state_reason=standing.reason.value)
    return condition


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
    state_reason = models.CharField(max_length=60, blank=True, choices=StateReason)
    state_by = models.CharField(max_length=300, blank=True)

    created_at = models.DateTimeField()
    activated_at = models.DateTimeField(null=True, blank=True)
    last_sign_in_at = models.DateTimeField(null=True, blank=True)
    password_changed_at = models.DateTimeField(null=True, blank=True)
    previous_password = models.CharField(max_length=128, blank=True)
    previous_password_at = models.DateTimeField(null=True, blank=True)
    # A password that must be changed before anything else: a temporary one, which also ends at an instant (D10).
    must_change_since = models.DateTimeField(null=True, blank=True)
    temporary_until = models.DateTimeField(null=True, blank=True)
    # The last reminder of this password's end, in days before it; the warning that the login is not used.
    expiry_reminded_days = models.PositiveSmallIntegerField(null=True, blank=True)
    unused_warned_at = models.DateTimeField(null=True, blank=True)
    credential_epoch = models.PositiveIntegerField(default=0)
    # Sessions, and sign-ins half done, that began until then were ended all at once; the epoch went on.
    sessions_ended_at = models.DateTimeField(null=True, blank=True)

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
            models.CheckConstraint(condition=_standing(), name="accounts_person_standing"),
            models.CheckConstraint(
                condition=Q(temporary_until__isnull=True) | Q(must_change_since__isnull=False),
                name="accounts_person_temporary_must_change",
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

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session is held against, also with the former secret keys: whose it is and of which epoch.

        Not the stored hash, as Django has it: that one changes with the parameters of hashing, and ends nothing then.
        """
        said = f"{self.key}:{self.credential_epoch}"
        return salted_hmac("passerelle.accounts.session_auth", said, secret=secret, algorithm="sha256").hexdigest()

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


class SecondFactor(models.Model):
    """A passkey or an authenticator application of a person. Rows are proven: one in set-up lives in the session.

    `secret` is encrypted with the deployment's key. `last_step` is the newest time step an authenticator's code was
    taken of, so that no code counts twice. `credential` is the passkey's identifier in base64url, `material` its public
    key and what the browser's maker says of it, in base64url.
    """

    key = models.CharField(max_length=40, unique=True, default=random_key, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="second_factors")
    kind = models.CharField(max_length=15, choices=FactorKind)
    name = models.CharField(max_length=60)
    secret = models.TextField(blank=True)
    last_step = models.BigIntegerField(default=0)
    credential = models.CharField(max_length=1400, blank=True)
    credential_digest = models.CharField(max_length=64, blank=True)
    material = models.TextField(blank=True)
    sign_count = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(kind="authenticator"), name="accounts_factor_one_authenticator"
            ),
            models.UniqueConstraint(
                fields=["credential_digest"], condition=~Q(credential_digest=""), name="accounts_factor_credential_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="authenticator", credential_digest="") & ~Q(secret="")
                | Q(kind="passkey", secret="") & ~Q(credential_digest=""),
                name="accounts_factor_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.person_id}"


class RecoveryCode(models.Model):
    """One code of a person's list, as a keyed digest. It counts once."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "digest"], name="accounts_recoverycode_once")]

    def __str__(self) -> str:
        return f"recovery code of {self.person_id}"


class FactorRemoval(models.Model):
    """Somebody lost their second factor: a PLSA or the Assistance asked to remove it, which waits (decision 17)."""

    key = models.CharField(max_length=40, unique=True, default=random_key, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="factor_removals")
    asked_at = models.DateTimeField()
    asked_by_key = models.CharField(max_length=40)
    asked_by = models.CharField(max_length=300)
    effective_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(cancelled_at__isnull=True, done_at__isnull=True),
                name="accounts_removal_one_living",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True) | Q(done_at__isnull=True), name="accounts_removal_one_end"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"removal for {self.person_id}"


class EmailChange(models.Model):
    """A new address of a person, in force once both mailboxes, the old and the new, confirmed it.

    One that the Assistance asked for waits for the new mailbox and `effective_at`, or for both mailboxes (ADR 0020).
    """

    key = models.CharField(max_length=40, unique=True, default=random_key, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="email_changes")
    email = models.CharField(max_length=254)
    asked_at = models.DateTimeField()
    # Who of the staff asked for it, and when it may be in force without the old mailbox. Empty: the person asked.
    asked_by_key = models.CharField(max_length=40, blank=True, db_default="", default="")
    asked_by = models.CharField(max_length=300, blank=True, db_default="", default="")
    effective_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    old_confirmed_at = models.DateTimeField(null=True, blank=True)
    new_confirmed_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(cancelled_at__isnull=True, done_at__isnull=True),
                name="accounts_emailchange_one_living",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"new address of {self.person_id}"


class ProviderIdentity(models.Model):
    """Whom the group's own OpenID provider means by a subject: one member of staff, for good once it is known.

    A subject is never given to somebody else by its issuer; an e-mail address may be.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="provider_identities")
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "provider identities"
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="accounts_identity_one_person"),
            models.UniqueConstraint(fields=["person", "issuer"], name="accounts_identity_one_subject"),
        ]

    def __str__(self) -> str:
        return f"identity of {self.person_id}"


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
