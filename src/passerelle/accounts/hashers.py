"""Argon2id with OWASP's parameters (decision 12): 19 MiB, two passes, one lane; about 21 ms on one core."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class OwaspArgon2(Argon2PasswordHasher):
    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
