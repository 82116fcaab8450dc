package import NNCore
package import Testing

/// Expects two tensors to agree in type, shape and every element.
///
/// - Parameters:
///   - tolerance: how far elements may differ; by default the standard tolerance of the expected
///     type.
///   - label: a description of the tensors, for the report.
/// - Returns: whether they agree.
@discardableResult
package func expectClose(
  _ actual: HostTensor, _ expected: HostTensor, _ tolerance: Tolerance? = nil,
  _ label: @autoclosure () -> String = "", sourceLocation: SourceLocation = #_sourceLocation
) -> Bool {
  let tolerance = tolerance ?? .standard(for: expected.dtype)
  guard let mismatch = Mismatch.between(actual, expected, within: tolerance) else { return true }
  let label = label()
  Issue.record(
    "\(label.isEmpty ? "" : "\(label): ")\(mismatch)", sourceLocation: sourceLocation)
  return false
}

/// Expects two lists of numbers to agree in length and every element.
///
/// - Returns: whether they agree.
@discardableResult
package func expectClose(
  _ actual: [Double], _ expected: [Double], _ tolerance: Tolerance = .float64,
  _ label: @autoclosure () -> String = "", sourceLocation: SourceLocation = #_sourceLocation
) -> Bool {
  expectClose(
    HostTensor(actual), HostTensor(expected), tolerance, label(), sourceLocation: sourceLocation)
}

/// Expects two tensors to be the same bits: type, shape, every element, signs of zeros too.
///
/// - Returns: whether they are.
@discardableResult
package func expectIdentical(
  _ actual: HostTensor, _ expected: HostTensor, _ label: @autoclosure () -> String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) -> Bool {
  if actual == expected { return true }
  let mismatch = Mismatch.between(actual, expected, within: .exact)
  let reason = mismatch?.description ?? "equal numbers in other bits (signs of zeros or NaNs)"
  let label = label()
  Issue.record("\(label.isEmpty ? "" : "\(label): ")\(reason)", sourceLocation: sourceLocation)
  return false
}
