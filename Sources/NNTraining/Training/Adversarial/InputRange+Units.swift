package import NNCore
package import NNData

/// Checks of sizes against the range of data, which those in another unit exceed.
extension InputRange {
  /// Checks that some example can be changed by a radius.
  ///
  /// - Parameter example: The shape of an example.
  /// - Throws: `NNError` that names the unit.
  package func require(
    radius: Double, norm: PerturbationNorm, example: Shape, at place: String
  ) throws(NNError) {
    switch norm {
    case .linf:
      try require("eps", radius, limit: width, "whose values differ by at most", at: place)
    case .l2:
      try require(
        "eps", radius, limit: diameter(of: example),
        "in which two examples differ in the norm l2 by at most", at: place)
    }
  }

  /// Checks that the standard deviation of noise is not larger than the range of every channel.
  ///
  /// - Throws: `NNError` that names the unit.
  package func require(deviation: Double, at place: String) throws(NNError) {
    try require("sigma", deviation, limit: width, "whose values differ by at most", at: place)
  }

  private func require(
    _ name: String, _ size: Double, limit: Double, _ meaning: String, at place: String
  ) throws(NNError) {
    guard size > limit else { return }
    let areBytes = width <= 1 && size > 1
    throw .invalid(
      "\(name) \(size) is larger than the range of the data, \(meaning) "
        + DecimalText.significant(limit, digits: 4),
      at: place,
      hint: "\(name) is in the unit of raw inputs, before normalization"
        + (areBytes ? "; pixels count as 0…1, so \(size) of 255 is \(size / 255)" : ""))
  }
}
