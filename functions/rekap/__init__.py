"""Rekap Terbuka: signed recapitulation forms, a public log, pages that anyone can rebuild.

Packages in the order of the flow; arrows of import point down only:

    cli      the `rekap` command
    store    adapters: SQLite and a folder
    intake   1. accept or refuse an upload
    publish  2. show the log, and nothing else
    verify   3. believe nothing
    ledger   what the entries mean
    log      append and commit; knows bytes, not forms
    signing  who said it                forms    what the paper says
    codec    canonical bytes
    errors   one class per reaction
"""
