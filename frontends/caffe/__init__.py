"""Caffe models: a `.prototxt` of layers, and a `.caffemodel` with their weights."""
