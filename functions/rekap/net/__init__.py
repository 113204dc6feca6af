"""HTTP for whoever asks others: readers the sites, officials a portal, a portal its witnesses.

client    the one client: an answer bounded in bytes and in time
framing   answers that every program reads alike
deadline  how long an answer may take as a whole
"""
