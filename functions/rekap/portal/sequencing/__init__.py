"""The only writer of the log: order, files, checkpoint. In the order of reading:

sequencer    one run of the only writer, in ten steps
guards       step 1: what must hold before it starts
ordering     steps 2 to 4: the order, fixed once
clock        step 4: the time, said in front of what is ordered
edge         steps 5 and 6: the last bundle and tiles, and how they grow
publication  steps 8 and 9: the published checkpoint
pace         step 8: how often witnesses are asked
restore      tables again, from the published log alone
"""
