"""A JSON path is parsed once, and reads what the stock one reads."""

from __future__ import annotations

import jsonpath_ng.ext
import pytest
from jsonpath_ng.ext.parser import parse as stock
from moto.stepfunctions.parser.asl.utils import json_path


@pytest.mark.parametrize("path", ["$.a", "$.b[1:].c", "$.b[?(@.c > 1)].c", "$"])
def test_a_path_reads_as_before(local, path):
    data = {"a": 1, "b": [{"c": 1}, {"c": 2}]}
    read = [[found.value for found in parse(path).find(data)] for parse in (stock, json_path.parse)]
    assert read[0] == read[1]


def test_the_second_time_nothing_is_parsed(local):
    assert jsonpath_ng.ext.parse("$.x.y") is json_path.parse("$.x.y")


def test_a_path_that_is_none_fails_every_time(local):
    for _ in range(2):
        with pytest.raises(Exception, match="Parse error"):
            json_path.parse("$..[")
