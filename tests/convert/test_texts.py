"""Texts: comments, other documents, templates, lists, line ends."""

from __future__ import annotations

import json

import pytest

from pydynamo_manifests import yaml
from pydynamo_manifests.convert import BETA, convert_text
from pydynamo_manifests.errors import ConversionError

GRAPH = """\
# Copyright of somebody

# A graph.
apiVersion: nvidia.com/v1alpha1  # the old version
kind: DynamoGraphDeployment
metadata:
  name: qwen   # its name
spec:
  # all of them
  services:
    # talks to users
    Frontend:
      componentType: frontend # a role
      replicas: 1
    decode:
      componentType: worker
      subComponentType: decode  # one of two
      # a GPU each
      resources:
        limits:
          gpu: "1"  # H100
      envs:
      # first
      - name: A
        value: "# no comment"  # a comment
      extraPodSpec:
        mainContainer:
          command:
          - sh
          - -c
          - |  # the script
            # no comment either
            run  # nor this
          args: [a, b]  # two
          # which one
          image: i
      ingress:  # gone
        enabled: true
# the end
"""

EXPECTED = """\
# Copyright of somebody

# A graph.
apiVersion: nvidia.com/v1beta1  # the old version
kind: DynamoGraphDeployment
metadata:
  name: qwen  # its name
spec:
  # all of them
  components:
  # talks to users
  - name: Frontend
    type: frontend  # a role
    replicas: 1
  - name: decode
    type: decode  # one of two
    podTemplate:
      spec:
        containers:
        - name: main
          # which one
          image: i
          command:
          - sh
          - -c
          - |  # the script
            # no comment either
            run  # nor this
          args:  # two
          - a
          - b
          env:
          # first
          - name: A
            value: '# no comment'  # a comment
          # a GPU each
          resources:
            limits:
              nvidia.com/gpu: '1'  # H100
# the end
"""


def test_comments_stand_where_the_same_thing_stands() -> None:
    result = convert_text(GRAPH, BETA, clean=True, source="g.yaml")
    assert result.text == EXPECTED
    assert result.notices == [
        (
            "g.yaml, document 1: dropped spec.services.decode.ingress: v1beta1 has no ingress; write an Ingress or a "
            "route for the frontend's Service"
        ),
        "g.yaml, document 1: no place for the comment '# gone'",
    ]


def test_and_back() -> None:
    back = convert_text(EXPECTED, "v1alpha1", clean=True)
    assert back.notices == []
    for comment in (
        "# all of them",
        "# talks to users",
        "# one of two",
        "# H100",
        "# first",
        "# the script",
        "# which one",
    ):
        assert comment in back.text
    assert yaml.load(back.text)["spec"]["services"]["decode"]["resources"] == {"limits": {"gpu": "1"}}


OTHER = "apiVersion: v1\nkind:   ConfigMap   # odd\ndata: {a:   b}\n"
TEMPLATE = (
    "apiVersion: nvidia.com/v1alpha1\nkind: DynamoGraphDeployment\nmetadata: {name: {{ .Release.Name }}}\n"
)
BROKEN = "a: b: c\n"
DONE = "apiVersion: nvidia.com/v1beta1\nkind: DynamoGraphDeployment\nmetadata: {name: d}\nspec:   {}\n"
SHORT = "apiVersion: nvidia.com/v1alpha1\nkind: DynamoGraphDeployment\nmetadata: {name: s}\nspec: {services: {w: {}}}\n"


def test_other_documents_keep_their_bytes() -> None:
    text = f"---\n# head\n--- # first\n{OTHER}---\n{SHORT}---\n{TEMPLATE}---\n{BROKEN}---\n{DONE}---\n[1, 2]\n...\n"
    result = convert_text(text, BETA, source="all.yaml")
    before, _, rest = result.text.partition("apiVersion: nvidia.com/v1beta1\n")
    assert before == f"---\n# head\n--- # first\n{OTHER}---\n"
    assert rest.endswith(f"- name: w\n---\n{TEMPLATE}---\n{BROKEN}---\n{DONE}---\n[1, 2]\n...\n")
    assert (result.objects, result.converted) == (2, 1)
    assert result.kinds == ["ConfigMap of v1"]
    assert result.notices == [
        "all.yaml, document 5: a template; left as it is",
        (
            "all.yaml, document 6: no YAML that can be read (mapping values are not allowed in this context); "
            "left as it is"
        ),
    ]


@pytest.mark.parametrize("text", ["", "\n", "# only words\n", "---\n", "--- \n---\n"])
def test_nothing_stays_nothing(text: str) -> None:
    assert convert_text(text, BETA).text == text


def test_line_ends_stay() -> None:
    result = convert_text(GRAPH.replace("\n", "\r\n"), BETA, clean=True)
    assert result.text == EXPECTED.replace("\n", "\r\n")


def test_json_stays_json() -> None:
    manifest = yaml.load(SHORT)
    result = convert_text(json.dumps(manifest), BETA)
    assert json.loads(result.text)["spec"] == {"components": [{"name": "w"}]}


def test_objects_of_a_list() -> None:
    inner = "".join(f"  {line}\n" for line in SHORT.splitlines())
    text = f"apiVersion: v1\nkind: List\nitems:\n-{inner[1:]}- apiVersion: v1\n  kind: Pod  # plain\n- text\n"
    result = convert_text(text, BETA)
    items = yaml.load(result.text)["items"]
    assert [i["apiVersion"] if isinstance(i, dict) else i for i in items] == [BETA, "v1", "text"]
    assert result.notices == ["<text>, document 1: no place for the comment '# plain'"]
    assert convert_text(result.text, BETA).text == result.text


def test_an_error_names_the_document() -> None:
    with pytest.raises(ConversionError) as caught:
        convert_text(f"{OTHER}---\n{SHORT.replace('w: {}', 'w: 3')}", BETA, source="x.yaml")
    assert str(caught.value) == "x.yaml, document 2: spec.services.w: expected a map, found a number"


def test_a_status_that_nobody_wrote_is_left_out() -> None:
    assert "status" not in yaml.load(convert_text(SHORT, BETA).text)
    with_status = convert_text(f"{SHORT}status: {{state: pending}}\n", BETA)
    assert yaml.load(with_status.text)["status"] == {"state": "pending"}


@pytest.mark.parametrize(
    "value", ["'a # b'", '"a # b"', "a#b", "|\n        # x\n        y", ">-\n        # x\n        y"]
)
def test_what_looks_like_a_comment_inside_a_value_is_none(value: str) -> None:
    text = SHORT.replace(
        " {services: {w: {}}}", f"\n  annotations:\n    a: {value}\n  # real\n  services: {{}}"
    )
    result = convert_text(text, BETA)
    assert result.notices == ["<text>, document 1: no place for the comment '# real'"]


def test_a_comment_at_an_anchor_survives_unfolding() -> None:
    text = SHORT.replace(
        "{services: {w: {}}}", "\n  services:\n    a: &x  # shared\n      replicas: 2  # two\n    b: *x"
    )
    result = convert_text(text, BETA)
    assert yaml.load(result.text)["spec"] == {
        "components": [{"name": "a", "replicas": 2}, {"name": "b", "replicas": 2}]
    }
    assert "replicas: 2  # two" in result.text
