"""The entry of WSGI servers: ``gunicorn wsgi:app``."""

from __future__ import annotations

import sys

from ptgsched.app import create_app
from ptgsched.config import BadSetting, Settings

try:
    app = create_app(Settings.from_env().for_serving())
except BadSetting as error:
    sys.exit(str(error))
