"""A whole portal in memory, small enough to be copied at every write, and its functions.

`State` is all that outlives a process: records, order, objects, register, what a witness signed,
and the tasks of pages that wait for renderers. `Run` lets one function work on it, counts its calls
of every port, and fails where it is told. Kinds of faults:

    BEFORE          the call fails and has done nothing
    AFTER           the call has done its work, then fails: a lost answer
    CONFLICT        a conditional write finds that somebody was faster; a witness answers 409
    LATE_CONFLICT   it is done, and a retry below us meets its own effect; a witness's line is lost
    TIMEOUT         the call fails; its work is done later, while others are at work (`Run.late`)
    a function      is called before the call: another process running meanwhile

Calls are told apart by their site: the port, the method, and the function that called it.
"""

from __future__ import annotations

import functools
import hashlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from types import SimpleNamespace
from typing import Any

from tests.fakes import (
    AFTER,
    BEFORE,
    CONFLICT,
    LATE_CONFLICT,
    FakeObjects,
    FakeOrder,
    FakeRecords,
    FakeRegister,
    Fault,
)
from tests.faults import watch
from tests.faults.election import (
    LOG_KEY,
    ORIGIN,
    POLICY,
    RELEASE,
    WITNESS_NAME,
    WITNESS_TIME,
    signer,
)
from tests.witness import Witness

from rekap.core.errors import Conflict
from rekap.core.log.ports import Stored
from rekap.core.log.witness import SIZE_TYPE, Reply
from rekap.core.pages.data.bulk import Known, unknown
from rekap.core.pages.site import Site
from rekap.portal.intake import accept
from rekap.portal.publishing import run as publisher
from rekap.portal.publishing.budget import endless
from rekap.portal.publishing.rendering import Renderer
from rekap.portal.publishing.tasks import Task
from rekap.portal.sequencing import sequencer
from rekap.portal.sequencing.clock import Clock

TIMEOUT = "timeout"
WRITES = frozenset(
    {"add", "keep", "mark", "append", "swap_tree", "put_new", "put_if", "apply", "replace", "hold"}
    | {"send", "take"}
)
CONDITIONAL = WRITES - {"keep", "mark", "send", "take"}
DURABLE = ("records", "order", "objects", "register", "witness", "tasks")

_tag = functools.lru_cache(maxsize=4_096)(lambda data: hashlib.sha256(data).hexdigest())


class Records(FakeRecords):
    def copy(self) -> Records:
        twin = Records()
        twin.records, twin.ids, twin.marks = dict(self.records), dict(self.ids), set(self.marks)
        twin.holdings = dict(self.holdings)
        return twin

    def print(self) -> Any:
        places = frozenset((r.leaf, r.index, r.received_at) for r in self.records.values())
        ids = frozenset((id, item.leaves, item.keyids) for id, item in self.ids.items())
        return places, ids, frozenset(self.marks), frozenset(self.holdings.values())


class Order(FakeOrder):
    def copy(self) -> Order:
        twin = Order()
        twin._head, twin._tree, twin._batches = self._head, self._tree, dict(self._batches)
        return twin

    def print(self) -> Any:
        tree = self._tree and (self._tree.size, self._tree.root, self._tree.checkpoint)
        return self._head, tree, frozenset(self._batches.items())

    def leaves(self) -> tuple[str, ...]:
        """Every leaf that has its place, in order."""
        found: list[str] = []
        while len(found) < self._head.next:
            found += self._batches[len(found)]
        return tuple(found)


class Objects(FakeObjects):
    """Keeps no history: what is written is judged at once."""

    def copy(self) -> Objects:
        twin = Objects()
        twin.objects = dict(self.objects)
        return twin

    def print(self) -> Any:
        return frozenset(self.objects.items())

    def get(self, path: str) -> Stored | None:
        data = self.objects.get(path)
        return None if data is None else Stored(data, _tag(data))

    def _write(self, path: str, data: bytes) -> None:
        self.objects[path] = data


class Register(FakeRegister):
    def copy(self) -> Register:
        twin = Register()
        twin._maps, twin._tree, twin._size = dict(self._maps), self._tree, self._size
        return twin

    def print(self) -> Any:
        return self._tree, self._size, len(self._maps)


class OneWitness(Witness):
    def copy(self) -> OneWitness:
        return OneWitness(self.name, self.signer, self.log_key, self.size, self.root)

    def print(self) -> Any:
        return self.size, self.root

    def ask(self, questions: Mapping[str, bytes]) -> Mapping[str, Reply]:
        self.now = WITNESS_TIME - 1  # one line per tree: equal states have equal bytes
        return {name: self.add_checkpoint(body) for name, body in questions.items()}


class Tasks:
    """A standard queue: what was sent waits until whoever took it says that it is done."""

    def __init__(self, waiting: tuple[bytes, ...] = ()) -> None:
        self.waiting = waiting

    def copy(self) -> Tasks:
        return Tasks(self.waiting)

    def print(self) -> Any:
        return self.waiting

    def send(self, tasks: Sequence[Task]) -> None:
        self.waiting += tuple(task.encode() for task in tasks)

    def take(self, text: bytes) -> None:
        at = self.waiting.index(text)
        self.waiting = self.waiting[:at] + self.waiting[at + 1 :]


@dataclass
class State:
    """What outlives every process."""

    records: Records = field(default_factory=Records)
    order: Order = field(default_factory=Order)
    objects: Objects = field(default_factory=Objects)
    register: Register = field(default_factory=Register)
    witness: OneWitness = field(
        default_factory=lambda: OneWitness(WITNESS_NAME, signer("witness"), LOG_KEY)
    )
    tasks: Tasks = field(default_factory=Tasks)

    def copy(self) -> State:
        return State(*(getattr(self, name).copy() for name in DURABLE))

    def with_copy(self, of: State, name: str) -> State:
        """This state with component `name` as it is now in `of`; the others are shared."""
        parts = {one: getattr(self, one) for one in DURABLE}
        return State(**(parts | {name: getattr(of, name).copy()}))

    def print(self) -> int:
        """A number that is equal for equal states; only of states that nobody changes any more."""
        return hash(tuple(_print(getattr(self, name)) for name in DURABLE))


def _print(part: Any) -> int:
    if not hasattr(part, "printed"):
        part.printed = hash(part.print())
    found: int = part.printed
    return found


@dataclass(frozen=True, slots=True)
class Call:
    port: str
    method: str
    site: str
    arguments: tuple[Any, ...]
    done: bool
    """Whether it changed what outlives the process."""


class Port:
    """One port of a run: every call goes through the run."""

    def __init__(self, run: Run, name: str, port: Any) -> None:
        self._run, self._name, self._port = run, name, port

    def __getattr__(self, method: str) -> Any:
        effect = getattr(self._port, method)
        if not callable(effect):
            return effect
        return functools.partial(self._run.call, self._name, method, effect)


class Run:
    """One run of a function. `keep`: `states` holds the state before each call that came."""

    def __init__(
        self, state: State, faults: Mapping[int, Any] | None = None, *, keep: bool = False
    ) -> None:
        self.state = state
        self.faults: Mapping[int, Any] = {} if faults is None else faults
        self.calls: list[Call] = []
        self.states = [state.copy()] if keep else []
        self.late: Call | None = None

    def port(self, name: str, port: Any = None) -> Any:
        return Port(self, name, getattr(self.state, name) if port is None else port)

    def call(self, port: str, method: str, effect: Callable[..., Any], *arguments: Any) -> Any:
        at = len(self.calls)
        kind = self.faults.get(at)
        call = Call(port, method, _caller(), arguments, done=False)
        self.calls.append(call)
        if self.states:
            self.states.append(self.states[-1])
        if callable(kind):
            kind()
        if kind == TIMEOUT and method in WRITES:
            self.late = call
        if kind in (BEFORE, TIMEOUT) and not (kind == TIMEOUT and method == "ask"):
            raise Fault(f"{kind} {port}.{method}")
        if kind == CONFLICT and method in CONDITIONAL:
            raise Conflict(f"injected at {port}.{method}")
        if method == "ask":
            return self._ask(at, kind, effect, *arguments)
        result = self._do(at, effect, *arguments)
        if kind == AFTER:
            raise Fault(f"after {port}.{method}")
        if kind == LATE_CONFLICT and method in CONDITIONAL:
            raise Conflict(f"injected after {port}.{method}")
        return result

    def _do(self, at: int, effect: Callable[..., Any], *arguments: Any) -> Any:
        call = self.calls[at]
        if call.method not in WRITES and call.method != "ask":
            result = effect(*arguments)
            if call.port == "signer":
                watch.signed(self.state, arguments[0])
            return result
        before = watch.before(self.state, call)
        result = effect(*arguments)
        watch.written(self.state, call, before)
        self.calls[at] = Call(call.port, call.method, call.site, arguments, done=True)
        if self.states:
            self.states[-1] = self.states[-1].with_copy(self.state, call.port)
        return result

    def _ask(self, at: int, kind: Any, effect: Any, questions: Any) -> Any:
        refused = {name: Reply(409, SIZE_TYPE, b"0\n") for name in questions}
        if kind in (CONFLICT, TIMEOUT):
            return refused if kind == CONFLICT else {}
        answers = self._do(at, effect, questions)
        if kind == AFTER:
            raise Fault("after witness.ask")
        return {} if kind == LATE_CONFLICT else answers

    def before(self, at: int) -> State:
        return self.states[at]

    def after(self, at: int) -> State:
        return self.states[at + 1]


def _caller() -> str:
    """The function that called the port: the first frame above this module and `functools`."""
    code = sys._getframe(2).f_code
    return f"{code.co_filename.rpartition('functions/')[2]}:{code.co_qualname}"


def land(state: State, call: Call) -> None:
    """Do now what a call that timed out still does; its condition may not hold any more."""
    before = watch.before(state, call)
    try:
        getattr(getattr(state, call.port), call.method)(*call.arguments)
    except Conflict:
        return
    watch.written(state, call, before)


# ---------------------------------------------------------------- the functions


@dataclass(frozen=True, slots=True)
class Step:
    """One call of a function: `submit` of a body, `sequence`, or `publish`; `now` in seconds.

    `send` is a `publish` that has renderers; `render` writes the task that waits longest, with the
    body `last` the newest one, with `cut` one page of it; `lose` is no function: a task is lost.
    """

    function: str
    body: bytes = b""
    now: int = 0


@dataclass(frozen=True, slots=True)
class Caps:
    """How much one run of the sequencer takes."""

    batch: int = 2
    max_batches: int = 4


SMALL = Caps()


def perform(step: Step, run: Run, caps: Caps = SMALL) -> Any:
    """Do a step as a new process would: nothing is remembered but what `run.state` holds."""
    if step.function == "submit":
        return _submit(step, run)
    if step.function in ("publish", "send"):
        return _publish(step, run)
    if step.function in ("render", "lose"):
        return _render(step, run)
    return _sequence(run, caps, step.now)


def _submit(step: Step, run: Run) -> Any:
    guard = SimpleNamespace(reason=lambda: None)
    desk = accept.Desk(
        ORIGIN, run.port("records"), run.port("register"), _Signer(run, "receipt"),
        lambda: step.now, run.port("guard", guard),
    )  # fmt: skip
    done = accept.accept(step.body, desk)
    watch.acknowledged(run.state, step.body, done)
    if isinstance(done, accept.Accepted) and done.index is None:
        run.port("bell", _BELL).ring("sequence")
    return done


def _sequence(run: Run, caps: Caps, now: int) -> Any:
    """Without a time of its own the step says none."""
    names, own = ("records", "order", "objects"), _Signer(run, "signer")
    ports = sequencer.Ports(
        *map(run.port, names), run.port("bell", _BELL), run.port("witness"),
        clock=Clock(ORIGIN, own, lambda: now) if now else None,
    )  # fmt: skip
    settings = sequencer.Settings(ORIGIN, caps.batch, caps.max_batches, POLICY)
    return sequencer.run(ports, own, settings)


def _publish(step: Step, run: Run) -> Any:
    if "log/checkpoint" not in run.state.objects.objects:
        return None
    own = publisher.Publisher(
        run.port("objects"), run.port("register"), log_key=LOG_KEY, release=RELEASE,
        renderers=run.port("tasks") if step.function == "send" else None,
    )  # fmt: skip
    return own.run(step.now)


def _render(step: Step, run: Run) -> None:
    """Do a task as the handler does, and have the queue forget it when it is done."""
    if not run.state.tasks.waiting:
        return
    text, tasks = run.state.tasks.waiting[-1 if step.body == b"last" else 0], run.port("tasks")
    if step.function == "render":
        renderer = Renderer(run.port("objects"), release=RELEASE)
        left = (lambda: 0.0) if step.body == b"cut" else endless
        rest = renderer.render(Task.parse(text), left)
        if rest is not None:
            tasks.send([rest])
    tasks.take(text)


class _Signer:
    """A signer whose every use is a call of the run; keys are those of the test election."""

    def __init__(self, run: Run, name: str) -> None:
        own = signer("log" if name == "signer" else name)
        self.alg, self.public, self.keyid = own.alg, own.public, own.keyid
        self.sign = functools.partial(run.call, name, "sign", _sign(name))


@functools.cache
def _sign(name: str) -> Callable[[bytes], bytes]:
    return functools.cache(signer("log" if name == "signer" else name).sign)


class _Bell:
    def ring(self, queue: str) -> None:
        """Nobody depends on it."""


_BELL = _Bell()


class RenderedOnce(Site):
    """The real site; what it makes is made once for each log that it is a function of."""

    known: dict[tuple[bytes, str], dict[str, bytes]] = {}

    def files(self, address: str) -> dict[str, bytes]:
        return self._once(address, lambda: super(RenderedOnce, self).files(address))

    def bulk(self, known: Known = unknown) -> Iterator[tuple[str, bytes]]:
        """The same files and questions in the same order; another answer is followed for real."""
        asked: dict[str, bytes | None] = {}
        whole = self._once("bulk", lambda: dict(super(RenderedOnce, self).bulk()))
        for count, (path, data) in enumerate(whole.items()):
            if path.endswith(".csv") and not path.endswith("/codebook.csv"):
                asked[path] = known(path)
                if asked[path] not in (None, data):
                    told = lambda one: asked[one] if one in asked else known(one)  # noqa: E731
                    yield from islice(super().bulk(told), count, None)
                    return
            yield path, data

    def _once(self, name: str, make: Callable[[], dict[str, bytes]]) -> dict[str, bytes]:
        key = (self._ctx.state.root(), name)
        if key not in self.known:
            self.known[key] = make()
        return self.known[key]
