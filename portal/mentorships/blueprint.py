"""The blueprint of pairs and groups."""

from flask import Blueprint

mentorships = Blueprint("mentorships", __name__, url_prefix="/o/<code>/mentorships", template_folder="templates")
