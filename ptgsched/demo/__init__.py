"""A lively example: events around today, with an account for each role."""

from __future__ import annotations

from ptgsched.demo.load import DEMO_EVENT, load_demo
from ptgsched.demo.people import DemoAccount

__all__ = ["DEMO_EVENT", "DemoAccount", "load_demo"]
