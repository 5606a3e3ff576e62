"""What stands behind each kind of event of the spreadsheet, one line a row, found by its key."""

from __future__ import annotations

WHOSE = 'l."group" IN («groups»)'
THESE = "l.id IN («lots») AND " + WHOSE
LOT = (
    "l.code, l.crop, l.harvested_on, t.variety, p.code AS plot, p.tambon, p.moo,"
    " g.name_en AS group_en, g.area AS group_area"
)
OF_LOT = (
    ' JOIN producer_group g ON g.id = l."group" LEFT JOIN plot p ON p.id = l.plot'
    " LEFT JOIN planting t ON t.id = l.planting"
)
FROM = "f.name_en AS from_name, f.kind AS from_kind, f.tambon AS from_tambon"
TO = "o.name_en AS to_name, o.kind AS to_kind, o.tambon AS to_tambon"
DURING = "{0} >= «begin» AND {0} < «end»"

KIN = (
    "WITH RECURSIVE up (id) AS (SELECT id FROM lot WHERE id = «lot» UNION"
    " SELECT i.lot FROM up JOIN lot m ON m.id = up.id JOIN lot_input i ON i.deed = m.deed),"
    " down (id) AS (SELECT id FROM lot WHERE id = «lot» UNION"
    " SELECT m.id FROM down JOIN lot_input i ON i.lot = down.id JOIN lot m ON m.deed = i.deed)"
    " SELECT id FROM up UNION SELECT id FROM down"
)
HARVESTS = (
    f"SELECT l.id AS at_key, l.grams, {LOT} FROM lot l{OF_LOT}"  # noqa: S608
    " WHERE «whose» AND l.deed IS NULL AND l.harvested_on BETWEEN «since» AND «until»"
    " AND l.id > «after»"
)
PRINTED = (
    "SELECT r.id AS at_key, r.at, r.labels, r.packet_grams, r.labels * r.packet_grams AS grams,"  # noqa: S608
    f" l.grams AS lot_grams, {LOT} FROM label_run r JOIN lot l ON l.id = r.lot{OF_LOT}"
    f" WHERE «whose» AND l.deed IS NULL AND r.reprint_of IS NULL AND {DURING.format('r.at')}"
    " AND r.id > «after»"
)
MADE = (
    "SELECT l.id AS at_key, d.id AS deed, d.kind, d.at, l.grams, n.code AS in_code,"  # noqa: S608
    " n.crop AS in_crop, n.harvested_on AS in_harvested_on, i.grams AS in_grams,"
    " np.code AS in_plot, np.tambon AS in_tambon, np.moo AS in_moo,"
    " (SELECT count(*) FROM lot_input x JOIN lot y ON y.id = x.lot WHERE x.deed = d.id"
    f" AND y.deed IS NOT NULL) AS of_made, {LOT} FROM lot l JOIN lot_deed d ON d.id = l.deed"
    " JOIN lot_input i ON i.deed = d.id JOIN lot n ON n.id = i.lot"
    f" LEFT JOIN plot np ON np.id = n.plot{OF_LOT}"
    " WHERE l.id IN (SELECT l.id FROM lot l JOIN lot_deed d ON d.id = l.deed"
    f" WHERE «whose» AND {DURING.format('d.at')} AND l.id > «after» ORDER BY l.id LIMIT «most»)"
)
"""A line for each lot that came out and each that went in, under one event."""
DISPATCHED = (
    f"SELECT x.id AS at_key, d.id AS dispatch, d.at, x.grams, {FROM}, {TO}, {LOT}"  # noqa: S608
    " FROM custody_dispatch_line x JOIN custody_dispatch d ON d.id = x.dispatch"
    " JOIN place f ON f.id = d.from_place JOIN place o ON o.id = d.to_place"
    f" JOIN lot l ON l.id = x.lot{OF_LOT}"
    f" WHERE «whose» AND {DURING.format('d.at')} AND x.id > «after»"
)
LOADED = (
    f"SELECT x.id AS at_key, x.at, x.grams, {TO}, {LOT} FROM truck_loading x"  # noqa: S608
    f" LEFT JOIN place o ON o.id = x.goes_to JOIN lot l ON l.id = x.lot{OF_LOT}"
    f" WHERE «whose» AND x.unloaded_at IS NULL AND {DURING.format('x.at')} AND x.id > «after»"
)
RECEIVED = (
    f"SELECT x.id AS at_key, a.id AS arrival, a.at, x.grams, {FROM}, {TO}, {LOT}"  # noqa: S608
    " FROM custody_arrival_line x JOIN custody_arrival a ON a.id = x.arrival"
    " JOIN place o ON o.id = a.place LEFT JOIN custody_dispatch d ON d.id = a.dispatch"
    f" LEFT JOIN place f ON f.id = d.from_place JOIN lot l ON l.id = x.lot{OF_LOT}"
    f" WHERE «whose» AND a.state = 'counted' AND {DURING.format('a.at')} AND x.id > «after»"
)
SUMMED = (
    "l.code, l.crop, l.harvested_on, t.variety, p.code, p.tambon, p.moo, g.name_en, g.area,"
    " o.name_en, o.kind, o.tambon"
)
HANDED_OVER = (
    "SELECT q.id AS at_key, max(e.at) AS at, sum(n.actual_grams) AS grams, count(*) AS deeds,"  # noqa: S608
    f" 'Orders handed over' AS document, {TO}, {LOT} FROM offer q"
    ' JOIN preorder_line n ON n.offer = q.id JOIN preorder u ON u.id = n."order"'
    " JOIN log_entry e ON e.subject = u.id AND e.tag = 'orders.handed_over'"
    ' JOIN cycle_place c ON c.id = u.stop LEFT JOIN truck_handover h ON h."order" = u.id'
    " JOIN place o ON o.id = coalesce(h.place, c.place)"
    f" JOIN lot l ON l.id = q.lot{OF_LOT} WHERE u.state = 'handed_over' AND n.actual_grams > 0"
    f" AND {DURING.format('e.at')} AND q.id IN (SELECT q.id FROM offer q JOIN lot l ON l.id = q.lot"
    " WHERE «whose» AND q.id > «after» AND EXISTS (SELECT 1 FROM preorder_line n JOIN preorder u"
    """ ON u.id = n."order" JOIN log_entry e ON e.subject = u.id AND e.tag = 'orders.handed_over'"""
    " WHERE n.offer = q.id AND u.state = 'handed_over' AND n.actual_grams > 0"
    f" AND {DURING.format('e.at')}) ORDER BY q.id LIMIT «most») GROUP BY q.id, o.id, {SUMMED}"
)
"""All of one offer at one place at once: who bought is nobody's to know."""
WALKED_UP = (
    "SELECT a.id AS at_key, max(s.at) AS at, sum(n.grams) AS grams, count(*) AS deeds,"  # noqa: S608
    f" 'Sales from the truck' AS document, {TO}, {LOT} FROM lease a"
    " JOIN walkup_line n ON n.lease = a.id JOIN walkup_sale s ON s.id = n.sale"
    " LEFT JOIN place o ON o.id = s.place LEFT JOIN walkup_void v ON v.sale = s.id"
    f" JOIN lot l ON l.id = a.lot{OF_LOT} WHERE v.id IS NULL AND {DURING.format('s.at')}"
    " AND a.id IN (SELECT a.id FROM lease a JOIN lot l ON l.id = a.lot WHERE «whose»"
    " AND a.id > «after» AND EXISTS (SELECT 1 FROM walkup_line n JOIN walkup_sale s"
    " ON s.id = n.sale LEFT JOIN walkup_void v ON v.sale = s.id WHERE n.lease = a.id"
    f" AND v.id IS NULL AND {DURING.format('s.at')}) ORDER BY a.id LIMIT «most»)"
    f" GROUP BY a.id, o.id, {SUMMED}"
)
