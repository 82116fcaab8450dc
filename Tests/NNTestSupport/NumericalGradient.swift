package import NNCore

/// The gradient of a scalar function by central differences: (f(x + h) − f(x − h)) / 2h.
///
/// - Parameters:
///   - point: a Float64 tensor x.
///   - step: h; the default balances truncation (h²) and rounding (1e-16 / h).
/// - Returns: a tensor of the point's shape.
package func numericalGradient<Failure: Error>(
  at point: HostTensor, step: Double = 1e-6,
  of function: (HostTensor) throws(Failure) -> Double
) throws(Failure) -> HostTensor {
  precondition(point.dtype == .float64, "central differences need float64, not \(point.dtype)")
  let numbers = point.doubles
  var gradient: [Double] = []
  for index in numbers.indices {
    var moved = numbers
    moved[index] = numbers[index] + step
    let above = try function(HostTensor(moved, shape: point.shape))
    moved[index] = numbers[index] - step
    let below = try function(HostTensor(moved, shape: point.shape))
    gradient.append((above - below) / (2 * step))
  }
  return HostTensor(gradient, shape: point.shape)
}
