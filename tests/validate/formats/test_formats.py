"""Each format says the same findings, in the words of whoever reads it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from pydynamo_manifests.errors import UnknownNameError
from pydynamo_manifests.validate import Document, Finding, Report, Target, validate_text
from pydynamo_manifests.validate.formats import FORMATS, write

if TYPE_CHECKING:
    from tests.support.golden import Golden

TEXT = """\
apiVersion: nvidia.com/v1beta1
kind: DynamoGraphDeployment
metadata: {name: qwen}
spec:
  components:
\t- {name: a}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: "ok"}
dat: {}
---
apiVersion: v1
kind: Secret
metadata: {name: s}
data: {token: 5}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: a}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: fine}
"""


def report() -> Report:
    return validate_text(TEXT, Target.of("1.6.1", kubernetes="1.34"), "dir/f.yaml")


def lines(source: str) -> list[str]:
    return TEXT.splitlines() if source == "dir/f.yaml" else []


@pytest.mark.parametrize("form", FORMATS)
def test_formats_are_as_agreed(form: str, golden: Golden) -> None:
    text = write(report(), form, lines=lines)
    suffix = {"json": "json", "sarif": "sarif.json", "junit": "xml"}.get(form, "txt")

    golden(f"validate/report-{form}.{suffix}", re.sub(r'"version": "0[^"]*"', '"version": "0"', text))


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="unknown format 'jsn'; did you mean 'json'"):
        write(Report(), "jsn")


def test_people_are_not_bothered_when_all_is_well() -> None:
    fine = validate_text(TEXT.rpartition("---")[2], Target.of())

    assert fine.ok
    assert write(fine) == ""
    assert write(fine, "github") == ""


def test_colours_and_control_characters() -> None:
    evil = Finding("X-1", "warning", "lint", ("a",), "red \x1b[31m\x07 text\n", "hint\x00", 1, 1)
    text = write(
        Report((Document.judged("f\x1b", 0, None, [evil]),)), colour=True, lines=lambda _: ["\x1b[2J"]
    )

    assert "\\x1b[31m\\x07 text\\n" in text
    assert "\\x1b[2J" in text
    assert re.sub(r"\x1b\[[0-9]+m", "", text).isprintable() or "\x1b" not in re.sub(
        r"\x1b\[[0-9]+m", "", text
    )


def test_a_secrets_line_is_not_shown() -> None:
    assert "token" not in [
        part for part in write(report(), lines=lines).splitlines() if part.strip().startswith("|")
    ]
    assert "| data: {token: 5}" not in write(report(), lines=lines)


def test_sarif_names_its_rules_by_index() -> None:
    log = json.loads(write(report(), "sarif"))
    run = log["runs"][0]

    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "dir/f.yaml"
    skip = Report((Document.skipped("a b.yaml", 0, None, "why"),))
    assert (
        json.loads(write(skip, "sarif"))["runs"][0]["results"][0]["locations"][0]["physicalLocation"][
            "artifactLocation"
        ]["uri"]
        == "a%20b.yaml"
    )


def test_junit_counts_and_parses() -> None:
    suite = ET.fromstring(write(report(), "junit").encode())[0]  # noqa: S314 - our own text

    assert suite.attrib == {
        "name": "dir/f.yaml",
        "tests": "5",
        "failures": "2",
        "errors": "1",
        "skipped": "1",
    }
    warned = Report(
        (Document.judged("f", 0, {"kind": "K"}, [Finding("X", "warning", "lint", (), '\x00<&">', "h")]),)
    )
    case = ET.fromstring(write(warned, "junit").encode())[0][0]  # noqa: S314 - our own text
    assert case[0].tag == "system-out"
    assert '\ufffd<&"> (h)' in (case[0].text or "")


def test_github_escapes_what_would_end_a_command() -> None:
    finding: Any = Finding("X", "info", "lint", ("a",), "100%\nnext: x", "", 3, None)
    text = write(Report((Document.judged("a,b:c.yaml", 0, {}, [finding]),)), "github")

    assert text == "::notice file=a%2Cb%3Ac.yaml,line=3,title=X::a: 100%25%0Anext: x\n"


HIDDEN = {
    "a Secret": "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {token: [hf_hidden]}\n",
    "a Secret in a List": (
        "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n"
        "  metadata: {name: s}\n  data:\n    a: [hf_hidden]\n"
    ),
    "a Secret that is no YAML": "apiVersion: v1\nkind: Secret\ndata:\n  a: hf_hidden: x\n",
    "a variable of values": "components:\n  w:\n    type: worker\n    env: {HF_TOKEN: [hf_hidden]}\n",
    "a variable's next line": (
        "apiVersion: nvidia.com/v1beta1\nkind: DynamoGraphDeployment\nmetadata: {name: g}\n"
        "spec:\n  env:\n  - name: API_KEY\n    value: [hf_hidden]\n  components: []\n"
    ),
}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", HIDDEN)
def test_what_may_be_secret_is_in_no_format(form: str, name: str) -> None:
    text = HIDDEN[name]
    found = validate_text(text, Target.of("1.6.1"), "s.yaml")

    assert not found.ok
    assert "hf_hidden" not in write(found, form, lines=lambda _: text.splitlines())
