import NNKernels

extension OpSample {
  /// The types of the outputs.
  ///
  /// - Throws: `OpError` when the op does not take these inputs.
  package func outputTypes() throws(OpError) -> [TensorType] {
    try op.inferTypes(inputs.map(\.type))
  }

  /// Bytes of scratch memory that one worker needs.
  package func scratchByteCount(_ outputs: [TensorType]) -> Int {
    op.scratchByteCount(inputs: inputs.map(\.type), outputs: outputs, workers: 1)
  }

  /// Runs the op alone, on memory of the caller's, with everything on the calling thread.
  ///
  /// Tests see in this way what an op reads and writes; a plan shares memory among ops.
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

  /// Whether the op is a view, which does not run.
  package var isView: Bool { op.asView != nil }
}
