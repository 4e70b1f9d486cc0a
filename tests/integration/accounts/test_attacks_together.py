"""Attack A-01 at one instant: guesses that arrive together are counted one after the other."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from portal.app import Portal
from tenants.accounts.attempts import FREE_TRIES, refuse_guessing_codes
from tenants.accounts.factors import show_code
from tenants.accounts.models import Role, UserAccount
from tenants.db import REGISTRY, transaction
from tenants.errors import TooManyError
from tests.contracts.figures import figure
from tests.factories.tree import Tree, make_account
from tests.integration.accounts.people import account_of, sign_in
from tests.integration.accounts.test_attacks_guessing import from_network

TOGETHER = 12


def at_once(step: Callable[[int], int]) -> list[int]:
    ready = Barrier(TOGETHER)

    def take(number: int) -> int:
        ready.wait()
        return step(number)

    with ThreadPoolExecutor(TOGETHER) as pool:
        return sorted(pool.map(take, range(TOGETHER)))


def test_a01_passwords_guessed_at_the_same_instant_pass_no_count(app: Portal, tree: Tree) -> None:
    email = make_account((tree.school, Role.CURATOR))
    browsers = [from_network(app, "10.77.0.1") for _ in range(TOGETHER)]

    answers = at_once(lambda number: sign_in(browsers[number], email, f"догадка {number}").status_code)

    figure("sign_in_tries_passed_of_12_at_once", answers.count(422))
    assert answers == [422] * FREE_TRIES + [429] * (TOGETHER - FREE_TRIES)


def test_a01_codes_guessed_at_the_same_instant_pass_no_count(tree: Tree) -> None:
    user_id = account_of(make_account((tree.district, Role.DISTRICT_REVIEWER))).id

    def guess(number: int) -> int:
        try:
            with transaction(REGISTRY) as registry:
                refuse_guessing_codes(registry, user_id)
                return int(show_code(registry, registry.get_one(UserAccount, user_id), 0, f"{number:06}"))
        except TooManyError:
            return 429

    answers = at_once(guess)

    assert answers == [0] * FREE_TRIES + [429] * (TOGETHER - FREE_TRIES)
