"""Many portals on one front, and none of them believed.

faults      why a portal is not believed
portals     the list of portals that somebody trusts, with their anchors
head        a portal's checkpoint: signed, and grown from the one that was kept
known       what some entries prove: who signed, and who had given them their keys
shown       files of a portal, read within bounds
contest     a contest as its page says it, held against what was signed
reading     one portal, read: its state, its contests
places      names of places, to be found
front       all readings as the figures of a front
pages       the front's files, from `look/`: templates, texts, style, script
"""
