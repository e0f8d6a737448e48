"""One index answered by many processes on many machines, by Ray; the only folder that imports it.

One process writes, as ever. Replicas on any node follow its folder, or a copy of it on their own disk, and a router asks them.
"""
