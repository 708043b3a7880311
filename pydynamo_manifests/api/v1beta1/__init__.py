"""The kinds in the API version that new graphs are written in."""
