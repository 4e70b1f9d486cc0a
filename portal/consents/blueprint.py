"""The blueprint of consents."""

from flask import Blueprint

consents = Blueprint("consents", __name__, url_prefix="/o/<code>/consents", template_folder="templates")
