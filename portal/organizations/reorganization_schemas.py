"""What is typed about a move, a merger or a split."""

from typing import ClassVar

from marshmallow import fields

from portal.participants.fields import FILL_IN, RecordForm, day, text, version
from tenants.reorganizations.checking import MOST_MERGED

SOURCES = tuple(f"source_{at}" for at in range(1, MOST_MERGED + 1))
"""The lines for the organizations of a merger; any of them may stay empty."""


class ChangeForm(RecordForm):
    """What every change says."""

    takes_effect_on = day("С какого числа", required=True)
    order_number = text("Номер приказа", 60)
    order_on = day("Дата приказа")
    reason = text("Основание", 500)


class MoveForm(ChangeForm):
    """One organization gets another reviewer."""

    source = text("Организация", 300, required=True)
    receiver = fields.Integer(required=True, metadata={"label": "Кому подчиняется"}, error_messages=FILL_IN)


class NewPlaceForm(ChangeForm):
    """An organization that is to be created; empty where people go to one that stands."""

    code_new = text("Код новой организации", 40)
    name = text("Полное наименование", 500)
    name_short = text("Краткое наименование", 120)
    parent_id = fields.Integer(load_default=None, metadata={"label": "Кому подчиняется"}, error_messages=FILL_IN)


class MergeForm(NewPlaceForm):
    """Several organizations become one."""

    class Meta(RecordForm.Meta):
        """A line for each organization."""

        include: ClassVar = {name: text(f"{at}-я организация", 300) for at, name in enumerate(SOURCES, 1)}

    receiver = text("Кто принимает", 300)


class SplitForm(NewPlaceForm):
    """A part of an organization becomes a new one."""

    source = text("Организация", 300, required=True)


class ChoiceForm(RecordForm):
    """Who goes with a split."""

    participants = fields.List(fields.Integer(), load_default=list, metadata={"label": "Кто переходит"})


class VersionForm(RecordForm):
    """Which draft the administrator saw."""

    version = version()
