"""What the pages show is what comes out; ``SADDLEMAP_REGENERATE=1`` writes it anew."""

import io
import os
import re
from contextlib import redirect_stdout

import pytest
from conftest import ROOT

CODE = re.compile(r"```python\n(.*?)```\n(?:```text\n(.*?)```\n)?", re.DOTALL)
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")


@pytest.mark.parametrize("page", ["docs/examine.md", "python/README.md"])
def test_code_prints_what_the_page_shows(page, tmp_path, monkeypatch):
    file = ROOT / page
    monkeypatch.chdir(tmp_path)
    text = file.read_text(encoding="utf-8")
    names = {}
    shown = 0
    for block in CODE.finditer(text):
        if block[2] is None:
            continue
        out = io.StringIO()
        with redirect_stdout(out):
            exec(compile(block[1], page, "exec"), names)
        if os.environ.get("SADDLEMAP_REGENERATE"):
            text = text.replace(block[0], f"```python\n{block[1]}```\n```text\n{out.getvalue()}```\n")
            file.write_text(text, encoding="utf-8")
        else:
            # Another processor rounds its steps otherwise: words are the same, numbers nearly.
            assert NUMBER.sub("#", out.getvalue()) == NUMBER.sub("#", block[2])
            there = [float(n) for n in NUMBER.findall(block[2])]
            assert [float(n) for n in NUMBER.findall(out.getvalue())] == pytest.approx(there, rel=0.2)
        shown += 1
    assert shown
