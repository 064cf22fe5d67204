"""Django's WSGI application, served by the process `web`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianyi.assembly.settings")
application = get_wsgi_application()
