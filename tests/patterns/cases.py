# ruff: noqa: E501 - a case stands on a line
"""The cases: what EventBridge's documentation and that of its open matcher say of each kind."""

from __future__ import annotations

from typing import Any, Final, NamedTuple


class Case(NamedTuple):
    """One pattern, one event, and whether they match."""

    kind: str
    pattern: dict[str, Any]
    event: Any
    matches: bool


def _of(kind: str, conditions: list[Any], yes: list[Any], no: list[Any]) -> list[Case]:
    """Cases of one field `a`; ABSENT leaves it away."""

    def event(value: Any) -> dict[str, Any]:
        return {"b": 1} if value is ABSENT else {"a": value}

    pattern = {"a": conditions}
    return [
        *(Case(kind, pattern, event(value), True) for value in yes),
        *(Case(kind, pattern, event(value), False) for value in no),
    ]


ABSENT: Final = object()

CASES: Final[list[Case]] = [
    *_of("equals", ["x"], ["x", ["y", "x"]], ["X", "xx", "", None, ABSENT, {"x": "x"}, []]),
    *_of("equals: one of several", ["x", "y"], ["x", "y", ["z", "y"]], ["z"]),
    *_of("equals: number", [300], [300, [1, 300]], [301, "300", 300.0, True]),
    *_of("equals: number one", [1], [1], [True, "1"]),
    *_of("equals: boolean", [True], [True, [False, True]], [False, 1, "true", None]),
    *_of("empty", [""], ["", ["", "x"]], ["x", " ", None, ABSENT, []]),
    *_of("null", [None], [None, [None, 1]], ["", "null", 0, False, ABSENT]),
    *_of("prefix", [{"prefix": "us-"}], ["us-", "us-east-1", ["eu", "us-1"]],
         ["US-east-1", "eu-us-", 5, None, ABSENT, {"us-": 1}]),
    *_of("prefix, ignoring case", [{"prefix": {"equals-ignore-case": "EventB"}}],
         ["eventbridge", "EVENTB"], ["event", 1]),
    *_of("suffix", [{"suffix": ".png"}], ["a.png", ".png", ["x", "b.png"]], ["a.PNG", "png", 1]),
    *_of("suffix, ignoring case", [{"suffix": {"equals-ignore-case": ".PNG"}}],
         ["a.png", "b.PnG"], ["png"]),
    *_of("equals-ignore-case", [{"equals-ignore-case": "Alice"}], ["alice", "ALICE", ["b", "aLice"]],
         ["alic", "alices", 1, None, ABSENT]),
    *_of("anything-but", [{"anything-but": "x"}], ["y", "", 1, None, ["x", "y"]],
         ["x", ["x"], ABSENT, {"b": "y"}]),
    *_of("anything-but: number", [{"anything-but": 5}], [4, "5"], [5, ABSENT]),
    *_of("anything-but: list", [{"anything-but": ["x", "y"]}], ["z", ["x", "z"]], ["x", "y", ["x", "y"]]),
    *_of("anything-but: numbers", [{"anything-but": [100, 200]}], [150, 0], [100, 200]),
    *_of("anything-but prefix", [{"anything-but": {"prefix": "us-"}}], ["eu-1", "u"],
         ["us-1", "us-", ABSENT]),
    *_of("anything-but prefix: list", [{"anything-but": {"prefix": ["us-", "eu-"]}}], ["ap-1"],
         ["us-1", "eu-1"]),
    *_of("anything-but suffix", [{"anything-but": {"suffix": ".png"}}], ["a.jpg"], ["a.png"]),
    *_of("anything-but suffix: list", [{"anything-but": {"suffix": [".png", ".jpg"]}}], ["a.txt"],
         ["a.png", "a.jpg"]),
    *_of("anything-but, ignoring case", [{"anything-but": {"equals-ignore-case": "init"}}], ["x"],
         ["INIT", "init"]),
    *_of("anything-but, ignoring case: list",
         [{"anything-but": {"equals-ignore-case": ["init", "stop"]}}], ["x"], ["INIT", "Stop"]),
    *_of("anything-but wildcard", [{"anything-but": {"wildcard": "*/lib/*"}}], ["/usr/bin/a"],
         ["/usr/lib/a"]),
    *_of("anything-but wildcard: list", [{"anything-but": {"wildcard": ["*/lib/*", "*/bin/*"]}}],
         ["/etc/a"], ["/usr/lib/a", "/usr/bin/a"]),
    *_of("numeric =", [{"numeric": ["=", 300]}], [300, 300.0, 3e2, [1, 300]], [301, "300", None, True]),
    *_of("numeric >", [{"numeric": [">", 0]}], [1, 0.1], [0, -1, True, "1", ABSENT]),
    *_of("numeric >=", [{"numeric": [">=", 0]}], [0, 1], [-0.1]),
    *_of("numeric <", [{"numeric": ["<", 10]}], [9.99, -5], [10, False]),
    *_of("numeric <=", [{"numeric": ["<=", 10]}], [10], [10.01]),
    *_of("numeric range", [{"numeric": [">", 0, "<=", 5]}], [5, 0.5, [9, 3]], [0, 5.1, [6, -1]]),
    *_of("numeric beyond 5e9", [{"numeric": [">", 0]}], [5_000_000_000], [5_000_000_001]),
    *_of("cidr", [{"cidr": "10.0.0.0/24"}], ["10.0.0.0", "10.0.0.255", ["x", "10.0.0.1"]],
         ["10.0.1.0", "x", 167772161, None, ABSENT]),
    *_of("cidr of a host", [{"cidr": "10.0.0.5/24"}], ["10.0.0.1"], ["10.0.1.1"]),
    *_of("cidr, version 6", [{"cidr": "2001:db8::/32"}], ["2001:db8::1"], ["2001:db9::1", "10.0.0.1"]),
    *_of("exists", [{"exists": True}], ["", None, 0, False, ["x"]], [ABSENT, {"b": 1}]),
    *_of("exists not", [{"exists": False}], [ABSENT, {"b": 1}], ["", None, 0, ["x"]]),
    *_of("wildcard", [{"wildcard": "dir/*.png"}], ["dir/a.png", "dir/.png", "dir/x/y.png", ["z", "dir/a.png"]],
         ["dir/a.jpg", "x/dir/a.png", "dir/a.png ", 1, None, ABSENT]),
    *_of("wildcard: several", [{"wildcard": "*a*b*"}], ["ab", "xaxbx"], ["ba", "a"]),
    *_of("wildcard: over lines", [{"wildcard": "a*b"}], ["a\nb"], []),
    *_of("wildcard: none", [{"wildcard": "ab"}], ["ab"], ["abc", "xab"]),
    *_of("wildcard: escaped", [{"wildcard": "a\\*b\\\\c*"}], ["a*b\\c", "a*b\\cd"], ["axb\\c"]),
    *_of("wildcard: overlap", [{"wildcard": "aba*aba"}], ["abaaba", "abaxaba"], ["aba", "ababa"]),
    *_of("several conditions", [{"prefix": "a"}, {"suffix": "z"}, None], ["ax", "xz", None], ["x", ""]),
    Case("and", {"a": ["x"], "b": ["y"]}, {"a": "x", "b": "y"}, True),
    Case("and", {"a": ["x"], "b": ["y"]}, {"a": "x"}, False),
    Case("nested", {"a": {"b": {"c": [1]}}}, {"a": {"b": {"c": 1, "d": 2}}}, True),
    Case("nested", {"a": {"b": ["x"]}}, {"a": "x"}, False),
    Case("nested", {"a": {"b": ["x"]}}, {}, False),
    Case("nested", {"a": {"b": [{"exists": False}]}}, {}, True),
    Case("nested", {"a": {"b": [{"exists": False}]}}, {"a": {"b": 1}}, False),
    Case("$or", {"$or": [{"a": ["x"]}, {"b": ["y"]}]}, {"a": "z", "b": "y"}, True),
    Case("$or", {"$or": [{"a": ["x"]}, {"b": ["y"]}]}, {"a": "z", "b": "z"}, False),
    Case("$or and", {"c": [1], "$or": [{"a": ["x"]}, {"b": ["y"]}]}, {"c": 1, "a": "x"}, True),
    Case("$or and", {"c": [1], "$or": [{"a": ["x"]}, {"b": ["y"]}]}, {"c": 2, "a": "x"}, False),
    Case("$or: conditions", {"$or": [{"n": [{"numeric": [">", 5]}]}, {"t": [{"exists": False}]}]},
         {"n": 1}, True),
    Case("$or: nested", {"d": {"$or": [{"a": ["x"]}, {"b": ["y"], "$or": [{"c": [1]}, {"e": [2]}]}]}},
         {"d": {"b": "y", "e": 2}}, True),
    Case("$or: nested", {"d": {"$or": [{"a": ["x"]}, {"b": ["y"], "$or": [{"c": [1]}, {"e": [2]}]}]}},
         {"d": {"b": "y", "e": 3}}, False),
    Case("arrays of objects", {"p": {"f": ["Anna"]}}, {"p": [{"f": "John"}, {"f": "Anna"}]}, True),
    Case("arrays of objects", {"p": {"f": ["Anna"]}}, {"p": [[{"f": "John"}], [{"f": "Anna"}]]}, True),
    Case("arrays of objects: one element alone", {"p": {"f": ["Anna"], "l": ["Smith"]}},
         {"p": [{"f": "Anna", "l": "Smith"}, {"f": "Peter", "l": "Jones"}]}, True),
    Case("arrays of objects: one element alone", {"p": {"f": ["Anna"], "l": ["Jones"]}},
         {"p": [{"f": "Anna", "l": "Smith"}, {"f": "Peter", "l": "Jones"}]}, False),
    Case("arrays of arrays", {"p": [3]}, {"p": [[1], [2, 3]]}, True),
]  # fmt: skip

REFUSED: Final[list[tuple[Any, str]]] = [
    ("{", "the pattern is not JSON"),
    ("[]", "the pattern must be a JSON object"),
    ({}, "the pattern is empty"),
    ({"a": {}}, "a is empty"),
    ({"a": "x"}, "a must be an object or an array"),
    ({"a": []}, "a must be an object or an array that is not empty"),
    ({"d": {"a": [["x"]]}}, "d.a may hold"),
    ({"a": [{}]}, "a wants one condition"),
    ({"a": [{"prefix": "x", "suffix": "y"}]}, "a wants one condition"),
    ({"d": {"a": [{"begins": "x"}]}}, "d.a.begins is no condition"),
    ({"a": [{"prefix": 1}]}, "a.prefix must be a text"),
    ({"a": [{"prefix": {"suffix": "x"}}]}, "a.prefix.suffix must be"),
    ({"a": [{"exists": "yes"}]}, "a.exists must be true or false"),
    ({"a": [{"numeric": []}]}, "a.numeric must be"),
    ({"a": [{"numeric": ["~", 1]}]}, "a.numeric has operator"),
    ({"a": [{"numeric": [[], 1]}]}, "a.numeric has operator"),
    ({"a": [{"numeric": [">", "1"]}]}, "a.numeric wants a number"),
    ({"a": [{"numeric": [">", 6e9]}]}, "a.numeric wants a number from"),
    ({"a": [{"numeric": ["<", 5, ">", 1]}]}, "a.numeric has no range"),
    ({"a": [{"numeric": [">", 5, "<", 5]}]}, "a.numeric has no range"),
    ({"a": [{"cidr": "10.0.0/24"}]}, "a.cidr must be a block"),
    ({"a": [{"wildcard": "a**b"}]}, "a.wildcard has two asterisks"),
    ({"a": [{"wildcard": "a\\b"}]}, "a.wildcard has a backslash"),
    ({"a": [{"anything-but": ["x", 1]}]}, "a.anything-but must be"),
    ({"a": [{"anything-but": []}]}, "a.anything-but is empty"),
    ({"a": [{"anything-but": None}]}, "a.anything-but must be"),
    ({"a": [{"anything-but": {"numeric": [">", 1]}}]}, "a.anything-but.numeric must be one of"),
    ({"a": [{"anything-but": {"prefix": []}}]}, "a.anything-but.prefix is empty"),
    ({"d": {"$or": [{"a": ["x"]}]}}, "d.$or must be an array of two"),
    ({"$or": [{"a": ["x"]}, "b"]}, "$or holds what is not an object"),
    ({"$or": [{"a": ["x"]}, {"b": "y"}]}, "$or[1].b must be"),
    ({"a": ["x" * 2048]}, "the pattern has"),
]  # fmt: skip
