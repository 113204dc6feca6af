"""A file of evidence for a dispute: one place of one contest, on paper and to be verified offline.

    berkas.html        cover: the case, a table that closes, the exhibits; prints to A4
    bukti/NN-….json    an exhibit each: saved evidence, all that the sheet of a page is drawn from
    periksa.html       the check as one file; it draws and prints the sheets without a network
    jangkar.txt        the anchors of the log, to be compared with those on paper
    isi.txt            SHA-256 of every other file

A function of the log at one size, its checkpoint and the language: whoever has the log makes the
same bytes again.

table       what the certificate says beside the forms below it, so that the difference closes
exhibits    the evidence of a page, made from the log alone
cover       the page on top
contents    the list of files, and what does not fit it
"""
