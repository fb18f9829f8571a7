"""What people try against a template engine, and what becomes of it here."""

from __future__ import annotations

import contextlib
import copy
import re

import pytest

from shared.graph.expressions import ExpressionError, check, evaluate, render
from shared.graph.expressions.budget import CHARACTERS, STEPS, Budget

SCOPE = {
    "data": {"text": "x" * 1000, "list": list(range(1000)), "name": "Ada", "n": 9},
    "variables": {},
    "nodes": {},
    "runtime": {},
    "workflowenv": {},
}

ESCAPES = {
    "{{ ''.__class__.__mro__ }}": "is not offered",
    "{{ data.__class__ }}": "is not offered",
    "{{ data['__class__']['__mro__'] }}": None,
    "{{ data|attr('__class__') }}": "there is no filter attr",
    "{{ self.__init__.__globals__ }}": "is not offered",
    "{{ self }}": "the name self is not offered",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}": "is not offered",
    "{{ lipsum }}": None,
    "{{ lipsum() }}": "calls what is no function",
    "{{ joiner() }}": "calls what is no function",
    "{{ namespace(a=1) }}": "calls what is no function",
    "{{ dict(a=1) }}": "calls what is no function",
    "{{ open('/etc/passwd') }}": "calls what is no function",
    "{{ eval('1') }}": "calls what is no function",
    "{{ range.__self__ }}": "is not offered",
    "{{ range }}": "JSON does not have",
    "{{ data.list.append(1) }}": "calls what is no function",
    "{{ data.update({'a': 1}) }}": "calls what is no function",
    "{{ data.pop('name') }}": "calls what is no function",
    "{{ data.list.sort() }}": "calls what is no function",
    "{{ '{0.__class__}'.format(data) }}": "calls what is no function",
    "{{ '%s'|format(data) }}": "there is no filter format",
    "{{ '%c' % 65 }}": "formats no text",
    "{{ data.name.encode() }}": "calls what is no function",
    "{{ data.name.upper.im_func }}": None,
    "{{ data.list|map('attr', '__class__')|list }}": "No filter named 'attr'",
    "{{ data.list|map(attribute='__class__')|list }}": None,
    "{% import 'x' as y %}": "Import is not offered",
    "{% include '/etc/passwd' %}": "Include is not offered",
    "{% extends 'x' %}": "Extends is not offered",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}": "Macro is not offered",
    "{% block b %}{% endblock %}": "Block is not offered",
    "{% set ns.x = 1 %}": "NSRef is not offered",
    "{% filter upper %}x{% endfilter %}": "FilterBlock is not offered",
    "{% set x %}{{ data }}{% endset %}": "AssignBlock is not offered",
    "{% autoescape false %}{% endautoescape %}": "is not offered",
    "{{ _budget }}": "the name _budget is not offered",
    "{{ _budget.spend(-10 ** 9) }}": "is not offered",
    "{{ data.list|_made }}": "there is no filter _made",
    "{{ range(*data.list) }}": "\\* and \\*\\* in a call",
    "{% for x in data.list recursive %}{{ loop(x) }}{% endfor %}": "recursive loops",
    "{% for x in [1] %}{{ loop.__class__ }}{% endfor %}": "is not offered",
    "{% for x in [1] %}{{ loop.cycle(1) }}{% endfor %}": "calls what is no function",
    "{{ {'a': 1}.items }}": None,
    "{{ data._called_get('name') }}": "is not offered",
}

BOMBS = {
    "{{ 'a' * 10**9 }}": "characters",
    "{{ 10**9 * 'a' }}": "characters",
    "{{ [1] * 10**9 }}": r"\* cannot be used",
    "{{ (1,) * 10**9 }}": r"\* cannot be used",
    "{{ 9**(9**9) }}": "1024 bits",
    "{{ 2**-(9**9) }}": "1024 bits",
    "{{ 10**300 * 10**300 * 10**300 }}": "1024 bits",
    "{{ 1e308 * 10 }}": "not a number that JSON has",
    "{{ 'nan'|float }}": "not a number that JSON has",
    "{{ 2.0**(10**9) }}": "",
    "{{ range(10**9) }}": "steps",
    "{{ range(10**9)|list }}": "steps",
    "{% for i in range(10**9) %}{% endfor %}": "steps",
    "{% for i in data.list %}{% for j in data.list %}{% endfor %}{% endfor %}": "steps",
    "{% for i in data.list %}{% for j in data.list %}{{ j }}{% endfor %}{% endfor %}": "steps",
    "{% for i in data.list %}" + "x" * 60_000 + "{% endfor %}": "characters",
    "{% for i in data.list %}{{ data.text * 10 }}{% endfor %}": "characters",
    "{% for i in data.list %}{% if data.list == data.list %}{% endif %}{% endfor %}": "steps",
    "{% for i in data.list %}{{ 5000 in data.list }}{% endfor %}": "steps",
    "{% for i in data.list %}{{ data.list[0:999] }}{% endfor %}": "steps",
    "{% for i in data.list %}{{ data.list|sum }}{% endfor %}": "steps",
    "{% for i in data.list %}{{ data.list|map('string')|join }}{% endfor %}": "steps",
    "{% set a = 'aaaaaaaaaa' %}" + "{% set a = a ~ a %}" * 40 + "{{ a }}": "characters",
    "{% set a = 'aaaaaaaaaa' %}" + "{% set a = a + a %}" * 40: "characters",
    "{% set a = [1] %}" + "{% set a = a + a %}" * 40: "steps",
    "{% set a = [1] %}" + "{% set a = [a, a] %}" * 60 + "{{ a }}": "steps",
    "{% set a = 1 %}" + "{% set a = {'x': a, 'y': a} %}" * 60 + "{{ a == a }}": "steps",
    "{% set a = 'ab' %}" + "{% set a = a.replace('a', a) %}" * 60: "characters",
    "{% set a = 'ab' %}" + "{% set a = a|replace('b', a ~ a) %}" * 60: "characters",
    "{{ 'a'|center(10**9) }}": "characters",
    "{{ 'a\n' * 1000|int }}{{ ('a\n' * 1000)|indent(10**7) }}": "characters",
    "{{ data.list|join('x' * 10000) }}": "characters",
    "{{ ('x' * 10000).join(['a'] + data.list|map('string')|list) }}": "characters",
    "{{ ''.ljust(10**9) }}": "calls what is no function",
    "{{ '1'.zfill(10**9) }}": "calls what is no function",
    "{{ '\t'.expandtabs(10**9) }}": "calls what is no function",
    "{{ '%1000000000d' % 1 }}": "formats no text",
    "{{ 'x'|wordwrap(1) }}": "there is no filter wordwrap",
    "{{ [1]|batch(10**9, 0)|list }}": "there is no filter batch",
    "{{ [1]|slice(10**9)|list }}": "there is no filter slice",
    "{{ 5|round(-10**9) }}": "digits",
    "{{ round(5, -10**9) }}": "digits",
    "{{ ('9' * 5000)|int + 1 }}": None,
    "{{ int('9' * 5000) }}": "",
    "{{ [[1]] | sum }}": "numbers only",
    "{{ sorted(range(99999)) }}": "steps",
    "{{ " + "(" * 30_000 + " }}": "does not parse",
    "{{ " + "not " * 15_000 + "1 }}": "does not parse",
    "{{ " + "-" * 30_000 + "1 }}": "does not parse",
    "{{ data" + ".a" * 20_000 + " }}": "nests deeper",
    "{{ 1" + " + 1" * 10_000 + " }}": "nests deeper",
    "{{ " + "[" * 200 + "]" * 200 + " }}": "nests deeper|does not parse",
    "{% if 1 %}" * 100 + "{% endif %}" * 100: "nests deeper",
    "{{ data.name }}" + "x" * 70_000: "characters",
    "{{ 'a' if " * 300 + "1" + " }}": "",
}


def tried(text):
    try:
        return render(text, SCOPE)
    except ExpressionError as error:
        return error


@pytest.mark.parametrize("text", ESCAPES | BOMBS, ids=lambda text: text[:60])
def test_security_an_escape_or_a_bomb_ends_in_a_typed_error_or_in_nothing(text):
    before = copy.deepcopy(SCOPE)
    found, wanted = tried(text), (ESCAPES | BOMBS)[text]
    if wanted is None:
        assert found in (None, 1, [None] * 1000)  # nothing, or the filter's own default
    else:
        assert isinstance(found, ExpressionError), found
        assert re.search(wanted, str(found)), found
        assert found.fix
    assert before == SCOPE


@pytest.mark.parametrize("text", ESCAPES | BOMBS, ids=lambda text: text[:60])
def test_a_condition_can_do_no_more(text):
    try:
        evaluate(text.removeprefix("{{").removesuffix("}}"), SCOPE)
    except ExpressionError:
        return
    assert (ESCAPES | BOMBS)[text] in (None, ""), text


def test_security_nothing_is_spent_beyond_the_budget():
    for text in BOMBS:
        budget = Budget()
        with contextlib.suppress(ExpressionError):
            render(text, SCOPE, budget=budget)
        made = CHARACTERS - budget.characters
        assert made <= CHARACTERS or budget.characters < 0
        assert STEPS - budget.steps <= STEPS or budget.steps < 0


def test_checking_runs_nothing():
    check("{% for i in range(10**9) %}{{ 'a' * 10**9 }}{% endfor %}")
