"""The sheet itself: its fields, its values, its sums, its canonical form and the difference of two versions.

It knows no rule, no page and no database. Every function here gives the same answer for the same sheet.
"""
