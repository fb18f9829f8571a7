"""Rows of a CSV: what becomes a lead, what is said of the rest, and which files are refused."""

from __future__ import annotations

import contextlib
import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.crm.imports.rows import MAX_ROWS, Problem, Row, UnreadableFileError, read


def leads(text):
    return [row.lead for row in read(text.encode()).rows if isinstance(row, Row)]


def problems(text):
    return [row for row in read(text.encode()).rows if isinstance(row, Problem)]


def test_columns_are_known_by_their_names_in_any_order_and_case():
    [lead] = leads(
        "Status,E-Mail,NAME,Project Budget,company-size,Services,Notes,Value\n"
        'closed WIN,a@b.example, Ann ,100k+,11-50,"Audit | AI",a,75000.50\n'
    )
    assert (lead.name, lead.email, lead.status) == ("Ann", "a@b.example", "Closed win")
    assert (lead.project_budget, lead.company_size) == ("100k+", "11-50")
    assert (lead.services, lead.value) == (["Audit", "AI"], Decimal("75000.50"))


def test_what_is_empty_is_not_said():
    [lead] = leads("name,email,status,value\nAnn,,,\n")
    assert (lead.email, lead.status, lead.value) == (None, "Interest", None)


def test_unknown_columns_are_told_once_and_passed_over():
    table = read(b"name,Fax,Twitter\nA,1,2\nB,3,4\n")
    assert table.unknown_columns == ("Fax", "Twitter")
    assert len(table.rows) == 2


@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("separator", [",", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_separators_line_ends_and_a_mark_at_the_start(start, separator, end):
    text = start + end.join([f"name{separator}phone", f'"A{separator}B"{separator}1', ""])
    assert [(lead.name, lead.phone) for lead in leads(text)] == [(f"A{separator}B", "1")]


def test_a_broken_row_is_named_by_line_and_field_and_the_rest_pass():
    text = (
        "name,value,status,notes\n"
        "Ann,1,,\n"
        ",1,,\n"
        "Bob,a lot,,\n"
        "Cleo,-1,,\n"
        "\n"
        "Dan,1,Nowhere,\n"
        "Eve,1,,,extra\n"
        f"{'F' * 201},,,\n"
        '"Gus\nof two lines",,,\n'
        f"Hal,,,{'n' * 10_001}\n"
        "Ida,NaN,,\n"
    )
    assert [lead.name for lead in leads(text)] == ["Ann", "Gus\nof two lines"]
    found = problems(text)
    assert [(p.line, p.field) for p in found] == [
        (3, "name"), (4, "value"), (5, "value"), (7, "status"), (8, None), (9, "name"),
        (12, "notes"), (13, "value")]  # fmt: skip
    assert "75000.50" in found[1].mend
    assert "Meeting booked" in found[3].mend
    assert found[4].mend.startswith("it has 5 fields, the header 4")


def test_what_is_said_of_a_row_does_not_repeat_it():
    for problem in problems("name,value,email\nsecret,secret,secret\n,,secret\nA,secret,,secret\n"):
        assert "secret" not in problem.mend


def test_rows_are_counted_without_blank_lines_so_that_their_keys_stay():
    numbers = [row.number for row in read(b"name\nA\n\n\nB\n").rows if isinstance(row, Row)]
    assert numbers == [1, 2]


def test_a_quote_that_is_never_closed_is_a_problem_and_no_crash():
    text = 'name,phone\nAnn,1\n"Bob,2\nCleo,3\n'
    assert [lead.name for lead in leads(text)] == ["Ann"]
    assert "quotes" in problems(text)[0].mend


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "names no column `name`; name the columns there: "),
        (b"phone\n1\n", "names no column `name`"),
        (b"name,Name\nA,B\n", "the column name stands twice"),
        ("name\nAnn\nMärz\n".encode("latin-1"), "line 3 is not UTF-8; save the file as UTF-8"),
        (b"\x89PNG\r\n\x1a\n\x00", "not UTF-8"),
        (b"name\n" + b"A\n" * (MAX_ROWS + 1), "more than 2,000 rows; split the file"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(content, said):
    with pytest.raises(UnreadableFileError, match=said):
        read(content)


def test_as_many_rows_as_may_be_are_read():
    assert len(read(b"name\n" + b"A\n" * MAX_ROWS).rows) == MAX_ROWS


cells = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)


@given(st.lists(st.tuples(cells, cells), max_size=20))
def test_what_a_spreadsheet_writes_is_read_again(rows):
    written = io.StringIO()
    csv.writer(written).writerows([("name", "notes"), *rows])
    found = read(written.getvalue().encode()).rows
    names = [row.lead.name for row in found if isinstance(row, Row)]
    assert names == [name.strip() for name, _ in rows if name.strip()]


@given(st.binary(max_size=200))
def test_no_content_is_a_crash(content):
    with contextlib.suppress(UnreadableFileError):
        assert read(b"name,value\n" + content).rows is not None
