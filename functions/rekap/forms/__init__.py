"""What the paper says: vocabulary, regions, strict statements, arithmetic rules, exact sums."""
