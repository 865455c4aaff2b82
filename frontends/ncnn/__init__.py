"""ncnn models: a `.param` text of layers, and a `.bin` with their weights."""
