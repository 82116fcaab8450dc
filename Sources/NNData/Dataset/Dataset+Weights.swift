public import NNCore

/// The weights of examples.
extension Dataset {
  /// The same examples with weights, which multiply their losses: an example of weight 2 counts like
  /// the same example twice, one of weight 0 like none.
  ///
  /// - Parameter weights: One number ≥ 0 for each example, not all of them 0.
  /// - Throws: `NNError` for another number of weights, and for one that is negative, infinite or
  ///   NaN, naming its row.
  public func weighted(by weights: [Double]) throws(NNError) -> Dataset {
    var weighted = self
    weighted.weights = try checked(weights)
    return weighted
  }

  /// The same examples, which all count alike.
  package func withoutWeights() -> Dataset {
    var plain = self
    plain.weights = nil
    return plain
  }

  /// The weights as a tensor, after checking them.
  func checked(_ weights: [Double]) throws(NNError) -> HostTensor {
    guard weights.count == count else {
      throw .invalid(
        "\(weights.count) weights for \(count) examples", at: name,
        hint: "every example has one weight")
    }
    if let row = weights.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
      throw .invalid(
        "row \(sourceRow(of: row)) (from 0) has the weight \(weights[row]), expected a number ≥ 0",
        at: name, hint: "an example of weight 0 does not count")
    }
    guard weights.contains(where: { $0 > 0 }) else {
      throw .invalid(
        "all weights are 0: no example counts", at: name, hint: "give some a weight above 0")
    }
    return HostTensor(weights)
  }
}
