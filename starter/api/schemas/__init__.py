"""The shapes of the answers, stage by stage: documentation only, no answer passes through these models.

The views of `db/queries` make the answers; tests hold every answer that they see against these shapes.
"""
