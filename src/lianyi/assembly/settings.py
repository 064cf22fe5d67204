"""Django's settings, read from the environment once. Nothing here is secret: the secret key is a file of the home."""

import os
from datetime import timedelta
from pathlib import Path

from lianyi.assembly.environment import Environment

ENVIRONMENT = Environment.read(os.environ)

SECRET_KEY = ENVIRONMENT.secret_key()
DEBUG = False
ALLOWED_HOSTS = ENVIRONMENT.allowed_hosts()
ROOT_URLCONF = "lianyi.assembly.urls"
AUTH_USER_MODEL = "members.Member"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_cotton",
    "django_htmx",
    "lianyi.foundation.workspaces",
    "lianyi.foundation.members",
    "lianyi.foundation.tokens",
    "lianyi.foundation.leases",
    "lianyi.foundation.audit",
    "lianyi.foundation.outbox",
    "lianyi.foundation.vault",
    "lianyi.foundation.webhooks",
    "lianyi.foundation.domains",
    "lianyi.foundation.calendar",
    "lianyi.foundation.media",
    "lianyi.foundation.notices",
    "lianyi.events.log",
    "lianyi.events.catalogue",
    "lianyi.people.identity",
    "lianyi.people.profiles",
    "lianyi.people.columns",
    "lianyi.people.duplicates",
    "lianyi.people.imports",
    "lianyi.people.erasing",
    "lianyi.audience.arms",
    "lianyi.audience.handover",
    "lianyi.audience.learned",
    "lianyi.audience.scoring",
    "lianyi.audience.segments",
    "lianyi.audience.worth",
    "lianyi.campaigns.campaigns",
    "lianyi.campaigns.spend",
    "lianyi.channels.accounts",
    "lianyi.links",
    "lianyi.links.looks",
    "lianyi.links.packs",
    "lianyi.links.sheets",
    "lianyi.growth.forms",
    "lianyi.growth.gatherings",
    "lianyi.growth.interviews",
    "lianyi.growth.pages",
    "lianyi.growth.surveys",
    "lianyi.insight.funnel",
    "lianyi.insight.kept",
    "lianyi.web",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "lianyi.web.security.SecurityHeaders",
    "lianyi.web.access.NobodyYet",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # first: it refuses who guesses before a password is looked at
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "lianyi.web.accounts.passwords.NotLikeOneself",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "lianyi.web.accounts.passwords.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "lianyi.web.accounts.passwords.NotCommon"},
    {"NAME": "lianyi.web.accounts.passwords.NotOurNames"},
]

# Counters of requests, which every process of the pages has to see.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_entry",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

ACCOUNT_ADAPTER = "lianyi.web.accounts.adapters.Accounts"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_ENABLED = False  # one comes in by invitation
MAIL_IS_SENT = ENVIRONMENT.email is not None  # else it is written to files
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation proves the address
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_REAUTHENTICATION_METHODS = ["password", "code", "mfa", "link"]  # a link of a moment ago is a proof, too
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_FORMS = {
    "login": "lianyi.web.accounts.forms.SignIn",
    "request_login_code": "lianyi.web.accounts.forms.AskForCode",
    "confirm_login_code": "lianyi.web.accounts.forms.Code",
    "confirm_reauthentication_code": "lianyi.web.accounts.forms.AgainByCode",
    "reauthenticate": "lianyi.web.accounts.forms.AgainByPassword",
    "change_password": "lianyi.web.accounts.forms.ChangePassword",
    "set_password": "lianyi.web.accounts.forms.SetPassword",
}
# Axes counts an address together with who calls. By the address alone the limit is wide, and it bars the password only,
# and not in a browser that the member uses: see docs/decisions/0003-signing-in.md.
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "60/m/ip,50/h/key"}
MFA_ADAPTER = "lianyi.web.accounts.adapters.Factors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Lianyi"
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not ENVIRONMENT.url.startswith("https://")  # http://localhost, for a first look
MFA_FORMS = {
    "authenticate": "lianyi.web.accounts.forms.SecondFactor",
    "reauthenticate": "lianyi.web.accounts.forms.AgainByFactor",
    "activate_totp": "lianyi.web.accounts.forms.ActivateTotp",
    "add_webauthn": "lianyi.web.accounts.forms.AddPasskey",
}

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "lianyi.web.accounts.guessing.client_address"
AXES_USERNAME_CALLABLE = "lianyi.web.accounts.guessing.address_tried"
AXES_LOCKOUT_CALLABLE = "lianyi.web.accounts.guessing.locked_out"
AXES_SENSITIVE_PARAMETERS = ["username", "login", "csrfmiddlewaretoken"]
AXES_ENABLE_ADMIN = AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True

DATABASES = {"default": ENVIRONMENT.django_database()}

LANGUAGE_CODE = "zh-hans"
LANGUAGE_COOKIE_AGE = 365 * 86400
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
LOCALE_PATHS = [Path(__file__).parents[1] / "locale"]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

COTTON_ISOLATE_BY_DEFAULT = True  # a component sees what it is given, and the request
DEVELOPMENT = ENVIRONMENT.development  # shows /parts

DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # the builder of a survey of a hundred questions sends some thousands
FILE_UPLOAD_HANDLERS = ["lianyi.web.uploading.ToDisk"]

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # from where they were built; an address carries the content's digest
WHITENOISE_MAX_AGE = 30 * 86400
LOGIN_URL, LOGIN_REDIRECT_URL = "account_login", "overview"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")  # the edge says it, and nobody else gets through
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 14 * 86400  # since it was last written; `lianyi.web.access` says how long one lasts
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = ENVIRONMENT.url.startswith("https://")
if SESSION_COOKIE_SECURE:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME, LANGUAGE_COOKIE_NAME = "__Host-sessionid", "__Host-csrf", "__Host-language"
    SECURE_HSTS_SECONDS, SECURE_HSTS_INCLUDE_SUBDOMAINS = 365 * 86400, True
SECURE_REFERRER_POLICY = "same-origin"
# W008: the reverse proxy turns http into https; between it and us there is no TLS. W021: a list that browsers ship is
# for the owner of a domain to ask for.
SILENCED_SYSTEM_CHECKS = ["security.W008", "security.W021"]
LOGGING_CONFIG = None
