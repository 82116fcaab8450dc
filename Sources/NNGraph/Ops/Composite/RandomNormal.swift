extension Graph {
  /// Standard normal random numbers that depend only on seed, step and the position in the graph:
  /// √(−2 ln(1 − u₁)) · cos(2π·u₂) of uniform numbers u₁ and u₂, whose two streams are the next
  /// ones of the graph.
  ///
  /// As u₁ is a multiple of 2⁻²⁴, magnitudes are at most 5.8.
  ///
  /// Source: Box, Muller, "A note on the generation of random normal deviates", Annals of
  /// Mathematical Statistics 29 (1958).
  ///
  /// - Parameters:
  ///   - type: Shape and floating-point type of the result.
  ///   - state: int64[2] that holds the seed and the step when the plan runs.
  public func randomNormal(_ type: TensorType, state: Value) -> Value {
    let radius = (-2 * (1 - randomUniform(type, state: state)).log()).sqrt()
    return radius * (2 * Double.pi * randomUniform(type, state: state)).cos()
  }
}
