"""Make and revoke the tokens of one's own programs."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ptgsched.accounts.blueprint import blueprint
from ptgsched.accounts.sign_in import person
from ptgsched.accounts.tokens import restore_token, revoke_token
from ptgsched.db import begin_write, db
from ptgsched.errors import NotFound, PtgschedError
from ptgsched.events.models import Event
from ptgsched.profile import queries
from ptgsched.profile.forms import TokenForm
from ptgsched.profile.operations import give_token, person_actor
from ptgsched.profile.policy import Grant, grant_for
from ptgsched.web.access import access
from ptgsched.web.context import links, now
from ptgsched.web.errors import status_of
from ptgsched.web.limits import limiter, writes

EVERY = "*"  # no event has this slug


@blueprint.get("/account/tokens/new")
@access("signed_in", opens_filled=True)
def new_token() -> Response:
    """Choose the event, then what the token may do there."""
    grant = _grant()
    form = TokenForm(request.args) if grant else None
    return _form_page(grant, form, [], 200)


@blueprint.post("/account/tokens/new")
@access("signed_in", opens_filled=True)
@limiter.limit(writes)
def make_token() -> Response:
    """Make it and show its secret in the answer itself: nothing keeps it, so no page can later."""
    begin_write()
    grant = _grant()
    if grant is None:
        return _form_page(None, None, ["Choose the event first."], 422)
    form = TokenForm()
    form.offer(grant)
    if not form.validate_on_submit():
        return _form_page(grant, form, [], 422)
    try:
        token, secret = give_token(
            person(),
            grant,
            name=form.name.data or "",
            scopes=form.scopes.data or [],
            teams=form.teams.data or [],
            days=int(form.days.data),
            at=now(),
        )
    except PtgschedError as error:
        db.session.rollback()
        return _form_page(grant, form, form.take(error), status_of(error))
    db.session.commit()
    slug = grant.event.slug if grant.event else "EVENT"
    page = render_template(
        "accounts/token_made.html",
        token=token,
        secret=secret,
        address=links().api(slug, "bookings"),
        team=(token.team_slugs or ["nova"])[0],
    )
    response = make_response(page, 201)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@blueprint.post("/account/tokens/<int:number>/revoke")
@access("signed_in")
@limiter.limit(writes)
def revoke(number: int) -> Response:
    """Revoke at once; the message offers to take it back."""
    begin_write()
    token = queries.own_token(person(), number)
    revoke_token(token, actor=person_actor(person()), at=now())
    db.session.commit()
    offer: Any = {
        "text": f"The token {token.name} is revoked; programs that use it are refused.",
        "post": url_for("accounts.restore", number=token.id),
        "label": "Undo",
    }
    flash(offer, "success")
    return redirect(url_for("accounts.account") + "#tokens", 303)


@blueprint.post("/account/tokens/<int:number>/restore")
@access("signed_in")
@limiter.limit(writes)
def restore(number: int) -> Response:
    """Take a revocation back."""
    begin_write()
    token = queries.own_token(person(), number)
    restore_token(token, actor=person_actor(person()), at=now())
    db.session.commit()
    flash(f"The token {token.name} works again.", "success")
    return redirect(url_for("accounts.account") + "#tokens", 303)


def _grant() -> Grant | None:
    """What may be given at the event that was asked for; None while there is one to choose."""
    user = person()
    reaches = queries.reaches_of(user)
    asked = request.values.get("event", "")
    if asked == EVERY:
        return grant_for(user, None)
    if not asked and len(reaches) == 1 and not user.is_admin:
        return grant_for(user, reaches[0])
    if not asked:
        return None
    event: Event | None = next((event for event in reaches if event.slug == asked), None)
    if event is None:
        raise NotFound("There is no such event among yours.")
    return grant_for(user, event)


def _form_page(
    grant: Grant | None, form: TokenForm | None, problems: list[str], status: int
) -> Response:
    if grant is not None and form is not None:
        form.offer(grant)
    page = render_template(
        "accounts/token_new.html",
        grant=grant,
        form=form,
        problems=problems,
        reaches=queries.reaches_of(person()),
        every=EVERY,
    )
    return make_response(page, status)
