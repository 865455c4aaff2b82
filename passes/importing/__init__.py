"""The pipeline `import`: a float network of any format becomes a clean one, in NHWC."""
