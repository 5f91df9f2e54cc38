"""The definitions of episodes, day by day: lists, sets, whole days and for-loops.

This is the reference that every engine must agree with. It knows nothing of the
package: no SQL, no Arrow, no numpy. A day is a whole number, days since 1970-01-01,
and an interval includes both its days. Each module says one definition as literally
as it can, and asks it of every single day; it is slow on purpose.

``DECISIONS.md`` lists what the definitions leave open and what was decided.
"""
