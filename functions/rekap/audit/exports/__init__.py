"""Other people's formats, made from a log that was verified first: a workbook, NIST's CDF.

None of them is on the site: their bytes depend on libraries and on the time of writing.
"""
