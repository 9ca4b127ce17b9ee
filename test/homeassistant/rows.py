"""Prints the rows that the recorder wrote since a time: `python rows.py DATABASE SECONDS`, as JSON by entity id."""

import json
import sqlite3
import sys

QUERY = """
SELECT meta.entity_id, states.state, attributes.shared_attrs
FROM states
JOIN states_meta AS meta ON meta.metadata_id = states.metadata_id
LEFT JOIN state_attributes AS attributes ON attributes.attributes_id = states.attributes_id
WHERE states.last_updated_ts >= ?
ORDER BY states.state_id
"""

database, since = sys.argv[1:]
rows = {}
with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
    for entity, state, attributes in connection.execute(QUERY, (float(since),)):
        rows.setdefault(entity, []).append([state, attributes])
print(json.dumps(rows))
