"""Who said it. Knows bytes, not forms. In the order of reading:

keys         public keys, and the two ways to verify
client_data  what a browser says with a passkey's signature
envelope     DSSE: a statement with its signatures
note         signed notes of C2SP
signer       what can sign
signature  one signature as it stands in an envelope
"""
