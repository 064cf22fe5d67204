"""The addresses of the operations, below `/api/v1/`; only the door resolves them."""

from django.urls import path

from lianyi.api.app import api

urlpatterns = [path("", api.urls)]
