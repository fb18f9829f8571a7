"""Files and buckets: how they are read and written, and what stays out of reach."""

from __future__ import annotations

import pytest

from shared.nodes import registry
from shared.nodes.files.paths import PathRefusedError, confined, fixed_part, matches
from shared.nodes.ports import BUCKETS, FILES
from tests.fakes.graphs import graph, node, run
from tests.fakes.node_ports import MemoryBuckets, MemoryFiles

OUT = [
    "../x", "a/../../x", "a/..", "/etc/passwd", "//x", "a//b", "./a", "a/./b", "..", ".",
    "a\\..\\b", "C:/x", "a\x00b", "a\nb", "", "x" * 513, "~/../x/..",
]  # fmt: skip


def done(node_type, files=None, data=None, **config):
    ports = {FILES: files or MemoryFiles(), BUCKETS: MemoryBuckets(acme=files or MemoryFiles())}
    return run(graph([node("it", node_type, **config)]), data or {}, engine={"ports": ports})


def read(files, **config):
    found = done("file-reader", files, **config)
    assert found.error is None, found.error
    return found.result["file_reader"]


@pytest.mark.parametrize("path", OUT)
def test_security_no_path_leads_out_of_its_space(path):
    with pytest.raises(PathRefusedError):
        confined(path)


@pytest.mark.parametrize("path", [path for path in OUT if path])
@pytest.mark.parametrize(
    ("node_type", "field"),
    [("file-reader", "path"), ("file-reader", "glob"), ("file-writer", "path"),
     ("s3-writer", "object_key"), ("local-filesystem", "file_path")],
)  # fmt: skip
def test_security_forms_refuse_such_a_path_and_so_does_the_run_of_one_that_was_a_template(
    node_type, field, path
):
    more = {"bucket_name": "acme"} if node_type.startswith("s3") else {}
    assert not registry().get(node_type).is_ready({field: path, **more})
    found = done(node_type, MemoryFiles(x="secret"), {"p": path},
                 **{field: "{{ data.p }}", **more})  # fmt: skip
    assert found.error is not None
    assert found.error.type in ("PathRefused", "FormValidationError")


@pytest.mark.parametrize("path", ["a", "a/b.txt", "...", "a..b", "ä/ö", "a b/c", "~/x"])
def test_paths_that_stay_inside(path):
    assert confined(path) == path


@pytest.mark.parametrize(
    ("pattern", "path", "found"),
    [("*.csv", "a.csv", True), ("*.csv", "x/a.csv", False), ("**/*.csv", "a.csv", True),
     ("**/*.csv", "x/y/a.csv", True), ("x/**", "x/y/z", True), ("x/**/z", "x/z", True),
     ("a?.txt", "ab.txt", True), ("[ab].txt", "c.txt", False), ("a", "a", True)],
)  # fmt: skip
def test_patterns(pattern, path, found):
    assert matches(path, pattern) is found
    if found:
        assert path.startswith(fixed_part(pattern))


def test_a_file_is_read_whole_by_lines_in_batches_and_from_its_end():
    files = MemoryFiles(**{"f": "1\n2\n3\n4\n5\n"})
    assert read(files, path="f")["data"] == "1\n2\n3\n4\n5\n"
    assert read(files, path="f", read_mode="lines")["items"] == ["1", "2", "3", "4", "5"]
    batches = read(files, path="f", read_mode="batch", batch_size=2)
    assert batches["items"] == [["1", "2"], ["3", "4"], ["5"]]
    assert (batches["total_batches"], batches["total_lines"]) == (3, 5)
    assert read(files, path="f", read_mode="tail", lines=2)["items"] == ["4", "5"]
    assert read(files, path="f", read_mode="tail", lines=99)["items"] == ["1", "2", "3", "4", "5"]


def test_the_end_of_a_large_file_is_read_alone():
    files = MemoryFiles(log="".join(f"line {number}\n" for number in range(1_000_000)))
    assert read(files, path="log", read_mode="tail", lines=1)["items"] == ["line 999999"]
    assert files.read_bytes < 100_000


def test_lines_of_json_and_one_that_is_none():
    good = MemoryFiles(f='{"a": 1}\n\n[2]\n')
    assert read(good, path="f", read_mode="lines", parse_json_lines=True)["items"] == [
        {"a": 1}, [2],
    ]  # fmt: skip
    bad = done("file-reader", MemoryFiles(f="1\n{x\n"), path="f", read_mode="lines",
               parse_json_lines=True)  # fmt: skip
    assert "line 2 is no JSON" in bad.error.message


def test_many_files_by_a_pattern():
    files = MemoryFiles(**{"r/a.csv": "1", "r/b.csv": "2", "r/c.txt": "3", "r/x/d.csv": "4"})
    found = read(files, glob="r/*.csv")["files"]
    assert [(each["file_path"], each["data"]) for each in found] == [
        ("r/a.csv", "1"), ("r/b.csv", "2"),
    ]  # fmt: skip
    assert read(files, glob="**/*.csv", read_mode="list")["paths"] == [
        "r/a.csv", "r/b.csv", "r/x/d.csv",
    ]  # fmt: skip


def test_what_is_too_large_or_not_there():
    large = done("file-reader", MemoryFiles(f="x" * 100), path="f", max_bytes=99)
    assert large.error.type == "FileTooLarge"
    both = MemoryFiles(**{"a": "x" * 60, "b": "x" * 60})
    assert done("file-reader", both, glob="*", max_bytes=100).error.type == "FileTooLarge"
    assert "no file 'g'" in done("file-reader", MemoryFiles(f=""), path="g").error.message
    many = MemoryFiles(**{f"f{number}": "" for number in range(1_001)})
    assert done("file-reader", many, glob="*").error.type == "TooManyFiles"
    latin = MemoryFiles()
    latin.files["f"] = b"\xe4"
    assert "is no utf-8" in done("file-reader", latin, path="f").error.message
    assert read(latin, path="f", encoding="latin-1")["data"] == "ä"


def test_writing_over_behind_and_beside():
    files = MemoryFiles(f="old")
    done("file-writer", files, path="f", content="new")
    assert files.files["f"] == b"new"
    done("file-writer", files, file_path="f", mode="a", content="more")
    assert files.files["f"] == b"newmore\n"
    files.files["g.txt"] = b"taken"
    for free in ("g_1.txt", "g_2.txt"):
        found = done("file-writer", files, {"n": 1}, path="g.txt", mode="new")
        assert found.result["file_writer"]["file_path"] == free
    assert files.files["g.txt"] == b"taken"


def test_a_try_that_comes_again_adds_nothing_twice():
    files = MemoryFiles(f="")
    for _ in range(2):
        run(graph([node("it", "file-writer", path="f", mode="append", content="line")]),
            engine={"ports": {FILES: files}}, execution_id="x")  # fmt: skip
    assert files.files["f"] == b"line\n"


def test_nothing_to_write_is_the_item_as_json():
    files = MemoryFiles()
    done("file-writer", files, {"n": "é"}, path="f")
    assert files.files["f"].decode() == '{"n": "é"}'


def test_security_a_bucket_that_is_not_the_tenants():
    for node_type in ("s3-reader", "s3-writer"):
        found = done(node_type, bucket_name="other", object_key="x")
        assert found.error.type == "BucketRefused"


def test_without_a_key_the_keys_are_told():
    found = done("s3-reader", MemoryFiles(**{"a": "", "b/c": ""}), bucket_name="acme")
    assert found.result["s3_reader"] == {"paths": ["a", "b/c"]}
