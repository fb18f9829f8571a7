"""The blueprint: references, order, and what the laptop does not know."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from local.blueprint import BlueprintError, Resource, load, references, resolve
from local.provision import Deployment, provision
from local.provision.provisioner import CREATE, GATEWAY

ROOT = Path(__file__).parents[3]


def _write(folder, **stacks):
    for name, resources in stacks.items():
        (folder / f"{name}.json").write_text(json.dumps(resources))
    return folder


def test_references_are_replaced():
    attributes = {("A", "Ref"): "a", ("A", "Arn"): "arn:a"}
    value = {"x": [{"Ref": "A"}, {"Fn::Join": ["-", ["b", {"Fn::GetAtt": ["A", "Arn"]}]]}]}
    found = resolve(value, lambda *key: attributes[key])
    assert found == {"x": ["a", "b-arn:a"]}
    assert resolve({"Ref": "AWS::Region"}, lambda *key: None) == "us-east-1"
    assert list(references(value)) == ["A", "A"]


def test_what_others_refer_to_comes_first(tmp_path):
    stacks = _write(
        tmp_path,
        one={"A": {"Type": "T", "Properties": {"x": {"Ref": "B"}}}},
        two={"B": {"Type": "T"}},
    )
    assert list(load(stacks)) == ["B", "A"]


@pytest.mark.parametrize(
    ("stacks", "told"),
    [
        ({}, "make synth"),
        ({"a": {"A": {"Type": "T"}}, "b": {"A": {"Type": "T"}}}, "A stands in two"),
        (
            {"a": {n: {"Type": "T", "Properties": {"x": {"Ref": m}}} for n, m in ("AB", "BA")}},
            "go round",
        ),
    ],
)
def test_a_blueprint_that_cannot_be_used(tmp_path, stacks, told):
    with pytest.raises(BlueprintError, match=told):
        load(_write(tmp_path, **stacks))


def test_no_json(tmp_path):
    (tmp_path / "a.json").write_text("{")
    with pytest.raises(BlueprintError, match=r"a\.json"):
        load(tmp_path)


def test_a_type_that_nobody_knows_is_named_with_the_mend():
    resources = {"New": Resource("New", "AWS::Brand::New", {})}
    with pytest.raises(BlueprintError, match=r"New is a AWS::Brand::New.*local/provision"):
        provision(resources, Deployment({}, {}))


def test_an_attribute_that_nobody_makes_is_named():
    made = Deployment({}, {}, attributes={"A": {"Ref": "a"}})
    with pytest.raises(BlueprintError, match="A has no attribute Colour"):
        made.attribute("A", "Colour")


def test_every_type_of_the_committed_blueprint_is_acted_on_or_ignored():
    for resource in load(ROOT / "infra" / "blueprint").values():
        known = resource.type in CREATE
        assert known or resource.type.startswith(GATEWAY), resource


def test_secrets_of_the_last_start_stay(local):
    properties = {"GenerateSecretString": {"PasswordLength": 64}}
    resources = {"S": Resource("S", "AWS::SecretsManager::Secret", properties)}
    first = provision(resources, Deployment({}, {})).attributes["S"]["Value"]
    assert len(first) == 64


def test_overrides_know_the_pool():
    made = Deployment({"JWKS_URL": "http://x/{pool}"}, {}, attributes={"P": {"UserPoolId": "p1"}})
    assert made.variable("JWKS_URL", "https://aws") == "http://x/p1"
    assert made.variable("OTHER", "kept") == "kept"
