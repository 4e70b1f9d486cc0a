"""The row is the job: asked for in the transaction of the change, claimed under a lease, finished once."""
