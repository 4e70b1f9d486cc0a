"""A person's window at the portal: signed in by hand, wide or a phone, and what is asked of every page in it."""

from playwright.sync_api import Browser, BrowserContext, Page

from tenants.accounts.models import Role
from tenants.organizations.models import Organization
from tests.browser.needs import AXE
from tests.factories.tree import PASSWORD, make_account

PHONE = 390
SCREEN = 1366
_SIZES = {SCREEN: 768, PHONE: 844}


class Windows:
    """The windows of one test."""

    def __init__(self, chromium: Browser, address: str) -> None:
        self._chromium, self._address = chromium, address
        self._contexts: list[BrowserContext] = []
        self.complaints: list[str] = []
        """What the console of any window said was wrong; a refused step stands here too."""

    def open(self, place: Organization, role: Role, width: int = SCREEN, *, email: str = "") -> Page:
        """Sign somebody in for a role in an organization; addresses without a slash begin at its home page.

        `email` is an account that exists; without it one is made.
        """
        size = {"width": width, "height": _SIZES.get(width, _SIZES[SCREEN])}
        base = f"{self._address}/o/{place.code}/"
        context = self._chromium.new_context(base_url=base, viewport=size, locale="ru-RU")
        self._contexts.append(context)
        page = context.new_page()
        page.on("console", lambda line: self.complaints.append(line.text) if line.type == "error" else None)
        # The page of the sign-in has tests of its own; here its answer with the cookies is enough.
        given = {"email": email or make_account((place, role)), "password": PASSWORD}
        answer = context.request.post(f"{self._address}/sign-in", form=given, max_redirects=0)
        assert answer.status == 303, answer.text()
        page.goto("")
        return page

    def close(self) -> None:
        """Close every window."""
        for context in self._contexts:
            context.close()


def violations(page: Page) -> list[str]:
    """Return what axe finds wrong with a page, each rule with the first element that breaks it."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found["violations"]]


def overflow(page: Page) -> int:
    """Return by how many pixels a page is wider than its window; at most 0 where it fits."""
    wide: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wide


_COVERED = """() => [...document.querySelectorAll('.tbl--stack tr')].filter(row => {
  const name = row.querySelector('.full'), act = row.querySelector('.act');
  if (!name || !act || name === act) return false;
  const words = document.createRange();
  words.selectNodeContents(name);
  return [...words.getClientRects()].some(one => [...act.querySelectorAll('a, button, summary')].some(link => {
    const at = link.getBoundingClientRect();
    return one.left < at.right && at.left < one.right && one.top < at.bottom && at.top < one.bottom;
  }));
}).map(row => row.innerText)"""


def covered(page: Page) -> list[str]:
    """The rows of stacked tables in which an action lies over the name; there should be none."""
    found: list[str] = page.evaluate(_COVERED)
    return found
