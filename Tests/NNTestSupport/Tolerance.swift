package import NNCore

/// The allowed difference between a number and the expected one.
///
/// Allowed for an element: max(relative · max(|expected|, floor · magnitude), absolute), where
/// magnitude is the largest finite |expected| of the whole tensor. The floor is there because a sum
/// that cancels carries the rounding of its large terms.
package struct Tolerance: Sendable, Hashable {
  /// The allowed error as a share of the expected number.
  package var relative: Double
  /// Numbers below this share of the tensor's magnitude are treated as if they were that large.
  package var floor: Double
  /// An error that is always allowed; for numbers that are zero but for rounding.
  package var absolute: Double

  /// Creates a tolerance from its parts.
  package init(relative: Double = 0, floor: Double = 0, absolute: Double = 0) {
    self.relative = relative
    self.floor = floor
    self.absolute = absolute
  }

  /// This tolerance with an error that is always allowed.
  package func orAbsolute(_ absolute: Double) -> Tolerance {
    Tolerance(relative: relative, floor: floor, absolute: absolute)
  }
}

extension Tolerance {
  /// The same number: copies, comparisons, selections, integers in floating point.
  package static let exact = Tolerance(relative: 0)

  /// Float64 against Float64 computed in another order.
  ///
  /// The project guarantees 1e-9. Cancelled elements may err by 1e-12 of the largest one: a sum
  /// of ten thousand terms, each rounded at 1.1e-16, stays below it; a wrong term does not.
  package static let float64 = Tolerance(relative: 1e-9, floor: 1e-3)

  /// Float32 against Float32 computed in another order.
  ///
  /// Over all fixtures PyTorch's own Float32 lies up to 2e-5 from its Float64 (measured with this
  /// floor; below 2e-6 for single layers and losses); two programs that both round may differ by
  /// twice that.
  package static let float32 = Tolerance(relative: 4e-5, floor: 0.1)

  /// Losses of a training run in Float32: rounding is fed back at every step.
  ///
  /// The runs are chosen so that Float32 stays within 2e-5 of Float64 over 50 steps, which leaves
  /// five times that for another order of summation.
  package static let float32Curve = Tolerance(relative: 1e-4)

  /// Losses of a training run in Float64.
  package static let float64Curve = Tolerance(relative: 1e-9)

  /// Parameters at the end of a training run in Float32.
  ///
  /// An adaptive optimizer divides by the root of a second moment: where that is near zero,
  /// rounding decides the direction of a whole step. Losses hardly see such elements, parameters
  /// do. PyTorch's own Float32 ends up to 1.4e-5 from its Float64.
  package static let float32Parameters = Tolerance(relative: 1e-4, floor: 0.1)

  /// Analytic gradients against central differences in Float64.
  ///
  /// With a step of 1e-6 the difference carries a truncation error of about 1e-12 and a rounding
  /// error of about 1e-16 / 1e-6 = 1e-10 of the function's value.
  package static let centralDifferences = Tolerance(relative: 1e-5, floor: 1e-2)

  /// The ordinary tolerance of a type: exact for integers and Booleans.
  package static func standard(for dtype: DType) -> Tolerance {
    switch dtype {
    case .float64: .float64
    case .float32: .float32
    case .int32, .int64, .uint8, .bool: .exact
    }
  }
}
