import NNCore
import NNKernels

/// An element-wise program bound to addresses: it owns the C structures that the vector loops read.
final class BoundProgram {
  private(set) var program: nn_program
  /// The register of the value that the caller reads instead of an output.
  private(set) var resultRegister: UInt16 = 0
  private let operands: UnsafeMutablePointer<nn_operand>
  private let instructions: UnsafeMutablePointer<nn_instruction>
  private let outputs: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  private let outputRegisters: UnsafeMutablePointer<UInt16>

  /// Binds `source` to its operands' and outputs' addresses.
  ///
  /// - Parameter shape: The collapsed extents and the operands' strides along them.
  /// - Parameter result: A register to keep for the caller instead of writing outputs.
  init(
    _ source: ElementwiseProgram, shape: (extents: [Int], strides: [[Int]]),
    inputs: [UnsafeMutableRawPointer], outputs addresses: [UnsafeMutableRawPointer],
    result: Int? = nil
  ) {
    let allocation = RegisterAllocation(source, inputs: inputs, outputs: addresses, result: result)
    operands = .allocate(capacity: max(1, inputs.count))
    instructions = .allocate(capacity: max(1, allocation.instructions.count))
    outputs = .allocate(capacity: max(1, addresses.count))
    outputRegisters = .allocate(capacity: max(1, addresses.count))
    for (index, address) in inputs.enumerated() {
      operands[index] = Self.operand(address, extents: shape.extents, shape.strides[index])
    }
    for (index, instruction) in allocation.instructions.enumerated() {
      instructions[index] = instruction
    }
    for (index, address) in addresses.enumerated() {
      outputs[index] = address
      outputRegisters[index] = allocation.outputRegisters[index]
    }
    program = nn_program()
    program.rank = Int32(shape.extents.count)
    withUnsafeMutableBytes(of: &program.extents) { bytes in
      let extents = bytes.bindMemory(to: Int64.self)
      for (axis, extent) in shape.extents.enumerated() { extents[axis] = Int64(extent) }
    }
    program.input_count = Int32(inputs.count)
    program.output_count = Int32(addresses.count)
    program.register_count = Int32(allocation.registerCount)
    program.instruction_count = Int32(allocation.instructions.count)
    program.inputs = UnsafePointer(operands)
    program.outputs = UnsafePointer(outputs)
    program.output_registers = UnsafePointer(outputRegisters)
    program.instructions = UnsafePointer(instructions)
    resultRegister = allocation.resultRegister
  }

  deinit {
    operands.deallocate()
    instructions.deallocate()
    outputs.deallocate()
    outputRegisters.deallocate()
  }

  private static func operand(
    _ address: UnsafeMutableRawPointer, extents: [Int], _ strides: [Int]
  ) -> nn_operand {
    var operand = nn_operand()
    operand.address = UnsafeRawPointer(address)
    if strides.allSatisfy({ $0 == 0 }) {
      operand.kind = NN_UNIFORM
    } else if strides == Shape(extents).strides {
      operand.kind = NN_CONTIGUOUS
    } else {
      operand.kind = NN_STRIDED
    }
    withUnsafeMutableBytes(of: &operand.strides) { bytes in
      let target = bytes.bindMemory(to: Int.self)
      for (axis, stride) in strides.enumerated() { target[axis] = stride }
    }
    return operand
  }
}

/// Maps single-assignment registers to few physical ones, so that temporaries stay in the L1 cache.
struct RegisterAllocation {
  private(set) var instructions: [nn_instruction] = []
  private(set) var outputRegisters: [UInt16] = []
  private(set) var registerCount: Int
  private(set) var resultRegister: UInt16 = 0

  init(
    _ source: ElementwiseProgram, inputs: [UnsafeMutableRawPointer],
    outputs: [UnsafeMutableRawPointer], result: Int?
  ) {
    let operandCount = source.operands.count
    var lastUse = [Int](repeating: -1, count: operandCount + source.instructions.count)
    for (index, instruction) in source.instructions.enumerated() {
      for operand in instruction.operands { lastUse[operand] = index }
    }
    if let result { lastUse[result] = source.instructions.count }

    // An output whose memory is also that of an operand read later must stay in a temporary.
    func mustDelay(_ output: Int, writtenBy instruction: Int) -> Bool {
      inputs.indices.contains {
        inputs[$0] == outputs[output] && lastUse[$0] > instruction
      }
    }
    var registers = Array(UInt16(0)..<UInt16(operandCount))
    registers += [UInt16](repeating: 0, count: source.instructions.count)
    registerCount = operandCount
    outputRegisters = [UInt16](repeating: 0, count: outputs.count)
    var delayed: [(from: UInt16, output: Int)] = []
    var free: [UInt16] = []
    var pinned = Set<UInt16>()

    for (index, instruction) in source.instructions.enumerated() {
      let value = operandCount + index
      let reads = instruction.operands.map { registers[$0] }
      var dying: [UInt16] = []
      for operand in Set(instruction.operands)
      where operand >= operandCount && lastUse[operand] == index {
        if !pinned.contains(registers[operand]) { dying.append(registers[operand]) }
      }
      // A result may take over the register of an operand that dies here: loops allow dst == a.
      free += dying.sorted(by: >)
      let leaving = outputs.indices.filter { source.outputs[$0] == value }
      let direct = leaving.first { !mustDelay($0, writtenBy: index) }
      let target: UInt16
      if direct == nil, let reused = free.popLast() {
        target = reused
      } else {
        target = UInt16(registerCount)
        registerCount += 1
      }
      registers[value] = target
      if let direct {
        outputRegisters[direct] = target
        pinned.insert(target)
      }
      for output in leaving where output != direct {
        delayed.append((target, output))
        pinned.insert(target)
      }
      if lastUse[value] < 0 && leaving.isEmpty { free.append(target) }
      instructions.append(Self.instruction(instruction.opcode, target, reads))
    }
    // Operands that are outputs themselves, and delayed outputs, are copied last.
    for (output, register) in source.outputs.enumerated() where register < operandCount {
      delayed.append((registers[register], output))
    }
    for (from, output) in delayed {
      outputRegisters[output] = UInt16(registerCount)
      instructions.append(Self.instruction(NN_COPY.rawValue, UInt16(registerCount), [from]))
      registerCount += 1
    }
    if let result { resultRegister = registers[result] }
  }

  private static func instruction(
    _ opcode: UInt8, _ target: UInt16, _ reads: [UInt16]
  ) -> nn_instruction {
    var instruction = nn_instruction()
    instruction.opcode = nn_opcode(rawValue: opcode)
    instruction.target = target
    instruction.a = reads[0]
    instruction.b = reads.count > 1 ? reads[1] : reads[0]
    instruction.c = reads.count > 2 ? reads[2] : reads[0]
    return instruction
  }
}
