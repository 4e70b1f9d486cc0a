"""The blueprint of organizations, and what its pages share."""

from datetime import date

from flask import Blueprint

from portal.context import actor
from tenants import clock

organizations = Blueprint("organizations", __name__, url_prefix="/o/<code>/organizations", template_folder="templates")

TIME_ZONES = (
    ("Europe/Kaliningrad", "Калининград, МСК−1"),
    ("Europe/Moscow", "Москва"),
    ("Europe/Samara", "Самара, МСК+1"),
    ("Asia/Yekaterinburg", "Екатеринбург, МСК+2"),
    ("Asia/Omsk", "Омск, МСК+3"),
    ("Asia/Krasnoyarsk", "Красноярск, МСК+4"),
    ("Asia/Irkutsk", "Иркутск, МСК+5"),
    ("Asia/Yakutsk", "Якутск, МСК+6"),
    ("Asia/Vladivostok", "Владивосток, МСК+7"),
    ("Asia/Magadan", "Магадан, МСК+8"),
    ("Asia/Kamchatka", "Камчатка, МСК+9"),
)


def today() -> date:
    """Return the day in the organization's zone."""
    return clock.today(actor().organization.time_zone)
