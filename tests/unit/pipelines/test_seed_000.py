"""Seed 000's document: its code, unchanged but for imports, and what its system did wrong."""

from __future__ import annotations

import threading
from dataclasses import replace

import httpx
import pytest

from functions.pipeline_nodes.lead.facts import LeadFacts
from functions.pipeline_nodes.lead.pipeline import pipeline as lead
from shared.events.catalog.registry import UnknownEventTypeError
from shared.pipelines import api, dispatcher
from shared.pipelines.api import (
    AmbiguousEventError,
    Context,
    Dispatcher,
    EventDispatcher,
    PipelineDefinitionError,
    PipelineNotFoundError,
    Policy,
    Registry,
    create_pipeline,
    create_program,
    node,
    process_event_task,
    router,
)
from shared.pipelines.definition import create_pipeline as shape
from shared.pipelines.mapping import mappings
from shared.pipelines.programs import Program, load_node
from shared.pipelines.tasks import HttpPlatform, NotQueuedError, ProcessEventTask


class MemoryPlatform:
    """The platform, as far as a task sees it."""

    def __init__(self):
        self.events = []

    def queue(self, event_type, data):
        self.events.append((event_type, dict(data)))
        return f"task-{len(self.events)}"

    def status(self, task_id):
        return {"task_id": task_id, "status": "PENDING"}


@pytest.fixture
def platform():
    found = MemoryPlatform()
    process_event_task.use(found)
    yield found
    process_event_task.use(None)


@pytest.fixture(autouse=True)
def own_registry():
    dispatcher.registry.cache_clear()
    yield
    dispatcher.registry.cache_clear()


# The code of the document.

# fmt: off
EVENT_PIPELINE_MAPPINGS = {
    'business_lead_created': 'lead_pipeline',
    'user_created': 'user_pipeline',
    # ...
}
# fmt: on


class MyModel:
    """A model of the application that the document is about."""

    id = 7


def receiver(signal, sender):
    return lambda function: function


post_save = "post_save"


def test_the_mapping_of_the_document_holds():
    assert EVENT_PIPELINE_MAPPINGS.items() <= api.EVENT_PIPELINE_MAPPINGS.items()
    Dispatcher(Registry.of_folders(), EVENT_PIPELINE_MAPPINGS)


def test_every_mapping_of_the_seeds_system():
    ours = api.EVENT_PIPELINE_MAPPINGS
    seeds = {
        "business_lead_created": "lead_pipeline",
        "business_lead_updated": "lead_pipeline",
        "process_lead": "lead_pipeline",
        "user_created": "user_pipeline",
        "example_event": "example_pipeline",
    }
    assert {name: ours[name] for name in seeds} == seeds
    assert ours["lead.created"] == "lead_pipeline"
    assert len(ours) == len(list(ours))
    with pytest.raises(TypeError):
        ours["x"] = "y"


def test_the_calls_of_the_document(platform):
    @node
    def greet(data, context):
        return {**data, "greeting": f"Hello {data['name']}"}

    create_pipeline("my_pipeline", greet, starts_on=("my_event_type",))
    data = {"name": "Ann"}

    # fmt: off
    # Process synchronously
    result = EventDispatcher.dispatch('my_event_type', data)

    # Process asynchronously
    process_event_task.delay('my_event_type', data)
    # fmt: on
    assert result == {
        "name": "Ann",
        "greeting": "Hello Ann",
        "event_metadata": {"event_type": "my_event_type"},
    }  # fmt: skip
    assert platform.events == [("my_event_type", {"name": "Ann"})]


def test_the_signal_of_the_document(platform):
    # fmt: off
    @receiver(post_save, sender=MyModel)
    def model_saved(sender, instance, created, **kwargs):
        event_type = 'model_created' if created else 'model_updated'
        data = {...}  # Prepare data
        data = {"id": instance.id}  # what the document leaves to its reader
        process_event_task.delay(event_type, data)
    # fmt: on

    model_saved(MyModel, MyModel(), created=True)
    model_saved(MyModel, MyModel(), created=False)
    assert platform.events == [("model_created", {"id": 7}), ("model_updated", {"id": 7})]


def test_a_task_has_an_id_whose_status_can_be_asked(platform):
    task = process_event_task.delay("my_event_type")
    assert (str(task), task.status()["status"]) == ("task-1", "PENDING")


def _answering(answer):
    return ProcessEventTask(HttpPlatform("http://there", "mr_key", httpx.MockTransport(answer)))


def test_a_task_goes_through_the_api_with_its_key():
    asked = []

    def answer(request):
        asked.append((request.method, request.url.path, request.headers["authorization"]))
        return httpx.Response(202, json={"task_id": "t1", "status": "SUCCESS"})

    assert _answering(answer).delay("process_lead", {"name": "Ann"}).status()["status"] == "SUCCESS"
    assert asked == [
        ("POST", "/events/queue/", "Api-Key mr_key"),
        ("GET", "/events/tasks/t1/", "Api-Key mr_key"),
    ]


def test_a_platform_that_is_away_or_refuses_says_so():
    def away(request):
        raise httpx.ConnectError("no")

    with pytest.raises(NotQueuedError, match="http://there does not answer as Millrace"):
        _answering(away).delay("process_lead")
    with pytest.raises(NotQueuedError, match=r"name is missing \(HTTP 400\)"):
        _answering(lambda _: httpx.Response(400, json={"detail": "name is missing"})).delay("x")


# Nodes.


@node
def first(data, context):
    return {**data, "first": True}


@node("second")
def named_otherwise(data, context):
    return {**data, "second": True}


@node()
def keeps(data, context):
    return None


@node
def fails(data, context):
    raise ValueError("no")


@router
def by_way(data, context):
    return data.get("way")


@node
def old_router(data, context):
    """A router as the seed writes it: its decision stands in the data."""
    if "old_way" in data:
        data["route"] = data["old_way"]
    return data


def _ran(program, **data):
    return [entry["node"] for entry in program.run(data)["trace"]]


def test_the_decorator_with_and_without_a_name_and_a_plain_function():
    def plain(data, context):
        return {**data, "plain": True}

    class Processor:
        name = "processor"

        def process(self, data, context):
            return {**data, "processed": context.node}

    made = create_program("p", first, named_otherwise, plain, Processor(), keeps)
    assert _ran(made) == ["first", "second", "plain", "processor", "keeps"]
    assert made.process({}) == {
        "first": True, "second": True, "plain": True, "processed": "processor",
    }  # fmt: skip


def test_add_chains_and_the_registry_knows_what_was_added():
    made = create_pipeline("p", first).add(by_way, {"x": [named_otherwise]}).add(keeps)
    assert dispatcher.registry().get("p") is made
    assert _ran(made, way="x") == ["first", "by_way", "second", "keeps"]
    assert _ran(made) == ["first", "by_way", "keeps"]


def test_an_unknown_pipeline_and_an_unknown_event():
    with pytest.raises(PipelineNotFoundError, match="Pipeline 'nope' not found"):
        EventDispatcher.dispatch("process_lead", {}, pipeline="nope")
    with pytest.raises(UnknownEventTypeError, match="Unsupported event type: nope"):
        EventDispatcher.dispatch("nope", {})


def test_data_that_is_missing_is_empty():
    create_pipeline("p", first, starts_on=("e",))
    assert EventDispatcher.dispatch("e")["first"] is True


def test_an_event_of_two_pipelines_asks_for_the_one_that_is_meant():
    for name, step in (("p", first), ("q", named_otherwise)):
        create_pipeline(name, step, starts_on=("e",))
    with pytest.raises(AmbiguousEventError, match="e starts p and q"):
        EventDispatcher.dispatch("e")
    assert "first" not in EventDispatcher.dispatch("e", pipeline="q")


# Defects of the seed's system, each absent.


def test_a_failure_in_a_branch_is_its_own_and_not_the_routers():
    made = create_program("p", by_way, keeps, routers={by_way: {"x": [first, fails]}})
    data = made.process({"way": "x"})
    assert (data["failed_node"], data["status"]) == ("fails", "failed")
    assert data["error"] == "ValueError: no"
    assert (data["way"], data["first"]) == ("x", True)  # what stood before it failed is kept


@pytest.mark.parametrize("answer", [[1], "text", 7])
def test_a_node_that_returns_no_dict_is_an_error_that_names_it(answer):
    made = create_program("p", first, node("odd")(lambda data, context: answer), keeps)
    data = made.process({})
    assert data["failed_node"] == "odd"
    assert data["error"].startswith("NodeResultError: odd answered with a ")
    assert data["first"] is True


def test_a_router_named_twice_runs_once():
    made = create_program("p", first, by_way, routers={by_way: {"x": [keeps]}})
    assert _ran(made, way="x") == ["first", "by_way", "keeps"]
    assert lead.nodes.count("decide") == 1


def test_a_router_stands_before_a_plain_node():
    made = create_program("p", by_way, keeps, routers={by_way: {"x": [first]}})
    assert _ran(made, way="x") == ["by_way", "first", "keeps"]


def test_a_router_given_by_keyword_alone_goes_last():
    made = create_program("p", first, routers={by_way: {"x": [keeps]}})
    assert _ran(made, way="x") == ["first", "by_way", "keeps"]


def test_a_decision_is_its_routers_own():
    later = router("later")(lambda data, context: None)
    made = create_program(
        "p", by_way, later, routers={by_way: {"x": [first]}, later: {"x": [named_otherwise]}}
    )
    assert _ran(made, way="x") == ["by_way", "first", "later"]


def test_a_decision_in_the_data_is_taken_out_of_it():
    twice = node("twice")(lambda data, context: data)
    made = create_program(
        "p", old_router, twice,
        routers={old_router: {"x": [first]}, twice: {"x": [named_otherwise]}},
    )  # fmt: skip
    item = made.run({"old_way": "x"})
    assert [e["node"] for e in item["trace"]] == ["old_router", "first", "twice"]
    assert item["data"] == {"old_way": "x", "first": True}


def test_a_route_that_the_data_brought_along_decides_nothing_and_stays():
    made = create_program("p", old_router, keeps, routers={old_router: {"x": [first]}})
    assert _ran(made, route="x") == ["old_router", "keeps"]
    assert made.process({"route": "x"}) == {"route": "x"}


def test_an_unknown_route_goes_on():
    made = create_program("p", by_way, keeps, routers={by_way: {"x": [first]}})
    assert _ran(made, way="nope") == ["by_way", "keeps"]


def test_routers_in_branches_and_what_follows_them():
    inner = router("inner")(lambda data, context: data.get("inner"))
    made = create_program(
        "p", by_way, keeps,
        routers={by_way: {"x": [first, inner, named_otherwise], "y": []}, inner: {"z": [fails]}},
    )  # fmt: skip
    assert _ran(made, way="x") == ["by_way", "first", "inner", "second", "keeps"]
    assert _ran(made, way="y") == ["by_way", "keeps"]
    item = made.run({"way": "x", "inner": "z"})
    assert item["data"]["failed_node"] == "fails"


def test_two_pipelines_of_one_name_are_refused():
    create_pipeline("p", first)
    with pytest.raises(PipelineDefinitionError, match="p: a pipeline of this name is registered"):
        create_pipeline("p", keeps)


def test_a_mapping_to_an_unregistered_pipeline_is_an_error_at_the_start():
    with pytest.raises(PipelineDefinitionError, match="'e' to 'gone'"):
        Dispatcher(Registry(), {"e": "gone"})


def test_a_folder_that_starts_on_what_nobody_can_publish():
    made = replace(shape("p", "n", starts_on=("lead.creatd",)), folder="p")
    with pytest.raises(PipelineDefinitionError, match=r"p: Unsupported event type: lead\.creatd"):
        mappings([made])


def test_the_loader_names_files_that_cannot_be_imported():
    with pytest.raises(
        PipelineDefinitionError, match=r"pipeline_nodes/nowhere/n\.py: cannot be imported"
    ):
        load_node(replace(shape("p", "n"), folder="nowhere"), "n")


def test_a_node_where_a_router_is_asked_for_is_named():
    made = replace(shape("p", "analyze", routers={"analyze": {"x": ()}}), folder="lead")
    with pytest.raises(PipelineDefinitionError, match="analyze is a node in a wrong place"):
        load_node(made, "analyze")


def test_every_node_of_every_folder_can_be_imported_and_stands_in_its_place():
    for made in Registry.of_folders().shapes():
        for name in made.all_nodes():
            found = load_node(made, name)
            assert set(found.ports) == set(made.needs.get(name, ())), f"{made.folder}/{name}"


def test_two_nodes_of_one_name_in_a_pipeline_are_refused():
    with pytest.raises(PipelineDefinitionError, match="two nodes are named first"):
        create_program("p", first, node("first")(lambda data, context: None))


def test_the_same_event_gives_the_same_result():
    """Priority, sentiment and values were random."""
    said = {"name": "Ann", "value": 60_000, "services": ["AI"]}
    context = Context("t", "p", "e", "x", "n", None, None, "2026-01-01T00:00:00Z")
    judged = [load_node(_folder("lead_pipeline"), "analyze").function for _ in range(2)]
    one, two = (judge(LeadFacts.model_validate(said), context) for judge in judged)
    assert one == two


def _folder(name):
    return next(s for s in Registry.of_folders().shapes() if s.name == name)


# Retry and time-out of one node.


def test_a_node_is_tried_again_as_its_policy_says():
    tries = []

    @node
    def flaky(data, context):
        tries.append(1)
        if len(tries) < 3:
            raise ConnectionError("not now")
        return {**data, "tries": len(tries)}

    pauses = []
    policy = Policy(attempts=3, errors=("ConnectionError",))
    item = create_program("p", flaky, policies={"flaky": policy}).run({}, sleep=pauses.append)
    assert item["data"] == {"tries": 3}
    assert item["trace"][0]["attempt"] == 3
    assert len(pauses) == 2


def test_another_error_than_its_policy_names_is_final():
    made = create_program("p", fails, policies={"fails": Policy(attempts=3, errors=("KeyError",))})
    item = made.run({}, sleep=lambda seconds: pytest.fail("tried again"))
    assert item["trace"][0] | {"ms": 0} == {
        "node": "fails", "status": "failed", "ms": 0, "attempt": 1, "error_type": "ValueError",
    }  # fmt: skip


def test_a_node_that_hangs_is_left_behind_and_tried_again():
    never = threading.Event()

    @node
    def hangs(data, context):
        never.wait(30)

    policy = Policy(attempts=2, errors=("Timeout",), timeout=1)
    pauses = []
    made = create_program("p", hangs, keeps, policies={"hangs": policy})
    data = made.process({}, sleep=pauses.append)
    never.set()
    assert (data["failed_node"], len(pauses)) == ("hangs", 1)
    assert data["error"] == "NodeTimeoutError: hangs took longer than 1 s"


def test_a_registry_of_ones_own():
    own = Registry([create_program("p", first, starts_on=("e",))])
    assert Dispatcher(own, {"f": "p"}).mappings() == {"e": "p", "f": "p"}
    assert Dispatcher(own, {"f": "p"}).dispatch("f", {})["first"] is True
    assert isinstance(own.get("p"), Program)
