"""An evening of uploads against a portal that runs: who sends what when, what became of it."""
