"""Side-by-side measurements of this package against PyTorch, JAX and Keras."""
