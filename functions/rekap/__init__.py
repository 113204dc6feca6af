"""Rekap Terbuka: signed recapitulation forms, a public log, pages that anyone can rebuild.

Four rooms; arrows of import point down only:

    desk                 the command `rekap`: officials, operators, replays
    portal  |  audit     the writers; believe nothing
    net                  HTTP, for whoever asks others
    core                 the release: what an entry means, how a page looks
"""
