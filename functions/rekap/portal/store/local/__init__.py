"""A portal in one folder, for one machine: an office, a rehearsal, a laptop.

DIR/portal.db      records, order, register (SQLite)
DIR/public/        the site: pages, `log/`, `site.json`
DIR/state/         the publisher's own nodes, never served
DIR/keys/          private keys, one file each, mode 0600
DIR/bell/          named pipes that wake the functions
DIR/work/          temporary files and the lock file; safe to delete when nothing runs
"""
