package import NNCore
package import NNKernels

/// A tensor in memory while a plan runs.
package struct Buffer {
  /// The first element.
  package let address: UnsafeMutableRawPointer
  /// Shape and element type.
  package let type: TensorType

  /// Creates a buffer from its address and type.
  package init(address: UnsafeMutableRawPointer, type: TensorType) {
    self.address = address
    self.type = type
  }

  /// The number of elements.
  package var count: Int { type.shape.elementCount }

  /// The address as a typed pointer.
  package func pointer<Scalar: TensorScalar>(
    as scalar: Scalar.Type = Scalar.self
  ) -> UnsafeMutablePointer<Scalar> {
    precondition(Scalar.dtype == type.dtype, "a \(type.dtype) buffer bound as \(Scalar.dtype)")
    return address.assumingMemoryBound(to: Scalar.self)
  }
}

/// The memory to which an op binds its kernel.
package struct KernelContext {
  package let inputs: [Buffer]
  package let outputs: [Buffer]
  /// The scratch memory that the op requested.
  package let scratch: UnsafeMutableRawPointer
  /// The number of threads that may run chunks; worker indices are below it.
  package let workers: Int
  /// Element-wise work to do on each finished part of output 0; nil when there is none.
  package let epilogue: Epilogue?
  /// Outputs that nothing reads: a kernel may leave them as they are.
  let unreadOutputs: Set<Int>

  /// Creates a context from its parts.
  package init(
    inputs: [Buffer], outputs: [Buffer], scratch: UnsafeMutableRawPointer, workers: Int,
    epilogue: Epilogue?, unreadOutputs: Set<Int> = []
  ) {
    self.inputs = inputs
    self.outputs = outputs
    self.scratch = scratch
    self.workers = workers
    self.epilogue = epilogue
    self.unreadOutputs = unreadOutputs
  }

  /// Whether anything reads an output.
  package func isRead(_ output: Int) -> Bool { !unreadOutputs.contains(output) }

  /// The C loops for the element type of output 0, or of input 0 where output 0 is not
  /// floating-point.
  package var loops: UnsafePointer<nn_kernels> {
    let dtype = outputs[0].type.dtype
    return Kernels.table(for: dtype.isFloatingPoint ? dtype : inputs[0].type.dtype)
  }
}

/// A computation bound to memory: phases that run one after another, each a set of chunks.
///
/// The number of chunks and what each does depend on the problem alone, never on the number of
/// threads, so results are bitwise equal on any number of threads.
package struct Kernel {
  /// A set of chunks that may run in any order and at the same time.
  package struct Phase {
    let chunks: Int
    let body: ParallelBody
  }

  let phases: [Phase]

  /// A kernel without work.
  package static var nothing: Kernel { Kernel(phases: []) }

  /// One chunk that runs `body`.
  package static func serial(_ body: @escaping () -> Void) -> Kernel {
    Kernel(phases: [Phase(chunks: 1, body: ParallelBody { _, _ in body() })])
  }

  /// Independent chunks in one phase.
  package static func parallel(
    _ chunks: Int, _ body: @escaping (_ chunk: Int, _ worker: Int) -> Void
  ) -> Kernel {
    Kernel(phases: [Phase(chunks: chunks, body: ParallelBody(body))])
  }

  /// The flat elements 0..<count, in chunks of `grain` elements.
  package static func elements(
    _ count: Int, grain: Int = 16384, _ body: @escaping (Range<Int>, _ worker: Int) -> Void
  ) -> Kernel {
    parallel((count + grain - 1) / grain) { chunk, worker in
      body(chunk * grain..<min(count, (chunk + 1) * grain), worker)
    }
  }

  /// This kernel followed by another.
  package func then(_ next: Kernel) -> Kernel { Kernel(phases: phases + next.phases) }

  /// Runs all phases on the calling thread.
  package func run() {
    for phase in phases { WorkerPool.run(phase.chunks, phase.body, upTo: 1) }
  }
}
