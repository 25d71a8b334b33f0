"""The entry of WSGI servers: ``gunicorn wsgi:app``."""

from __future__ import annotations

import sys

from ptgsched.app import create_app
from ptgsched.config import BadSetting, Settings
from ptgsched.metrics.counting import share
from ptgsched.web.workers import settle

try:
    settings = Settings.from_env().for_serving()
    share(settings)
    app = create_app(settings)
    settle()
except BadSetting as error:
    sys.exit(str(error))
