"""From templates to the blueprint: what is kept, rewritten, and refused."""

from __future__ import annotations

import pytest

from infra.projection.blueprint import as_text, project
from infra.projection.references import ProjectionError, symbolic
from infra.projection.types import IGNORED, KEPT

QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": 30, "KmsMasterKeyId": "k"}}


def template(**resources: object) -> dict[str, object]:
    """A template of these resources."""
    return {"Resources": resources}


def test_only_what_the_laptop_acts_on_is_kept() -> None:
    alarm = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Threshold": 0}}
    kept = {"Jobs": {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": 30}}}
    assert project({"one": template(Jobs=QUEUE, JobsAlarm=alarm)}) == {"one": kept}


def test_a_type_is_kept_or_ignored_never_both_and_each_ignored_one_has_a_reason() -> None:
    assert not set(KEPT) & set(IGNORED)
    assert all(IGNORED.values())


def test_an_unknown_type_is_named_with_the_mend() -> None:
    unknown = {"Type": "AWS::Redshift::Cluster", "Properties": {}}
    with pytest.raises(ProjectionError, match=r"Warehouse is an AWS::Redshift::Cluster.*KEPT"):
        project({"one": template(Warehouse=unknown)})


def test_an_id_in_two_stacks_is_refused() -> None:
    with pytest.raises(ProjectionError, match="Jobs stands in the stacks one and two"):
        project({"one": template(Jobs=QUEUE), "two": template(Jobs=QUEUE)})


def test_a_reference_to_what_is_left_out_is_refused() -> None:
    queue = {
        "Type": "AWS::SQS::Queue",
        "Properties": {"RedrivePolicy": {"deadLetterTargetArn": {"Fn::GetAtt": ["Gone", "Arn"]}}},
    }
    with pytest.raises(ProjectionError, match="Jobs refers to Gone"):
        project({"one": template(Jobs=queue)})


def test_an_import_becomes_what_was_exported() -> None:
    output = {"Export": {"Name": "one:JobsArn"}, "Value": {"Fn::GetAtt": ["Jobs", "Arn"]}}
    one = {**template(Jobs=QUEUE), "Outputs": {"JobsArn": output}}
    mapping = {
        "Type": "AWS::Lambda::EventSourceMapping",
        "Properties": {"EventSourceArn": {"Fn::ImportValue": "one:JobsArn"}},
    }
    blueprint = project({"one": one, "two": template(JobsMapping=mapping)})
    source = blueprint["two"]["JobsMapping"]["Properties"]["EventSourceArn"]
    assert source == {"Fn::GetAtt": ["Jobs", "Arn"]}


def test_an_import_of_nothing_is_refused() -> None:
    with pytest.raises(ProjectionError, match="one:Gone is imported"):
        symbolic({"Fn::ImportValue": "one:Gone"}, {})


def test_sub_becomes_join() -> None:
    given = {"Fn::Sub": ["${A}-${B.Arn}/${C}${!literal}", {"C": {"Ref": "Other"}}]}
    parts = [{"Ref": "A"}, "-", {"Fn::GetAtt": ["B", "Arn"]}, "/", {"Ref": "Other"}, "${literal}"]
    assert symbolic(given, {}) == {"Fn::Join": ["", parts]}


def test_an_intrinsic_that_the_laptop_cannot_resolve_is_refused() -> None:
    with pytest.raises(ProjectionError, match="Fn::Select"):
        symbolic([{"Fn::Select": [0, ["a"]]}], {})


def test_the_text_does_not_depend_on_the_order_of_resources() -> None:
    one = as_text({"B": {"Type": "x", "Properties": {}}, "A": {"Type": "x", "Properties": {}}})
    two = as_text({"A": {"Properties": {}, "Type": "x"}, "B": {"Properties": {}, "Type": "x"}})
    assert one == two
    assert one.endswith("}\n")
