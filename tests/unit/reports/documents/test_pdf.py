"""PDF is set in a process of its own that reads nothing but what it is given."""

import io
import socket
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader

from reports.documents import fonts
from reports.documents.pdf import PdfFailedError, PdfUnavailableError, render_pdf
from reports.documents.regional import regional_page, regional_pdf
from reports.documents.regional_figures import RegionalFigures
from reports.documents.regional_xlsx import regional_xlsx
from tenants.settings.logos import clean_picture
from tests.documents import structure_of
from tests.factories.summaries import STAMP, fixed_figures


def page(body: str) -> str:
    return f'<html lang="ru"><head><title>Проверка</title></head><body>{body}</body></html>'


@pytest.fixture(scope="module")
def summary() -> bytes:
    return regional_pdf(fixed_figures(), STAMP)


def test_equal_figures_give_equal_bytes(summary: bytes) -> None:
    assert regional_pdf(fixed_figures(), STAMP) == summary
    assert regional_xlsx(fixed_figures(), STAMP) == regional_xlsx(fixed_figures(), STAMP)


def test_figures_come_back_from_json_as_they_were() -> None:
    figures = fixed_figures()

    assert RegionalFigures.from_json(figures.to_json()) == figures


def test_a_name_with_markup_is_printed_and_not_obeyed() -> None:
    html = regional_page(fixed_figures(), STAMP)

    assert "Школа № 5 &lt;имени&gt; A&amp;B" in html
    assert "<имени>" not in html


def test_a_complete_month_does_not_speak_of_the_missing() -> None:
    html = regional_page(fixed_figures(complete=True), STAMP)

    assert "свод полный" in html
    assert "Организации, отчётов которых нет в своде" not in html


@pytest.mark.parametrize(
    "body",
    [
        '<img src="file:///etc/passwd">',
        '<img src="http://169.254.169.254/latest/meta-data">',
        '<link rel="attachment" href="file:///etc/passwd">',
        '<style>@import url("http://127.0.0.1:9/style.css");</style>',
        '<img src="asset:unknown.png">',
        '<object data="file:///etc/hostname"></object>',
    ],
)
def test_a_document_that_asks_for_something_from_outside_is_not_made(body: str) -> None:
    with pytest.raises(PdfFailedError):
        render_pdf(page(body))


def test_a_picture_may_not_fetch_either() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/a.png"
        picture = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><image href="{address}"/></svg>'

        with suppress(PdfFailedError):
            render_pdf(page('<img alt="рисунок" src="asset:a.svg">'), assets={"a.svg": picture.encode()})

        with pytest.raises(TimeoutError):
            listener.accept()


def test_a_document_without_end_is_given_up() -> None:
    with pytest.raises(PdfFailedError, match="слишком долго"):
        render_pdf(page("<table><tr><td>строка</td></tr></table>" * 20_000), seconds=2)


def test_too_many_pages_are_refused() -> None:
    body = '<p style="break-after: page">лист</p>' * 501

    with pytest.raises(PdfFailedError, match="слишком много страниц"):
        render_pdf(page(body))


def test_a_huge_document_ends_within_its_limits() -> None:
    with pytest.raises(PdfFailedError):
        render_pdf(page("<div>" * 100_000), seconds=5)


def test_without_fonts_the_reason_is_one_clear_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_BUILT", tmp_path)
    monkeypatch.setattr(fonts, "_SYSTEM", ())

    with pytest.raises(fonts.FontsMissingError, match="нет шрифта с кириллицей"):
        fonts.faces()


def test_without_pango_the_reason_is_one_clear_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "weasyprint"
    broken.mkdir()
    (broken / "__init__.py").write_text("raise OSError('cannot load library pango')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    with pytest.raises(PdfUnavailableError, match="pango"):
        render_pdf(page("слово"))


def test_the_document_is_tagged(summary: bytes) -> None:
    words = structure_of(summary)

    assert {"H1", "H2", "Table", "TH", "TD", "Figure"} <= words


def test_the_regions_logo_stands_in_the_head_of_the_summary(summary: bytes) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (400, 100), "navy").save(picture, "PNG")
    logo, _, _ = clean_picture(picture.getvalue())
    with_logo = PdfReader(io.BytesIO(regional_pdf(fixed_figures(), STAMP, logo=logo)))
    without = PdfReader(io.BytesIO(summary))

    assert [image.image.size for image in with_logo.pages[0].images] == [(400, 100)]
    assert len(without.pages[0].images) == 0
