import NNCore

/// Compares the results of a workload, as it is timed, with an unoptimized plan in float64.
enum ResultCheck {
  /// The largest relative differences ‖a − b‖ / ‖b‖ of results.
  ///
  /// In float64 only the order of additions differs. In float32 rounding may also change the sign
  /// of an input of ReLU: this happens for one or two of the millions in a deep network, and each
  /// changes the gradient by a thousandth of its size.
  static let tolerances: [(dtype: DType, difference: Double)] = [
    (.float64, 1e-9), (.float32, 1e-2),
  ]

  /// Runs both, in each type, and compares every result and every variable.
  ///
  /// - Throws: `NNError` naming the first result that differs by more than the tolerance.
  static func run(_ workload: Workload, inferenceRows: Int?) throws(NNError) {
    let plain = try workload.task(.float64, inferenceRows: inferenceRows, isReference: true)
    let reference = plain.firstResults()
    for (dtype, tolerance) in tolerances {
      let timed = try workload.task(dtype, inferenceRows: inferenceRows)
      for (found, expected) in zip(timed.firstResults(), reference) {
        let difference = relativeDifference(found.tensor.doubles, expected.tensor.doubles)
        guard difference <= tolerance else {
          throw .failed(
            "\(workload.name): `\(found.name)` in \(dtype) differs from the reference by "
              + "\(difference) of its size, more than \(tolerance)")
        }
      }
    }
  }

  /// ‖found − expected‖ / ‖expected‖; NaN when a number is not finite.
  static func relativeDifference(_ found: [Double], _ expected: [Double]) -> Double {
    var difference = 0.0
    var size = 0.0
    for (found, expected) in zip(found, expected) {
      difference += (found - expected) * (found - expected)
      size += expected * expected
    }
    return difference == 0 ? 0 : (difference / size).squareRoot()
  }
}
