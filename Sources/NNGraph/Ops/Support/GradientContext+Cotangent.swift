extension GradientContext {
  /// ∂loss/∂output of output 0; zeros where the loss does not depend on it.
  var cotangent: Value {
    cotangents[0]
      ?? outputs[0].graph.constant(0, dtype: outputs[0].dtype)
      .broadcast(to: outputs[0].shape)
  }
}
