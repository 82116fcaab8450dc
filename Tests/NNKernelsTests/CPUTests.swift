import NNCore
import NNKernels
import Testing

struct CPUTests {
  @Test func firstProcessorIsRead() {
    let fields = CPU.parse(
      """
      processor\t: 0
      model name\t: Some  CPU @ 2.00GHz
      power management:
      flags\t\t: fpu avx2 fma

      processor\t: 1
      model name\t: Another
      """)
    #expect(fields["model name"] == "Some CPU @ 2.00GHz")
    #expect(fields["flags"] == "fpu avx2 fma")
    #expect(fields["processor"] == "0")
    #expect(CPU.parse("").isEmpty)
  }

  @Test func thisProcessorHasAName() { #expect(!CPU.modelName.isEmpty) }

  /// The loops in use are for both types and no wider than the processor supports.
  @Test func loopsFitTheProcessor() {
    for (dtype, size) in [(DType.float32, 4), (.float64, 8)] {
      let table = Kernels.table(for: dtype).pointee
      #expect(table.element_size == size)
      #expect(String(cString: table.isa) == Kernels.isa)
    }
    #expect(["scalar", "avx2", "avx512", "neon"].contains(Kernels.isa))
    if Kernels.isa == "avx512" { #expect(CPU.instructionSets.contains("avx512f")) }
    if Kernels.isa == "avx2" { #expect(CPU.instructionSets.contains("avx2")) }
  }
}
