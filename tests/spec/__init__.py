"""What the episodes mean, by example: one folder per chapter, one literal case per rule.

A case is three literals: a small table in, a step, the expected table out, with one
sentence above. The same cases run on the oracle (``tests/oracle``) and on every engine.
Expected tables are worked out by hand from the definitions.
"""
