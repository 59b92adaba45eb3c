"""Networks from files, run without torch: LiteRT, ONNX, and heads of safetensors files."""
