"""A browser in words: «Chrome, Windows»."""

_BROWSERS = (
    ("YaBrowser/", "Яндекс Браузер"),
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def browser_words(agent: str) -> str:
    """Return the browser and the system that a browser says it is."""
    found = [next((words for mark, words in table if mark in agent), "") for table in (_BROWSERS, _SYSTEMS)]
    return ", ".join(part for part in found if part) or "неизвестный браузер"
