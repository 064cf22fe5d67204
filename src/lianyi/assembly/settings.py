"""Django's settings, read from the environment once. Nothing here is secret: the secret key is a file of the home."""

import os
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
    "lianyi.foundation.calendar",
    "lianyi.foundation.media",
    "lianyi.foundation.notices",
    "lianyi.events.log",
    "lianyi.people.identity",
    "lianyi.people.profiles",
    "lianyi.people.duplicates",
    "lianyi.people.imports",
    "lianyi.people.erasing",
    "lianyi.campaigns.spend",
    "lianyi.insight.funnel",
    "lianyi.insight.kept",
    "lianyi.web",
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
]

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

FILE_UPLOAD_HANDLERS = ["lianyi.web.uploading.ToDisk"]

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # from where they were built; an address carries the content's digest
WHITENOISE_MAX_AGE = 30 * 86400
LOGIN_URL = "sign-in"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")  # the edge says it, and nobody else gets through
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.url.startswith("https://")
LOGGING_CONFIG = None
