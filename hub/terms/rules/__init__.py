"""What the hub points out in a sheet: one plain function a rule, each with its sources and how sure they are.

No rule blocks, changes a value, scores a party or calls anything unlawful.
"""
