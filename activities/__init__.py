"""One file a stage: open a transaction, load, apply the rule, save and return."""
