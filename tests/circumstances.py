"""`python -m tests.circumstances CODE`: tells in JSON how it was started, and ends with CODE.

Python itself adds LC_CTYPE where no language is set.
"""

import json
import os
import signal
import sys
from pathlib import Path

if __name__ == "__main__":
    told = {
        "words": sys.argv[1:],
        "folder": str(Path.cwd()),
        "environment": {name: os.environ[name] for name in os.environ if name != "LC_CTYPE"},
        "own session": os.getsid(0) == os.getpid(),
        "read": sys.stdin.read(),
        "interrupted by": str(signal.getsignal(signal.SIGINT)).split(" at ")[0],
    }
    print(json.dumps(told))
    print("also said", file=sys.stderr)
    if sys.argv[1] == "broken":
        raise ValueError("broken")
    if sys.argv[1] == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    sys.exit(int(sys.argv[1]))
