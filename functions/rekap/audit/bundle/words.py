"""Sentences of the cover, in each language; names of offices and levels are those of the pages."""
# ruff: noqa: E501 - a sentence stands on one line, so that a search finds it

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, dict[str, str]]] = {
    "id": {
        "title": "Berkas sengketa",
        "made": "Dihitung dari {size} catatan log {origin}. Log yang sama menghasilkan berkas yang sama.",
        "case": "Perkara",
        "election": "Pemilihan", "office": "Jabatan", "place": "Tempat", "date": "Hari pemungutan",
        "determination": "Penetapan", "none": "belum ada di log",
        "petition": "Batas permohonan ke MK",
        "petition_text": "{day} ({source}; hari libur nasional dapat memundurkannya). Informasi, bukan keputusan.",
        "ruling": "Perkara di MK", "first": "Suara terbanyak", "gap": "Selisih dua teratas", "gap_text": "{gap} suara; ambang {limit} suara ({share} suara sah, {source})",
        "table": "Sertifikat dan formulir di bawahnya",
        "table_text": "Termohon: angka sertifikat atau lajurnya. C.Hasil: jumlah formulir TPS. Selisih: Termohon dikurangi C.Hasil.",
        "uncertified": "Tempat ini belum punya sertifikat di log, jadi tidak ada yang dibandingkan.",
        "region": "Tempat", "pair": "Nomor", "above": "Termohon", "below": "C.Hasil", "difference": "Selisih",
        "equal": "{n} tempat lain, sama", "others": "tidak dirinci menurut tempat", "total": "Jumlah", "silent": "tidak ada",
        "no_difference": "Tidak ada tempat yang berbeda.",
        "exhibits": "Bukti", "exhibit": "Bukti {n}", "file": "Berkas", "entry": "Catatan", "no_entry": "tanpa formulir", "page": "Halaman",
        "more": "{n} tempat lain yang berbeda tidak dilampirkan; sebut dengan --add.",
        "how": "Cara memeriksa tanpa jaringan",
        "how_1": "Buka periksa.html di peramban, lalu pilih berkas di folder bukti/. Setiap lembar dihitung ulang di perangkat itu dan dapat dicetak.",
        "how_2": "Cocokkan jangkar di bawah dengan jangkar dari kertas resmi. Berkas ini tidak dapat membuktikan jangkarnya sendiri.",
        "how_3": "Perintah `rekap bundle --check FOLDER`, atau `sha256sum -c isi.txt`, menyebut berkas yang berubah. Dengan alamat portal atau salinannya, `rekap bundle ALAMAT --check FOLDER` membuat semua berkas sekali lagi dari log dan membandingkannya, halaman ini juga.",
        "anchors": "Jangkar", "origin": "Log", "id": "Pengenal catatan 0", "root": "Akar pada catatan {size}",
    },
    "en": {
        "title": "Dispute file",
        "made": "Computed from {size} entries of the log {origin}. The same log gives the same file.",
        "case": "Case",
        "election": "Election", "office": "Office", "place": "Place", "date": "Day of the vote",
        "determination": "Determination", "none": "not in the log yet",
        "petition": "Last day for a petition to MK",
        "petition_text": "{day} ({source}; public holidays may move it). For information, not a decision.",
        "ruling": "Case at MK", "first": "Most votes", "gap": "Between the first two", "gap_text": "{gap} votes; limit {limit} votes ({share} of the valid votes, {source})",
        "table": "The certificate and the forms below it",
        "table_text": "Respondent: figures of the certificate or of its column. C.Hasil: sum of the forms of polling stations (TPS). Difference: respondent less C.Hasil.",
        "uncertified": "This place has no certificate in the log yet, so nothing is compared.",
        "region": "Place", "pair": "No.", "above": "Respondent", "below": "C.Hasil", "difference": "Difference",
        "equal": "{n} other places, the same", "others": "not broken down by place", "total": "Total", "silent": "none",
        "no_difference": "No place differs.",
        "exhibits": "Exhibits", "exhibit": "Exhibit {n}", "file": "File", "entry": "Entry", "no_entry": "no form", "page": "Page",
        "more": "{n} more places that differ are not enclosed; name them with --add.",
        "how": "How to check without a network",
        "how_1": "Open periksa.html in a browser and choose files of the folder bukti/. Each sheet is computed again on that device and can be printed.",
        "how_2": "Compare the anchors below with those on official paper. This file cannot prove its own anchors.",
        "how_3": "The command `rekap bundle --check FOLDER`, or `sha256sum -c isi.txt`, names a changed file. With the address of the portal or of a copy, `rekap bundle ADDRESS --check FOLDER` makes every file again from the log and compares it, this page too.",
        "anchors": "Anchors", "origin": "Log", "id": "Id of entry 0", "root": "Root at entry {size}",
    },
}  # fmt: skip
