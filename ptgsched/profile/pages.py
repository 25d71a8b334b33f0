"""The pages of signing in and of one's own account, all together."""

from __future__ import annotations

from ptgsched.accounts import oidc_views, views
from ptgsched.accounts.blueprint import blueprint
from ptgsched.profile import event_token_views, token_views
from ptgsched.profile import views as account_views

__all__ = ["account_views", "blueprint", "event_token_views", "oidc_views", "token_views", "views"]
