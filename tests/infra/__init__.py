"""What is deployed: rules over the committed blueprint, and in `synth/` over the templates."""
