"""TFLite models: float, float16, hybrid, int8 and uint8."""
