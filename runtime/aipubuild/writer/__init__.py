"""From `nn` back to the IR: `forms.py` says an operator, `write.py` the whole text."""
