#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// OpenBLAS's core type: the set of kernels that it selects for the processor.
///
/// A release older than the processor does not know its model number and falls back to kernels that
/// use only a part of the vector units.
package enum BLASCoreType {
  /// Core types whose kernels use 512-bit vectors, lower case.
  private static let wide: Set<String> = ["skylakex", "cooperlake", "sapphirerapids"]
  /// Core types whose kernels use 256-bit vectors with fused multiply–add, lower case.
  private static let medium: Set<String> = ["haswell", "zen", "excavator"]

  /// A core type that this processor can run and that is faster than the one in use, or nil.
  ///
  /// - Parameters:
  ///   - core: the core type in use, as OpenBLAS spells it.
  ///   - features: the processor's feature flags, as `/proc/cpuinfo` spells them.
  ///   - isBuiltIn: whether the loaded library has the kernels of a core type.
  package static func better(
    than core: String, features: @autoclosure () -> Set<String>, isBuiltIn: (String) -> Bool
  ) -> String? {
    let core = core.lowercased()
    if wide.contains(core) { return nil }
    let features = features()
    var candidates: [String] = []
    if features.isSuperset(of: ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"]) {
      if features.contains("avx512_bf16") { candidates.append("Cooperlake") }
      candidates.append("SkylakeX")
    }
    if !medium.contains(core), features.isSuperset(of: ["avx2", "fma"]) {
      candidates.append("Haswell")
    }
    return candidates.first(where: isBuiltIn)
  }

  /// ``better(than:features:isBuiltIn:)`` for this processor and the loaded library.
  static func better(than core: String) -> String? {
    #if os(Linux) && arch(x86_64)
      better(than: core, features: CPU.features) { name in
        dlsym(nil, "gotoblas_\(name.uppercased())") != nil
      }
    #else
      nil
    #endif
  }

  /// Whether the user set the core type, which is then kept.
  package static var isChosenByUser: Bool { getenv("OPENBLAS_CORETYPE") != nil }

  /// Makes the loaded library use the kernels of `core`; does nothing if it lacks the entry points.
  ///
  /// Must run before the first GEMM, while no other thread calls the library.
  static func select(_ core: String) {
    #if os(Linux) && arch(x86_64)
      typealias EntryPoint = @convention(c) () -> Void
      guard
        let quit = dlsym(nil, "gotoblas_dynamic_quit"),
        let start = dlsym(nil, "gotoblas_dynamic_init")
      else { return }
      setenv("OPENBLAS_CORETYPE", core, 1)
      unsafeBitCast(quit, to: EntryPoint.self)()
      unsafeBitCast(start, to: EntryPoint.self)()
      // The variable must not be inherited: child processes select their own core type.
      unsetenv("OPENBLAS_CORETYPE")
    #endif
  }
}
