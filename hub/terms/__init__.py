"""공정 협력 조건: who brings what, who owns what comes of it, and who gets which share.

From the ground up: ``sheet/`` is what the parties write, and its arithmetic; ``rules/`` reads a sheet and says
what to look at; the files of this folder are about what both sides have read and confirmed.
"""
