import CKernels

/// The operand of an input register of a program under test.
struct ProgramOperand<Real: KernelReal> {
  var values: [Real]
  var kind: nn_operand_kind
  /// Per axis; empty unless strided.
  var strides: [Int] = []
}

/// A fused program under test: owns its operands, runs it, and has a naive reference
/// implementation.
struct KernelProgram<Real: KernelReal> {
  var extents: [Int]
  var operands: [ProgramOperand<Real>]
  var instructions: [nn_instruction] = []
  var registerCount: Int
  var outputRegisters: [Int] = []

  var count: Int { extents.reduce(1, *) }

  /// Calls `body` with the C structure and output buffers of this program.
  func withProgram<Result>(
    outputs: [UnsafeMutableRawPointer?], _ body: (nn_program) -> Result
  ) -> Result {
    let buffers = operands.map { operand in
      let buffer = UnsafeMutableBufferPointer<Real>.allocate(capacity: max(1, operand.values.count))
      _ = buffer.initialize(from: operand.values)
      return buffer
    }
    defer { buffers.forEach { $0.deallocate() } }
    let inputs = zip(operands, buffers).map { operand, buffer in
      var result = nn_operand()
      result.address = UnsafeRawPointer(buffer.baseAddress)
      result.kind = operand.kind
      withUnsafeMutableBytes(of: &result.strides) {
        let strides = $0.bindMemory(to: Int.self)
        for (axis, stride) in operand.strides.enumerated() { strides[axis] = stride }
      }
      return result
    }
    return inputs.withUnsafeBufferPointer { inputs in
      outputs.withUnsafeBufferPointer { outputs in
        outputRegisters.map(UInt16.init).withUnsafeBufferPointer { outputRegisters in
          instructions.withUnsafeBufferPointer { instructions in
            var program = nn_program()
            program.rank = Int32(extents.count)
            withUnsafeMutableBytes(of: &program.extents) {
              let target = $0.bindMemory(to: Int64.self)
              for (axis, extent) in extents.enumerated() { target[axis] = Int64(extent) }
            }
            program.input_count = Int32(operands.count)
            program.output_count = Int32(outputs.count)
            program.register_count = Int32(registerCount)
            program.instruction_count = Int32(instructions.count)
            program.inputs = inputs.baseAddress
            program.outputs = outputs.baseAddress
            program.output_registers = outputRegisters.baseAddress
            program.instructions = instructions.baseAddress
            return body(program)
          }
        }
      }
    }
  }

  /// The outputs, computed in the parts between neighbouring `cuts`.
  func run(on table: KernelTable, cuts: [Int]? = nil) -> [[Real]] {
    let borders = cuts ?? [0, count]
    return run { program, scratch in
      for (begin, end) in zip(borders, borders.dropFirst()) {
        table.kernels.program_run(program, begin, end, 1, 0, scratch)
      }
    }
  }

  /// The first output, of which only equal ranges are computed; the rest is −77.
  func run(on table: KernelTable, _ first: Range<Int>, times: Int, stride: Int) -> [Real] {
    run { program, scratch in
      table.kernels.program_run(
        program, first.lowerBound, first.upperBound, times, stride, scratch)
    }[0]
  }

  private func run(
    _ body: (UnsafePointer<nn_program>, UnsafeMutableRawPointer) -> Void
  ) -> [[Real]] {
    let outputs = outputRegisters.map { _ in
      let buffer = UnsafeMutableBufferPointer<Real>.allocate(capacity: count + 2)
      buffer.initialize(repeating: -77)
      return buffer
    }
    defer { outputs.forEach { $0.deallocate() } }
    withProgram(outputs: outputs.map { UnsafeMutableRawPointer($0.baseAddress) }) { program in
      withUnsafePointer(to: program) { program in
        let scratch = Scratch(nn_program_scratch_bytes(program, MemoryLayout<Real>.size))
        body(program, scratch.address)
      }
    }
    return outputs.map { buffer in
      precondition(buffer.suffix(2).allSatisfy { $0 == -77 }, "written past the end")
      return Array(buffer.dropLast(2))
    }
  }

  /// Operand `index` at every element of the output space.
  func expanded(_ index: Int) -> [Real] {
    let operand = operands[index]
    switch operand.kind {
    case NN_CONTIGUOUS: return operand.values
    case NN_UNIFORM: return .init(repeating: operand.values[0], count: count)
    default:
      return (0..<count).map { flat in
        var (rest, position) = (flat, 0)
        for axis in extents.indices.reversed() {
          position += rest % extents[axis] * operand.strides[axis]
          rest /= extents[axis]
        }
        return operand.values[position]
      }
    }
  }
}

/// Aligned scratch memory, filled with garbage, with a guard after it.
final class Scratch {
  let address: UnsafeMutableRawPointer
  private let byteCount: Int

  init(_ byteCount: Int) {
    self.byteCount = byteCount
    address = .allocate(byteCount: byteCount + 64, alignment: 64)
    address.initializeMemory(as: UInt8.self, repeating: 0xA5, count: byteCount + 64)
  }

  deinit {
    let guardBytes = UnsafeRawBufferPointer(start: address + byteCount, count: 64)
    precondition(guardBytes.allSatisfy { $0 == 0xA5 }, "scratch overrun")
    address.deallocate()
  }
}

func instruction(
  _ opcode: nn_opcode, _ target: Int, _ a: Int, _ b: Int = 0, _ c: Int = 0
) -> nn_instruction {
  nn_instruction(
    opcode: opcode, target: UInt16(target), a: UInt16(a), b: UInt16(b), c: UInt16(c))
}
