"""Many invitations from one pasted list: looked at first, sent second."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import formats
from portal.context import actor
from portal.forms import Form
from portal.staff.routes import staff
from portal.staff.schemas import BulkForm
from tenants.accounts import bulk as commands
from tenants.db import REGISTRY, transaction
from tenants.errors import InvalidError


@staff.route("/bulk", methods=["GET", "POST"])
def bulk() -> ResponseReturnValue:
    """Take a list and show what would become of each line; nothing is written."""
    form = Form.submitted(BulkForm) if request.method == "POST" else Form(BulkForm)
    lines: list[commands.Line] = []
    if request.method == "POST" and form.ok:
        try:
            with transaction(REGISTRY.reading()) as registry:
                lines = commands.look_at(registry, actor(), form.values["rows"])
        except InvalidError as error:
            form.refuse(error)
    page = render_template("staff/bulk.html", form=form, lines=lines, good=sum(not line.error for line in lines))
    return page, 422 if form.errors else 200


@staff.post("/bulk/send")
def bulk_send() -> ResponseReturnValue:
    """Send the good lines of the list that was looked at."""
    with transaction(REGISTRY) as registry:
        sent = commands.invite_all(registry, actor(), request.form.get("rows", ""))
    flash(f"Отправлено: {formats.counted(sent, 'приглашение', 'приглашения', 'приглашений')}.", "success")
    return redirect(url_for(".show"), 303)
