"""The steps of a workspace: each reads its files, passes records through a stage, and writes."""
