"""A portal on AWS: three DynamoDB tables, two buckets, queues, one signing key, one secret.

What each adapter relies on, which calls it makes and what never met the real service is in
docs/aws.md; a test compares the calls.
"""
