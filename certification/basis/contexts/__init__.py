"""The words of our own that our public JSON uses: one file for each version, which never changes.

Whoever signed something names the file's digest beside it, so that another file under the same
address is found out. A new word is a new version, except before the first release.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from pathlib import Path

PATH = "/contexts/v1.jsonld"
"""Its address at every market."""
CONTENT = Path(__file__).with_name("v1.jsonld").read_bytes()
DIGEST = f"sha384-{b64encode(hashlib.sha384(CONTENT).digest()).decode()}"
"""As `digestSRI` takes it."""
