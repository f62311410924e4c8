"""Named places where a test can make things go wrong; nothing happens unless FAILPOINTS is set.

``FAILPOINTS="link.before=kill9@3;commit.after=raise(OSError);renew.before=delay(200)%5,7"``:
an action, then ``@n`` (only the n-th hit) or ``%p,seed`` (p percent of the hits).
"""

import builtins
import ctypes
import os
import random
import re
import signal
import time
from dataclasses import dataclass, field
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

_RULE = re.compile(
    r"^(?P<name>[a-z0-9.]+)=(?P<action>kill9|stop|raise|delay|errno|after_ok_raise)"
    r"(\((?P<argument>[^)]*)\))?(@(?P<nth>\d+))?(%(?P<share>\d+)(,(?P<seed>\d+))?)?$"
)


class FailpointRaised(Exception):
    """What ``raise(X)`` raises when X is not a built-in exception."""


@dataclass
class Rule:
    """One parsed rule; ``hits`` counts the visits of this process."""

    action: str
    argument: str
    nth: int
    share: int
    rng: random.Random
    hits: int = field(default=0)

    def is_due(self) -> bool:
        self.hits += 1
        if self.nth:
            return self.hits == self.nth
        return not self.share or self.rng.random() * 100 < self.share


@cache
def _rules() -> dict[str, Rule]:
    rules: dict[str, Rule] = {}
    for text in filter(None, settings.FAILPOINTS.split(";")):
        match = _RULE.match(text.strip())
        if match is None:
            raise ValueError(f"FAILPOINTS: {text!r} is not a rule.")
        rules[match["name"]] = Rule(
            action=match["action"],
            argument=match["argument"] or "",
            nth=int(match["nth"] or 0),
            share=int(match["share"] or 0),
            rng=random.Random(int(match["seed"] or 0)),  # noqa: S311
        )
    return rules


def failpoint(name: str) -> None:
    """Do what FAILPOINTS says for this place."""
    rules = _rules()
    if not rules:
        return
    rule = rules.get(name)
    if rule is not None and rule.is_due():
        _act(rule, name)


def _act(rule: Rule, name: str) -> None:
    if rule.action == "kill9":
        os.kill(os.getpid(), signal.SIGKILL)
    elif rule.action == "stop":
        _stop_for(float(rule.argument or 1000) / 1000)
    elif rule.action == "delay":
        time.sleep(float(rule.argument or 100) / 1000)
    elif rule.action == "errno":
        number = int(rule.argument or 5)
        raise OSError(number, os.strerror(number), name)
    else:
        raise _exception(rule.argument)(f"failpoint {name}")


def _stop_for(seconds: float) -> None:
    """Freeze the whole process as SIGSTOP would; a forked watcher wakes it up."""
    victim = os.getpid()
    if os.fork() == 0:
        time.sleep(seconds)
        ctypes.CDLL(None).kill(victim, int(signal.SIGCONT))
        os._exit(0)
    os.kill(victim, signal.SIGSTOP)


def _exception(name: str) -> type[Exception]:
    """Return a built-in exception, or one named by its dotted path."""
    if "." in name:
        found: object = import_string(name)
    else:
        found = getattr(builtins, name or "RuntimeError", None)
    if isinstance(found, type) and issubclass(found, Exception):
        return found
    return FailpointRaised
