"""What the training of every network shares: the loop, batches, the encoder, export to ONNX and back."""
