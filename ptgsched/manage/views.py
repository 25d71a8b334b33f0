"""All pages of managing; their modules register them on the blueprint."""

from __future__ import annotations

from ptgsched.manage import (
    audit_views,
    home_views,
    messages_views,
    overview_views,
    report_views,
    statistics_views,
)
from ptgsched.manage.blueprint import blueprint

__all__ = [
    "audit_views",
    "blueprint",
    "home_views",
    "messages_views",
    "overview_views",
    "report_views",
    "statistics_views",
]
