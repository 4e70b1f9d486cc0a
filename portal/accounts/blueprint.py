"""The slice of accounts: pages of a person, outside any organization."""

from flask import Blueprint
from werkzeug.exceptions import Unauthorized

from portal.context import signed_in
from tenants.accounts.events import Who
from tenants.accounts.queries import SignedIn

accounts = Blueprint("accounts", __name__, template_folder="templates")


def person() -> SignedIn:
    """Return who is behind the browser."""
    found = signed_in()
    if found is None:
        raise Unauthorized
    return found


def who() -> Who:
    """Return the same, as events name it."""
    account = person().account
    return Who(account.id, account.name_short)
