"""The search for names finds them: a search that cannot find proves nothing."""

import pytest

from tests.canaries import Search


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Канарейкина Ева", 1),
        ('{"who": "Ева Канарейкина"}', 1),
        ("КАНАРЕЙКИНА, Ева Петровна; канарейкина ева", 2),
        ("Канарейкина вошла. Ева вышла", 0),
        ("Канарейкина", 0),
        ("%D0%95%D0%B2%D0%B0", 0),
    ],
)
def test_a_name_is_found_in_either_order_and_case(tmp_path, text, found):
    search = Search(tmp_path, "")
    search.names = {("канарейкина", "ева")}

    search.look("somewhere", text)

    assert search.hits == ["somewhere"] * found
