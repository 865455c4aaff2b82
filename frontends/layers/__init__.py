"""What Caffe and ncnn share: networks are lists of layers that write blobs."""
