import NNKernels

/// The hardware and libraries that compute, for reports.
public struct Machine: Sendable, Hashable {
  /// The processor's name.
  public let cpu: String
  /// The instruction set of the vector loops: `avx512`, `avx2`, `neon`, `scalar`.
  public let instructionSet: String
  /// OpenBLAS's version.
  public let blas: String
  /// The core type for which OpenBLAS chose its kernels.
  public let blasCore: String
  /// The number of threads that share the work.
  public let threads: Int

  /// This process on this machine.
  public static var current: Machine {
    Machine(
      cpu: CPU.modelName, instructionSet: Kernels.isa, blas: BLAS.version,
      blasCore: BLAS.coreName, threads: WorkerPool.threads)
  }
}
