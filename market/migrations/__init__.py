"""The numbered steps by which the schema grows; see docs/decisions/0008-migrations-are-frozen-sql.md.

Until the first release `0001_chain.py` is drafted anew whenever a Table changes:

    python -c "from market.db import draft; print(draft(), end='')" > market/migrations/0001_chain.py

Once released it is frozen, and a changed Table comes with the next number.
"""
