import CKernels
import Testing

struct DispatchTests {
  @Test func tablesSayWhatTheyAre() throws {
    for table in KernelTable.all {
      #expect(String(cString: table.kernels.isa) == table.isa)
      #expect(table.kernels.element_size == (table.type == Float.self ? 4 : 8))
      for opcode in 0..<NN_OPCODE_COUNT.rawValue {
        #expect(table.elementwise(nn_opcode(rawValue: opcode)) != nil)
      }
    }
    #expect(KernelTable.all.count >= 2)
    #expect(nn_kernels_named("abacus", 4) == nil)
    let chosen = [nn_kernels_float32(), nn_kernels_float64()].compactMap {
      $0?.pointee.element_size
    }
    #expect(chosen == [4, 8])
  }
}
