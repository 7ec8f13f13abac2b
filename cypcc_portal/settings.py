"""One file: the environment comes in here, and what is missing outside a demonstration fails loudly.

The numbers that the network itself might want to change stand first.
"""

import os
import sys
from pathlib import Path
from typing import Any

import dj_database_url
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from network.dates import parse_now

# -- What the network might change ------------------------------------------------------------------

FIRST_REPORT_PERIOD = os.environ.get("FIRST_REPORT_PERIOD", "")
"""The first half-year for which a report is drafted by itself; cycles count from its first day.

Left empty: the half-year in which somebody first did something here, so that none is drafted of a time of
which the portal holds nothing.
"""

FOI_WORKING_DAYS = 20  # Freedom of Information Act 2000, section 10(1)
CO_CHAIRS_WHO_AGREE = 2  # terms of reference 2.2: an agenda is agreed by both
NOTES_NEED_BOTH_CO_CHAIRS = False  # terms of reference 2.2: notes are agreed by "the chair"
DECISION_EXPECTED_DAYS = 42  # about six weeks from referral to decision, 2016 framework
QUORUM_AUTHORITIES = 7  # authorities represented, not heads; a proposal: the terms of reference set none
REMINDER_DAYS_BEFORE_CLOSE = (14, 3)

UPLOAD_MAX_BYTES = 10 * 1024 * 1024
JOB_LEASE_SECONDS = 45
JOB_MAX_ATTEMPTS = 5

# -- Where we are -----------------------------------------------------------------------------------

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("PORTAL_VAR", BASE_DIR / "var"))
VAR_DIR.mkdir(parents=True, exist_ok=True)

PORTAL_DEMO = os.environ.get("PORTAL_DEMO") == "1"
DEMO_PASSWORD = os.environ.get("DEMO_PASSWORD", "continuing-care-demo")
PORT = os.environ.get("PORT", "8000")
if PORTAL_DEMO and not FIRST_REPORT_PERIOD:
    FIRST_REPORT_PERIOD = "2026-H1"  # the first whole half-year of the demonstration's history


def required(name: str, example: str) -> str:
    """What a real installation must set; a demonstration on one's own machine need not."""
    value = os.environ.get(name, "")
    if value:
        return value
    raise ImproperlyConfigured(
        f"{name} is not set. A real installation needs it, for example {name}={example}. "
        "To try the portal with invented figures on this machine, set PORTAL_DEMO=1 instead."
    )


if PORTAL_DEMO:
    SECRET_KEY = os.environ.get("SECRET_KEY") or "demonstration-only-" + "x" * 50
    ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
    DATABASE_URL = os.environ.get("DATABASE_URL") or f"sqlite:///{VAR_DIR / 'portal.sqlite3'}"
else:
    SECRET_KEY = required("SECRET_KEY", "«50 random characters»")
    ALLOWED_HOSTS = required("ALLOWED_HOSTS", "portal.example.org").split(",")
    DATABASE_URL = required("DATABASE_URL", "postgres://portal:«password»@localhost/portal")

PORTAL_NOW = parse_now(os.environ["PORTAL_NOW"]) if os.environ.get("PORTAL_NOW") else None
if PORTAL_NOW and not PORTAL_DEMO:
    raise ImproperlyConfigured("PORTAL_NOW sets the clock of a demonstration; it needs PORTAL_DEMO=1.")

PORTAL_URL = os.environ.get(
    "PORTAL_URL", f"http://localhost:{PORT}" if PORTAL_DEMO else f"https://{ALLOWED_HOSTS[0]}"
)
NETWORK_NAME = "South East Children and Young People's Continuing Care Network"

DEBUG = False

# -- Django -----------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "crispy_forms",
    "django_tables2",
    "django_filters",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "network",
    "questionnaires",
    "foi",
    "actions",
    "cypcc_portal.reports",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "network.middleware.CompressedPages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "network.middleware.StorableAddresses",  # before the session is looked up by its cookie
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "network.account.sessions.middleware.SessionLimits",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "network.middleware.PrivatePages",
    "network.account.limits.Limits",
    "network.account.gate.SecondFactorGate",
    "network.middleware.LegalReadings",
]

ROOT_URLCONF = "cypcc_portal.urls"
WSGI_APPLICATION = "cypcc_portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "network.context.portal",
            ],
        },
    },
]

DATABASES: dict[str, Any] = {"default": dj_database_url.parse(DATABASE_URL)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Writers queue instead of failing with "database is locked".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 600
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
DATE_FORMAT = "j F Y"

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "cypcc_portal.finders.DesignSystemFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Without collectstatic (tests, runserver) files come straight from the finders under their plain names.
WHITENOISE_USE_FINDERS = "collectstatic" not in sys.argv and not (STATIC_ROOT / "staticfiles.json").exists()
if WHITENOISE_USE_FINDERS:
    STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
MEDIA_ROOT = VAR_DIR / "media"
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000  # a whole FOI reply: 30 items, four years, several fields each

# -- People and sessions ----------------------------------------------------------------------------

AUTH_USER_MODEL = "network.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
FRESH_SIGN_IN_MINUTES = 15  # before something for few readers is exported; else the person is asked again
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
IDLE_MINUTES: float = 30
SESSION_HOURS = 12
SESSION_WARN_MINUTES: float = 5  # before the end; the warning can be answered with one click
SESSION_COOKIE_AGE = 2 * SESSION_HOURS * 60 * 60  # longer, so that what is typed too late finds its owner
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "network.views.csrf_failure"

ACCOUNT_ADAPTER = "network.adapters.PortalAccountAdapter"
ACCOUNT_FORMS = {"reset_password": "network.passwords.NewPasswordForm"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "none"  # an address is given by an admin, never by sign-up
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_NOTIFICATIONS = True  # somebody is told when their password changes
ACCOUNT_CHANGE_EMAIL = False
ACCOUNT_PRESERVE_USERNAME_CASING = False
# network.account.limits counts tries exactly, with any number of processes.
ACCOUNT_RATE_LIMITS = False
MFA_RATE_LIMITS = False
# Everybody in a demonstration sits at one machine; wrong passwords stay limited.
SIGN_INS_A_MINUTE = 600 if PORTAL_DEMO else 30
TRUSTED_PROXIES = int(os.environ.get("TRUSTED_PROXIES", "0"))

MFA_REQUIRED = not PORTAL_DEMO or os.environ.get("PORTAL_DEMO_MFA") == "1"
# The newest first; each opens what it sealed.
MFA_KEYS = [key.strip() for key in os.environ.get("MFA_KEYS", "").split(",") if key.strip()] or [SECRET_KEY]
MFA_ADAPTER = "network.account.adapter.PortalMFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # a code is taken half a minute early or late: clocks differ, and people type slowly
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_FORMS = {
    "authenticate": "network.account.forms.CodeForm",
    "reauthenticate": "network.account.forms.CodeAgainForm",
    "authenticate_webauthn": "network.account.forms.PasskeyForm",
    "reauthenticate_webauthn": "network.account.forms.PasskeyAgainForm",
    "login_webauthn": "network.account.forms.PasskeySignInForm",
}

# Organisations' own accounts (OpenID Connect): all of these, or none.
OIDC_NAME = os.environ.get("OIDC_NAME", "your organisation’s account")
OIDC_ISSUER = os.environ.get("OIDC_ISSUER", "").rstrip("/")
OIDC_CLIENT_ID = os.environ.get("OIDC_CLIENT_ID", "")
OIDC_CLIENT_SECRET = os.environ.get("OIDC_CLIENT_SECRET", "")
OIDC_TENANTS = frozenset(one.strip() for one in os.environ.get("OIDC_TENANTS", "").split(",") if one.strip())
OIDC_MFA_LEVELS = frozenset(
    one.strip() for one in os.environ.get("OIDC_MFA_LEVELS", "").split(",") if one.strip()
)  # levels (`acr`) by which the provider says that it asked for a second step, besides `mfa` in `amr`
_oidc = {
    "OIDC_ISSUER": OIDC_ISSUER,
    "OIDC_CLIENT_ID": OIDC_CLIENT_ID,
    "OIDC_CLIENT_SECRET": OIDC_CLIENT_SECRET,
    "OIDC_TENANTS": OIDC_TENANTS,
}
if any(_oidc.values()) and not all(_oidc.values()):
    missing = ", ".join(name for name, value in _oidc.items() if not value)
    raise ImproperlyConfigured(f"Organisations' accounts need {missing} as well; see docs/operator.md.")
if OIDC_ISSUER and not PORTAL_DEMO and not OIDC_ISSUER.startswith("https://"):
    raise ImproperlyConfigured("OIDC_ISSUER has to begin with https://.")

# -- What leaves the building -----------------------------------------------------------------------

DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL") or (
    "portal@demo.example" if PORTAL_DEMO else f"portal@{ALLOWED_HOSTS[0].lstrip('.')}"
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL
if PORTAL_DEMO and not os.environ.get("EMAIL_HOST"):
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
else:
    EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
    EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
    EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
    EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
    EMAIL_USE_TLS = os.environ.get("EMAIL_USE_TLS", "0") == "1"
    EMAIL_TIMEOUT = 20

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if not PORTAL_DEMO:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^livez$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

# -- Jobs: the broker is a doorbell, the truth is the Job table --------------------------------------

CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL", "filesystem://localhost")
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {"tick": {"task": "network.tasks.tick", "schedule": crontab(minute="*")}}
if CELERY_BROKER_URL.startswith("filesystem:"):
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "data_folder_in": str(VAR_DIR / "broker"),
        "data_folder_out": str(VAR_DIR / "broker"),
        "control_folder": str(VAR_DIR / "broker-control"),
        "polling_interval": 0.2,
    }
    for folder in ("broker", "broker-control"):
        (VAR_DIR / folder).mkdir(exist_ok=True)
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 30 * 60,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        # A broker that is away must not keep a save waiting: the tick finds what was not rung.
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0.1,
        "interval_max": 0.1,
        "socket_connect_timeout": 2,
    }

if os.environ.get("CACHE_URL"):
    # Rate limits hold across processes only in a cache that they share.
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": os.environ["CACHE_URL"],
        }
    }
else:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": str(VAR_DIR / "cache"),
        }
    }

# -- Forms, tables, logs ----------------------------------------------------------------------------

CRISPY_TEMPLATE_PACK = "govuk"
CRISPY_ALLOWED_TEMPLATE_PACKS = ("govuk",)
CRISPY_FAIL_SILENTLY = False
DJANGO_TABLES2_TEMPLATE = "django_tables2/govuk.html"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "network.logs.OneLine",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
}
