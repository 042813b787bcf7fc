"""The settings of `startproject` with both apps."""

import os

from benchmarks import usual_middleware

SECRET_KEY = os.environ["SECRET_KEY"]
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "benchmarks.peers.urls"
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "djf_surveys",
    "tinymce",
    "survey",
]
MIDDLEWARE = usual_middleware.MIDDLEWARE
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "djf_surveys.context_processors.surveys_context",
            ]
        },
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 60,
        **{
            name: os.environ[f"PEERS_{name}"]
            for name in ("HOST", "PORT", "USER", "PASSWORD", "NAME")
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATIC_URL = "static/"
USE_TZ = True

CHOICES_SEPARATOR = "|"
CSV_DIRECTORY = TEX_DIRECTORY = os.environ["PEERS_FOLDER"]
