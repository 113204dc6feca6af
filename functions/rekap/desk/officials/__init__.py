"""What officials do: keys, forms, signatures, uploads; on files, offline until the last step."""
