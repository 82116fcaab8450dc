import NNKernels

extension OpSample {
  /// The types of the outputs.
  ///
  /// - Throws: `OpError` for invalid inputs.
  package func outputTypes() throws(OpError) -> [TensorType] {
    try op.inferTypes(inputs.map(\.type))
  }

  /// Bytes of scratch memory that one worker needs.
  package func scratchByteCount(_ outputs: [TensorType]) -> Int {
    op.scratchByteCount(inputs: inputs.map(\.type), outputs: outputs, workers: 1)
  }

  /// Runs the op alone, in the caller's memory and on the calling thread.
  ///
  /// Tests can then observe what an op reads and writes; a plan shares memory among ops.
  ///
  /// - Parameters:
  ///   - inputs: An address for each input.
  ///   - outputs: A type and an address for each output; the types are `outputTypes()`.
  ///   - scratch: `scratchByteCount` bytes, aligned to `Storage.alignment`.
  package func run(
    inputs addresses: [UnsafeMutableRawPointer],
    outputs: [(type: TensorType, address: UnsafeMutableRawPointer)],
    scratch: UnsafeMutableRawPointer
  ) {
    let kernel = op.prepare(
      KernelContext(
        inputs: zip(inputs, addresses).map { Buffer(address: $1, type: $0.type) },
        outputs: outputs.map { Buffer(address: $0.address, type: $0.type) }, scratch: scratch,
        workers: 1, epilogue: nil))
    for phase in kernel.phases { WorkerPool.run(phase.chunks, phase.body, upTo: 1) }
  }

  /// Whether the op is a view, which has no kernel.
  package var isView: Bool { op.asView != nil }
}
