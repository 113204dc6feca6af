"""Forms that this machine's own queue holds of a place, asked about before another one is made.

The kit may be of last hour; the queue knows what was signed here since.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping, Sequence
from typing import Any

from rekap.audit.commands.speech import Say
from rekap.desk.officials.forms.preview import Head
from rekap.desk.officials.forms.slot import Slot
from rekap.desk.officials.item import Item
from rekap.desk.officials.outbox import beside
from rekap.desk.officials.outbox.queue import ENVELOPE, Queue
from rekap.desk.officials.talk import REFUSED, Fault, Talk
from rekap.desk.texts import both


def ask_before_another(place: Slot, options: Namespace, talk: Talk) -> None:
    """Ask whether a first form is meant where the queue holds one; raises Fault if it is not."""
    queue = Queue(options.queue)
    found = [] if options.insist else beside.newest(queue, place.key)
    if not found:
        return
    _tell(found, queue, talk)
    talk.tell(*both("sent.a_second_form_will_be_shown"))
    talk.command(*_correct(place, found[-1], queue, talk.say))
    answer = talk.ask(*both("sent.make_a_new_form_all_the"))
    if answer.lower() not in ("baru", "new"):
        raise Fault(*both("sent.nothing_was_made"), REFUSED)


def newer_than_kit(place: Slot, head: Head | None, options: Namespace, talk: Talk) -> Head | None:
    """Return the form of the queue that is to be corrected: the kit does not know it, and a person
    says so. `head` is the kit's. Raises Fault if the queue holds several.
    """
    queue = Queue(options.queue)
    reached = head[1]["revision"] if head else 0
    found = [] if options.insist else beside.newest(queue, place.key)
    found = [one for one in found if _revision(one.fields) > reached]
    if not found:
        return None
    _tell(found, queue, talk)
    if len(found) > 1:
        raise Fault(*both("sent.name_the_one_to_be_changed"), REFUSED)
    answer = talk.ask(*both("sent.the_kit_does_not_know_it"))
    one = found[0]
    return (one.id, dict(one.fields)) if answer.lower() in ("ya", "yes") else None


def lines(id: str, fields: Mapping[str, Any], queue: Queue, say: Say) -> list[str]:
    """Return what an officer must see before he signs a form beside one of the queue."""
    other = beside.in_queue(queue, id, fields)
    if other is None:
        return []
    difference = beside.difference(other.fields, fields, say)
    told = say(*both("sent.note_this_queue_holds_another_form"))
    return ["", *beside.paragraph(told), *difference]


def _revision(fields: Mapping[str, Any]) -> int:
    revision = fields.get("revision")
    return revision if type(revision) is int else 0


def _tell(found: Sequence[Item], queue: Queue, talk: Talk) -> None:
    for one in found:
        sent = queue.receipt(one.leaf) is not None or queue.proof(one.leaf) is not None
        state = ("sudah terkirim", "sent") if sent else both("sent.not_sent_yet")
        at = talk.say.number(_revision(one.fields))
        path = queue.folder / f"{one.leaf}{ENVELOPE}"
        talk.tell(
            *both("sent.the_queue_holds_a_form_of", at=at, state=(state[0], state[1]), path=path)
        )


def _correct(place: Slot, one: Item, queue: Queue, say: Say) -> Sequence[str]:
    path = f"{queue.folder / one.leaf}{ENVELOPE}"
    return [*beside.correct(place.names, say), "--after", path]
