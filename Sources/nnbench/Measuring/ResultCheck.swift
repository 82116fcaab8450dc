import NNCore
import NNGraph

/// Compares what a workload computes, as it is timed, with a plan without any pass in float64.
enum ResultCheck {
  /// The largest relative difference ‖a − b‖ / ‖b‖ of a float32 result: rounding errors of a few
  /// thousand additions; a wrong fusion differs in the first digits.
  static let tolerance = 1e-3

  /// Takes one step both ways and compares every result and every variable.
  ///
  /// - Throws: `NNError` naming the first result that differs by more than the tolerance.
  static func run(_ workload: Workload, inferenceRows: Int?) throws(NNError) {
    let timed = try BenchmarkRun(workload.program(.float32, inferenceRows: inferenceRows))
    let plain = try BenchmarkRun(
      workload.program(.float64, inferenceRows: inferenceRows), options: .plain)
    timed.advance()
    plain.advance()
    for (found, expected) in zip(timed.results, plain.results) {
      let difference = relativeDifference(found.tensor.doubles, expected.tensor.doubles)
      guard difference <= tolerance else {
        throw .failed(
          "\(workload.name): `\(found.name)` differs from the plain computation by "
            + "\(difference) of its size, more than \(tolerance)")
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
