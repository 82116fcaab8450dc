package import NNCore
import NNKernels

/// Random numbers in bulk, for modules that do not import kernels.
package enum RandomNumbers {
  /// Writes `Philox.preciseUniform(_:)` of the elements in `range` to the start of `target`.
  package static func preciseUniforms(
    of generator: Philox, _ range: Range<Int>, into target: UnsafeMutableBufferPointer<Double>
  ) {
    precondition(target.count >= range.count, "\(range.count) numbers into \(target.count)")
    guard let first = target.baseAddress else { return }
    Kernels.table(for: .float64).pointee.random_precise(
      first, generator.seed, generator.stream, generator.step, UInt64(range.lowerBound),
      UInt64(range.upperBound))
  }
}
