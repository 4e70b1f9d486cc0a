"""Questions about one person in several organizations: neutral, and without a word about the other one."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.context import actor, db
from portal.participants.blueprint import participants
from tenants.errors import InvalidError
from tenants.participants import twins as questions
from tenants.participants.persons import names_of
from tenants.participants.twin_models import TwinWord

_DONE = {
    TwinWord.SAME: "Записано. В сводах района и региона этот человек считается один раз.",
    TwinWord.MOVED: "Записано. Завершите участие на карточке, если он больше не участвует у Вас.",
    TwinWord.OTHER: "Записано. В сводах это два разных человека.",
}


@participants.get("/twins")
def twins() -> ResponseReturnValue:
    """Show the questions that wait and those that were answered."""
    waiting, answered = questions.questions(db()), questions.questions(db(), answered=True)
    names = names_of(db(), [one.participant.id for one in (*waiting, *answered)])
    return render_template(
        "participants/twins.html",
        waiting=waiting,
        answered=answered,
        names=names,
        words=[(word.value, word.label) for word in TwinWord],
    )


@participants.post("/twins/<int:question_id>/answer")
def answer_twin(question_id: int) -> ResponseReturnValue:
    """Keep the school's answer."""
    try:
        word = TwinWord(request.form.get("answer", ""))
    except ValueError as error:
        raise InvalidError("Выберите один из ответов.", field="answer") from error
    given = questions.answer_question(db(), actor(), question_id, word)
    flash(_DONE[given.answer], "success")
    return redirect(url_for(".twins"), 303)
