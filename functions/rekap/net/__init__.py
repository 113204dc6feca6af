"""HTTP for whoever asks others: portals their witnesses, readers the sites.

deadline  how long an answer may take as a whole
framing   answers that every program reads alike
"""
