/// An activation after which a network's outputs are probabilities, or their logarithms.
public enum OutputActivation: Sendable {
  /// Probabilities of classes.
  case softmax
  /// Logarithms of probabilities of classes.
  case logSoftmax
  /// Probabilities of independent binary labels.
  case sigmoid
}

extension Value {
  /// The activation that computes this value, past ops that change only its shape or the order of
  /// its axes; nil if another op computes it.
  package var outputActivation: OutputActivation? {
    var id = id
    while id != .poisoned {
      let node = graph.nodes[id.node]
      switch node.op {
      case is Softmax: return .softmax
      case is LogSoftmax: return .logSoftmax
      case is Sigmoid: return .sigmoid
      case is Reshape, is Permute: id = node.inputs[0]
      default: return nil
      }
    }
    return nil
  }
}
