"""PyTorch programs: the archives that `torch.export.save` writes, and modules."""
