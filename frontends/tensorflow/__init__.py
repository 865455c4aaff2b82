"""TensorFlow models: frozen GraphDefs, read without TensorFlow."""
