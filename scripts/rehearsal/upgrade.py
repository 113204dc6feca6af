"""Another release while forms come in, and the way back: every page is written again, twice.

Tasks of pages are held, given back twice and out of order, and one comes after its time; two
publishers more than AWS would start run beside the one of the queue. `rekap verify` judges the site
afterwards, as after everything else.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from scripts.rehearsal import lines
from scripts.rehearsal.course import Course
from scripts.rehearsal.portal import Portal
from scripts.rehearsal.transcript import Transcript
from scripts.stack import events

OTHER: Final = "f" * 64
_QUIET_S: Final = 3.0
_PATIENCE_S: Final = 240.0
_PUBLISHERS: Final = 2


class Upgrade:
    """One exercise; `course` sends what is sent."""

    def __init__(self, portal: Portal, course: Course, say: Transcript) -> None:
        self._portal = portal
        self._course = course
        self._say = say
        self._sqs = portal.cloud.client("sqs")
        self._lambda = portal.cloud.client("lambda")
        self._queue = portal.stack["RenderQueue"]

    def there_and_back(self, release: str, form: bytes) -> int:
        """Publish with another release, with a form that comes meanwhile; then with its own.

        Return how many runs of Publish refused a log that names the other one.
        """
        self._wake("Render", enabled=False)
        self._deploy(OTHER)
        self._course.name_release(OTHER)
        tasks = self._held()
        self._say.check(len(tasks) > 1, f"{len(tasks)} tasks were sent for the other release")
        self._course.send_form(form)
        sqs = self._portal.cloud.client("sqs", self._role("Publish"))
        for text in [*tasks, *reversed(tasks)]:
            sqs.send_message(QueueUrl=self._queue, MessageBody=text)
        self._wake("Render", enabled=True)
        with ThreadPoolExecutor(_PUBLISHERS) as publishers:
            answers = list(publishers.map(self._publish, range(_PUBLISHERS)))
        self._say.check(answers == [{}] * _PUBLISHERS, f"two publishers more: {answers}")
        self._is_shown(OTHER)
        self._deploy(release)
        self._course.name_release(release)
        self._is_shown(release)
        sqs.send_message(QueueUrl=self._queue, MessageBody=tasks[0])
        fell = self._comes(lambda: self._runs("Render").sums["Foreign"] >= 1)
        self._say.check(fell, "a task of the other release that comes now falls")
        dead = self._sqs.receive_message(QueueUrl=self._portal.stack["RenderDead"])
        self._say.check("Messages" not in dead, "no task lies with the dead letters")
        done = self._runs("Render").outcomes["done"]
        self._say.check(done >= 3 * len(tasks), f"{done} tasks were written")
        return self._runs("Publish").outcomes["corrupt"]

    def _is_shown(self, release: str) -> None:
        """Demand that site.json names the release, and all that was sent."""

        def shows() -> bool:
            return bool(json.loads(self._portal.read("site.json") or b"{}")["release"] == release)

        shown = self._comes(shows) and self._course.are_shown(_PATIENCE_S)
        self._say.check(shown, f"release {release[:8]}…: checkpoint, site {self._portal.sizes()}")

    def _comes(self, true: Callable[[], bool]) -> bool:
        end = time.monotonic() + _PATIENCE_S
        while not (found := true()) and time.monotonic() < end:
            time.sleep(0.5)
        return found

    def _runs(self, function: str) -> lines.Runs:
        return lines.runs(self._portal.cloud, self._portal.stack, function)

    def _wake(self, function: str, *, enabled: bool) -> None:
        """Let its queue wake a function, or not."""
        name = self._portal.stack[function]
        found = self._lambda.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
        for one in found:
            self._lambda.update_event_source_mapping(UUID=one["UUID"], Enabled=enabled)

    def _deploy(self, release: str) -> None:
        """Do what a deployment of other code does to the two that render.

        The emulator kills what runs meanwhile, and a queue in order waits six minutes for it.
        """
        self._wake("Publish", enabled=False)
        while self._is_busy():
            time.sleep(0.5)
        for function in ("Publish", "Render"):
            name = self._portal.stack[function]
            settings = self._lambda.get_function_configuration(FunctionName=name)
            own = {**settings["Environment"]["Variables"], "REKAP_RELEASE": release}
            self._lambda.update_function_configuration(
                FunctionName=name, Environment={"Variables": own}
            )
        self._wake("Publish", enabled=True)

    def _is_busy(self) -> bool:
        """Tell whether a run of Publish or Render has taken messages, and is not done with them."""
        wanted = "ApproximateNumberOfMessagesNotVisible"
        return any(
            self._sqs.get_queue_attributes(
                QueueUrl=self._portal.stack[f"{name}Queue"], AttributeNames=[wanted]
            )["Attributes"][wanted] != "0"
            for name in ("Publish", "Render")
        )  # fmt: skip

    def _role(self, function: str) -> str:
        name = self._portal.stack[function]
        role: str = self._lambda.get_function_configuration(FunctionName=name)["Role"]
        return role

    def _held(self) -> list[str]:
        """Take all tasks from their queue, when no more come."""
        tasks: list[str] = []
        end, quiet = time.monotonic() + _PATIENCE_S, time.monotonic() + _PATIENCE_S
        while time.monotonic() < min(end, quiet):
            answer = self._sqs.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10)
            for message in answer.get("Messages", []):
                tasks.append(message["Body"])
                self._sqs.delete_message(
                    QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"]
                )
                quiet = time.monotonic() + _QUIET_S
            time.sleep(0.2)
        return tasks

    def _publish(self, _: int) -> Any:
        name = self._portal.stack["Publish"]
        event = json.dumps(events.schedule("Minute")).encode()
        answer = self._lambda.invoke(FunctionName=name, Payload=event)
        return json.loads(answer["Payload"].read() or b"null")
