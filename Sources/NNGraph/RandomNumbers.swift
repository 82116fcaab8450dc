public import NNCore
import NNKernels

/// Many random numbers at once, for modules that see no kernel.
public enum RandomNumbers {
  /// `Philox.preciseUniform(_:)` of the elements `range`, written to the beginning of `target`.
  public static func preciseUniforms(
    of generator: Philox, _ range: Range<Int>, into target: UnsafeMutableBufferPointer<Double>
  ) {
    precondition(target.count >= range.count, "\(range.count) numbers into \(target.count)")
    guard let first = target.baseAddress else { return }
    Kernels.table(for: .float64).pointee.random_precise(
      first, generator.seed, generator.stream, generator.step, UInt64(range.lowerBound),
      UInt64(range.upperBound))
  }
}
