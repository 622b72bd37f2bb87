"""The whole book as one PDF."""

import io
import re

from pypdf import PdfReader

from tools import pdf
from tools.contents import pages


def test_the_table_of_contents_tells_the_pages(site, browser):
    printed = [page.extract_text() for page in PdfReader(io.BytesIO(pdf.printed(browser, ["index", "normal"]))).pages]
    listed = re.findall(r"^(.{5,}?)\s*(\d+)$", printed[1], re.M)
    assert "Why the area is one" in [title.strip() for title, _ in listed]
    for title, number in listed:
        assert title.strip() in re.sub(r"\s+", " ", printed[int(number) - 1]), title


def test_the_whole_book_is_printed_in_its_order():
    assert sorted(pdf.names()) == sorted(pages())
    assert pdf.names()[0] == pages()[0]
