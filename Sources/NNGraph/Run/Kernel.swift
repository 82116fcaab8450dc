public import NNCore
public import NNKernels

/// A tensor's place in memory while a plan runs.
public struct Buffer {
  /// The first element.
  public let address: UnsafeMutableRawPointer
  /// Shape and element type.
  public let type: TensorType

  /// The number of elements.
  public var count: Int { type.shape.elementCount }

  /// The address as a typed pointer.
  public func pointer<Scalar: TensorScalar>(
    as scalar: Scalar.Type = Scalar.self
  ) -> UnsafeMutablePointer<Scalar> {
    precondition(Scalar.dtype == type.dtype, "a \(type.dtype) buffer bound as \(Scalar.dtype)")
    return address.assumingMemoryBound(to: Scalar.self)
  }
}

/// What an op binds its kernel to.
public struct KernelContext {
  /// Where the inputs lie.
  public let inputs: [Buffer]
  /// Where the outputs go.
  public let outputs: [Buffer]
  /// The scratch memory that the op asked for.
  public let scratch: UnsafeMutableRawPointer
  /// How many threads may run chunks: worker numbers are below it.
  public let workers: Int
  /// Element-wise work to do on each finished part of output 0; nil when there is none.
  public let epilogue: Epilogue?
  /// Outputs that nothing reads: a kernel may leave them as they are.
  var unreadOutputs: Set<Int> = []

  /// Whether anything reads an output.
  public func isRead(_ output: Int) -> Bool { !unreadOutputs.contains(output) }

  /// The loops for the element type of output 0 (or of input 0 where that is not a float).
  public var loops: UnsafePointer<nn_kernels> {
    let dtype = outputs[0].type.dtype
    return Kernels.table(for: dtype.isFloatingPoint ? dtype : inputs[0].type.dtype)
  }
}

/// A computation bound to memory: phases that run one after another, each a set of chunks.
///
/// The number of chunks and what each does depend on the problem alone, never on the number of
/// threads, so results have the same bits on any number of them.
public struct Kernel {
  /// A set of chunks that may run in any order and at the same time.
  public struct Phase {
    let chunks: Int
    let body: ParallelBody
  }

  let phases: [Phase]

  /// Does nothing.
  public static var nothing: Kernel { Kernel(phases: []) }

  /// One piece of work on the calling thread.
  public static func serial(_ body: @escaping () -> Void) -> Kernel {
    Kernel(phases: [Phase(chunks: 1, body: ParallelBody { _, _ in body() })])
  }

  /// Independent chunks.
  public static func parallel(
    _ chunks: Int, _ body: @escaping (_ chunk: Int, _ worker: Int) -> Void
  ) -> Kernel {
    Kernel(phases: [Phase(chunks: chunks, body: ParallelBody(body))])
  }

  /// Flat elements 0..<count in chunks of `grain`.
  public static func elements(
    _ count: Int, grain: Int = 16384, _ body: @escaping (Range<Int>, _ worker: Int) -> Void
  ) -> Kernel {
    parallel((count + grain - 1) / grain) { chunk, worker in
      body(chunk * grain..<min(count, (chunk + 1) * grain), worker)
    }
  }

  /// This kernel, then another.
  public func then(_ next: Kernel) -> Kernel { Kernel(phases: phases + next.phases) }
}
