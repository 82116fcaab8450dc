public import NNGraph

/// The meaning of the values that a layer returns, on which losses and predictions depend.
public enum LayerResult: Sendable, Hashable {
  /// Numbers that the layer computes.
  case numbers
  /// The values of its input in evaluation, at most in another shape.
  case input
  /// Probabilities of classes, which add up to 1.
  case classProbabilities
  /// Logarithms of such probabilities.
  case classLogProbabilities
  /// The probability of a binary label for each value.
  case binaryProbabilities
  /// The output of the last of its layers.
  ///
  /// - Parameter option: The option that holds them in a config; layers of any other option than
  ///   `layers` have it in their paths.
  case lastLayer(option: String)
  /// The outputs of layers that it names.
  case namedLayers

  /// The activation of a layer that computes probabilities or their logarithms; nil for others.
  public var activation: OutputActivation? {
    switch self {
    case .classProbabilities: .softmax
    case .classLogProbabilities: .logSoftmax
    case .binaryProbabilities: .sigmoid
    case .numbers, .input, .lastLayer, .namedLayers: nil
    }
  }
}
