"""A process that is no good engine, for tests: told how to go wrong by its first word."""

from __future__ import annotations

import json
import os
import signal
import sys
import time


def main() -> None:
    how = sys.argv[1]
    task = json.loads(sys.stdin.buffer.read()) if how != "deaf" else {"problem": {"trucks": []}}
    trucks = len(task["problem"]["trucks"])
    nobody = [[] for _ in range(trucks)]
    match how:
        case "crashes":
            os.abort()
        case "deaf":
            os._exit(3)
        case "overruns":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            time.sleep(60)
        case "babbles":
            print("<html>504</html>", flush=True)
            time.sleep(60)
        case "lies":
            every = list(range(1, len(task["problem"]["visits"]) + 1))
            print(json.dumps({"places": [every, *nobody[1:]], "cost": -(10**12), "engine": "x"}))
            print(json.dumps({"places": [[10**6], *nobody[1:]], "cost": -1, "engine": "x"}))
            print(json.dumps({"places": nobody, "cost": -(10**12), "engine": "x"}))
            print(json.dumps({"places": [], "cost": 0, "engine": "x"}), flush=True)
        case "killed":
            os.kill(os.getpid(), signal.SIGKILL)


main()
