"""The writers: a statement comes in, gets its place in the log, and the site follows.

intake      accept or refuse what is sent, and promise its place
sequencing  the only writer of the log
publishing  the site, brought up to the log
store       where a portal keeps what it has: one folder, or AWS
witnesses   witnesses asked over HTTP
"""
