"""Every setting, from the environment and the brand folder. Contradictions are found at start by system checks."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from passerelle import brand as _brand
from passerelle.config import env as _env

ENV = _env.Environment()
BRAND = _brand.load(ENV.brand)

PASSERELLE_DEMO: bool = ENV.demo
PASSERELLE_DATA_DIR = ENV.data_dir
PASSERELLE_BASE_URL: str = ENV.base_url
PASSERELLE_BRAND = BRAND.folder
PASSERELLE_LIMITS: dict[str, str] = {**BRAND.limits, "resend": f"{BRAND.policies.resends_a_day}/d"}
PASSERELLE_LIMITS_FACTOR: float = ENV.limits_factor
PASSERELLE_PAUSES: tuple[int, tuple[int, ...]] = (BRAND.policies.sign_in_free_tries, BRAND.policies.sign_in_pauses)
PASSERELLE_HASHES: int = ENV.hashes  # passwords worked on at a time on this machine; 0: one a core
PASSERELLE_WEB_THREADS: int = ENV.web_threads
PASSERELLE_TRUSTED_PROXIES: list[str] = [part.strip() for part in ENV.trusted_proxies.split(",") if part.strip()]
PASSERELLE_CLAMD_URL: str = ENV.clamd_url
PASSERELLE_METRICS_TOKEN: str = ENV.metrics_token
PASSERELLE_STAFF_OIDC_ISSUER, PASSERELLE_STAFF_OIDC_CLIENT_ID, PASSERELLE_STAFF_OIDC_CLIENT_SECRET = (
    _env.staff_provider(ENV)
)
PASSERELLE_SMTP: bool = bool(ENV.email_url)
PASSERELLE_MAILBOX: bool = ENV.demo or ENV.debug  # the mailbox page exists in demonstration and debug only
PASSERELLE_SECURE: bool = ENV.base_url.startswith("https://")

SECRET_KEY = _env.secret_key(ENV)
SECRET_KEY_FALLBACKS = _env.secret_key_fallbacks(ENV, SECRET_KEY)
DEBUG = ENV.debug
_host = urlsplit(ENV.base_url).hostname or "localhost"
ALLOWED_HOSTS = [_host] if PASSERELLE_SECURE else [_host, "localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [ENV.base_url]

INSTALLED_APPS = [
    "passerelle.core",
    "passerelle.audit",
    "passerelle.brand",
    "passerelle.limits",
    "passerelle.jobs",
    "passerelle.mail",
    "passerelle.accounts",
    "passerelle.suppliers",
    "passerelle.terms",
    "passerelle.memberships",
    "passerelle.opening",
    "passerelle.entry",
    "passerelle.support",
    "passerelle.web",
    "passerelle.portal",
    "passerelle.backoffice",
    "passerelle.operations",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_cotton.apps.SimpleAppConfig",
    "django_tasks",
    "django_tasks_db",
    "django_countries",
    "ninja",  # the API's pages with scripts of our own host
    "csp",
]

MIDDLEWARE = [
    "passerelle.operations.health.ProbesByAddress",
    "passerelle.operations.metrics.CountRequests",
    "passerelle.operations.headers.PermissionsPolicy",
    "passerelle.web.requests.RequestContext",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "passerelle.web.language.RememberLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "passerelle.portal.session.gate.EntryGate",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "passerelle.web.access.LoginRequired",
]

ROOT_URLCONF = "passerelle.config.urls"
WSGI_APPLICATION = "passerelle.config.wsgi.application"
APPEND_SLASH = True

_PACKAGE = _env.ROOT / "src" / "passerelle"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BRAND.folder / "templates", _PACKAGE / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "passerelle.web.context.shell",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "django.templatetags.i18n",
                "django.templatetags.static",
                "passerelle.web.templatetags.portal",
            ],
        },
    }
]
COTTON_DIR = "elements"
COTTON_SNAKE_CASED_NAMES = False
FORM_RENDERER = "passerelle.web.renderer.Renderer"

DATABASES = {"default": _env.database(ENV)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": _env.cache(ENV)}

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["passerelle.accounts.backend.LoginBackend"]
PASSWORD_HASHERS = ["passerelle.accounts.hashers.OwaspArgon2"]
LOGIN_URL = "session:sign_in"

SESSION_ENGINE = "passerelle.accounts.sessions"
SESSION_COOKIE_NAME = "__Host-session" if PASSERELLE_SECURE else "session"
SESSION_COOKIE_SECURE = PASSERELLE_SECURE
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = BRAND.policies.session_max_hours * 3600
CSRF_COOKIE_NAME = "__Host-csrf" if PASSERELLE_SECURE else "csrf"
CSRF_COOKIE_SECURE = PASSERELLE_SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "passerelle.web.errors.form_expired"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

LANGUAGE_CODE = "en"
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 86400
LANGUAGE_COOKIE_SECURE = PASSERELLE_SECURE
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [BRAND.folder / "locale", _PACKAGE / "locale"]
LANGUAGES = _env.languages(LOCALE_PATHS)
USE_I18N = True
USE_TZ = True
TIME_ZONE = BRAND.organisation.zone

STATIC_URL = "/static/"
STATIC_ROOT = ENV.data_dir / "static"
STATICFILES_DIRS = [_PACKAGE / "static", ("brand", BRAND.folder / "static")]
STORAGES = {
    "default": _env.storage(ENV),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_MAX_AGE = 3600
WHITENOISE_KEEP_ONLY_HASHED_FILES = True  # no page names the others, and each would be compressed a second time
# Pictures and fonts are compressed already; a source map is read by a developer, once.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["png", "jpg", "gif", "webp", "woff", "woff2", "gz", "br", "zip", "map"]

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 63072000 if PASSERELLE_SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_SSL_REDIRECT = False  # the proxy in front does it; health checks come in clear
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "script-src": [SELF],
        "style-src": [SELF],
        "worker-src": [SELF],
        "connect-src": [SELF],
        "font-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

TASKS = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend",
        "QUEUES": ["default", "mail"],
    }
}

EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend" if ENV.email_url else "django.core.mail.backends.dummy.EmailBackend"
)
EMAIL_TIMEOUT = 20
for _name, _value in _env.email(ENV).items():
    globals()[_name] = _value
DEFAULT_FROM_EMAIL = BRAND.mail.sender_address

NINJA_PAGINATION_MAX_LIMIT = 100
LOGGING_CONFIG = "passerelle.config.logs.configure"
LOGGING: dict[str, Any] = {"format": ENV.log_format}
SILENCED_SYSTEM_CHECKS = ["security.W008"]
