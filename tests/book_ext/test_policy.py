"""No page has code in it: scripts and handlers become files."""

import re

from tools.book_ext import policy

PAGE = """<html><head>
<script data-cfasync="false">document.documentElement.dataset.mode = "auto";</script>
<script src="_static/a.js"></script>
<script type="application/json">{"not": "code"}</script>
<script defer="defer">run();</script>
</head><body><button onclick="window.print()" class="one">Print</button><a onclick="window.print()">too</a>
<p>onclick="no handler"</p></body></html>"""


def test_scripts_and_handlers_become_files_and_data_stay():
    html, files = policy.outsourced(PAGE)
    assert 'type="application/json">{"not": "code"}</script>' in html
    assert "onclick=" not in html.replace('onclick="no handler"', "")
    left = [code for code in re.findall(r"<script(?![^>]*json)[^>]*>(.*?)</script>", html, re.S) if code.strip()]
    assert left == []
    linked = re.findall(rf'src="{policy.FOLDER}/(\w+\.js)"', html)
    assert sorted(linked) == sorted(files)
    assert files[linked[0]] == policy.MEMORY  # before all others, which may ask for what it keeps
    assert '<script data-cfasync="false" src=' in html
    assert re.search(r'<script defer="defer" src="[^"]+"></script>', html)


def test_a_handler_is_called_where_it_stood():
    html, files = policy.outsourced(PAGE)
    assert html.count('data-handler-1=""') == 2
    (code,) = [text for text in files.values() if "addEventListener" in text]
    assert 'querySelectorAll("[data-handler-1]")' in code
    assert 'addEventListener("click", () => { window.print() })' in code


def test_the_same_code_is_the_same_file_on_every_page():
    _, one = policy.outsourced(PAGE)
    _, other = policy.outsourced(PAGE.replace("Print", "print"))
    assert one == other
