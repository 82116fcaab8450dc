public import CKernels
public import NNCore

/// The vector loops selected for this process.
public enum Kernels {
  /// The loops for a floating-point type.
  public static func table(for dtype: DType) -> UnsafePointer<nn_kernels> {
    precondition(dtype.isFloatingPoint, "no vector loops for \(dtype)")
    return dtype == .float64 ? nn_kernels_float64() : nn_kernels_float32()
  }

  /// The instruction set that the loops were compiled for: `avx512`, `avx2`, `neon` or `scalar`.
  public static var isa: String { String(cString: table(for: .float32).pointee.isa) }
}
