import NNGraph
import NNLosses

extension OutputKind {
  /// The meaning of outputs to a loss, corrected by the activation that computes them; nil for
  /// another op.
  func after(_ activation: OutputActivation?) -> OutputKind {
    switch (self, activation) {
    case (.binaryLogits, .sigmoid): .binaryProbabilities
    case (.classLogits, .logSoftmax): .classLogProbabilities
    default: self
    }
  }
}
