"""Printed blanks of consents, filled in from the cards: for one person, and for everybody ticked."""

import io

from flask import Response, request, send_file
from flask.typing import ResponseReturnValue

from portal import looks
from portal.consents.blueprint import consents
from portal.consents.text_routes import purpose_of
from portal.context import actor, db
from portal.participants.blueprint import today
from reports.documents.consents import Operator, Subject, Wording, consent_blanks
from reports.documents.pdf import MEDIA_TYPE
from tenants.errors import InvalidError
from tenants.organizations.queries import organization_in_reach
from tenants.participants import consent_texts
from tenants.participants.blanks import BlankPerson, people_for_blanks
from tenants.participants.consent_texts import CurrentText
from tenants.participants.models import ConsentKind

_TITLES = {
    ConsentKind.PROCESSING: "на обработку персональных данных",
    ConsentKind.PUBLICATION: "на обработку персональных данных, разрешённых субъектом для распространения",
    ConsentKind.SURVEY: "на обработку персональных данных при анкетировании",
    ConsentKind.TRANSFER: "на передачу персональных данных",
    ConsentKind.DUTIES: "работника на выполнение обязанностей наставника",
}
_MOST = 200


@consents.get("/blanks/<purpose>/<int:participant_id>.pdf")
def blank(purpose: str, participant_id: int) -> ResponseReturnValue:
    """Return the blank of one person."""
    return _blanks(purpose_of(purpose), [participant_id])


@consents.post("/blanks/<purpose>.pdf")
def blanks(purpose: str) -> ResponseReturnValue:
    """Return the blanks of everybody ticked, a page for each."""
    ids = [int(one) for one in request.form.getlist("people") if one.isascii() and one.isdigit()]
    if not 0 < len(ids) <= _MOST:
        raise InvalidError(f"Отметьте в списке от 1 до {_MOST} участников.")
    return _blanks(purpose_of(purpose), ids)


def _blanks(kind: ConsentKind, ids: list[int]) -> Response:
    looks.tell_people(ids)
    place = organization_in_reach(db(), actor().organization.id)
    people = people_for_blanks(db(), ids, today())
    content = consent_blanks(
        Operator(place.name, place.address or ""),
        _wording(consent_texts.current_texts(db(), today())[kind]),
        [_subject(one, kind) for one in people],
    )
    name = f"soglasie-{kind.value}-{today():%Y-%m-%d}.pdf"
    return send_file(io.BytesIO(content), MEDIA_TYPE, as_attachment=True, download_name=name)


def _wording(text: CurrentText) -> Wording:
    edition = f"Редакция {text.edition.edition} от {text.edition.valid_from:%d.%m.%Y}" if text.edition else ""
    return Wording(title=_TITLES[text.kind], edition=edition, **vars(text.parts))


def _subject(one: BlankPerson, kind: ConsentKind) -> Subject:
    # An employee agrees to duties alone, whatever the age.
    minor = one.minor and kind is not ConsentKind.DUTIES
    return Subject(
        one.name, one.genitive, one.born_on, one.post, one.representative, minor, minor and one.from_fourteen
    )
