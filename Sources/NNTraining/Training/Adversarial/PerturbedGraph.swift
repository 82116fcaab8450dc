import NNCore
import NNGraph
import NNLosses

/// Clean and perturbed examples, which pass through a network as one batch of twice the size.
extension Ports<Value> {
  /// The inputs with the perturbed examples, if there are any, after the clean ones.
  func joiningPerturbed() -> Ports<Value> {
    guard let perturbed = self[PerturbedInputs.perturbed] else { return self }
    var joined = self
    joined[PerturbedInputs.perturbed] = nil
    let names = joined.names
    return joined.map { name, value in
      .concatenated([value, name == names[0] ? perturbed : value], axis: 0)
    }
  }

  /// The outputs for the clean examples, and the main one for perturbed ones under the name that
  /// `DivergenceLoss` reads, for a network that was built on `joiningPerturbed()`.
  ///
  /// - Parameters:
  ///   - inputs: The inputs before they were joined.
  ///   - main: The name of the output whose loss has the divergence.
  func separatingPerturbed(from inputs: Ports<Value>, main: String?) -> Ports<Value> {
    guard inputs[PerturbedInputs.perturbed] != nil else { return self }
    let count = inputs.values.shape[0]
    var separated = map { _, value in
      value.isPoisoned ? value : value.narrowed(to: 0..<count, axis: 0)
    }
    let output = main.flatMap { self[$0] } ?? values
    separated[DivergenceLoss.perturbed.name] =
      output.isPoisoned ? output : output.narrowed(to: count..<2 * count, axis: 0)
    return separated
  }
}
