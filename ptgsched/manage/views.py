"""All pages of managing; their modules register them on the blueprint."""

from __future__ import annotations

from ptgsched.manage import home_views
from ptgsched.manage.blueprint import blueprint

__all__ = ["blueprint", "home_views"]
