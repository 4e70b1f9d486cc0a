"""Steps of a person who signs in through a provider."""

from tests.factories.tree import PASSWORD, unique
from tests.integration.accounts.people import entered


def text_of(browser, answer):
    """The page that an answer leads to."""
    return browser.get(answer.location).get_data(as_text=True)


def through(browser, provider, subject, **begin):
    """Sign in through the provider; the portal's answer to the return."""
    location = browser.get("/sign-in/oidc", **begin).location
    return browser.get(provider.answers(location, subject))


def linked(app, provider, person, **claims):
    """Link a fresh subject to an account on «Вход и устройства»; the subject."""
    browser, subject = entered(app, person), provider.knows(unique("subject"), **claims)
    page = browser.post("/devices/identity", data={"password": PASSWORD}).get_data(as_text=True)
    location = page.partition('href="http://127')[2].partition('"')[0].replace("&amp;", "&")
    answer = browser.get(provider.answers(f"http://127{location}", subject))
    assert "Учётная запись привязана" in text_of(browser, answer)
    return subject
