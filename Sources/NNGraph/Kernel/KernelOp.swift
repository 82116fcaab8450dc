import NNCore
package import NNKernels

/// An op with an implementation.
///
/// Ops that only the planner adds to a graph, such as fused and packed ones, have no gradient rule.
package protocol KernelOp: Op {
  /// How a plan executes the op; as a kernel of its own by default.
  var form: ExecutionForm { get }

  /// Binds the computation to memory, once per session; the kernel then runs at every step.
  func prepare(_ context: KernelContext) -> Kernel

  /// Bytes of scratch memory that `prepare` needs for these types, for all workers together; 0 by
  /// default.
  func scratchByteCount(inputs: [TensorType], outputs: [TensorType], workers: Int) -> Int

  /// Multiply–accumulates, for reports; 0 except for GEMMs, convolutions and recurrent networks.
  func multiplyAdds(inputs: [TensorType], outputs: [TensorType]) -> Int

  /// Whether the kernel calls `KernelContext.epilogue` for every part of output 0 it finishes;
  /// false by default.
  var supportsEpilogue: Bool { get }

  /// The input, of output 0's size, whose buffer output 0 may reuse if it is not read afterwards;
  /// nil for none, the default. Element-wise ops do not need it.
  ///
  /// `prepare` can compare the addresses to find out whether the buffer is reused.
  var inPlaceInput: Int? { get }
}

/// How a plan executes an op.
package enum ExecutionForm {
  /// A kernel of its own.
  case kernel
  /// One instruction of an element-wise program into which a plan fuses neighbouring ops.
  case elementwise(nn_opcode)
  /// The input's memory under another shape or from another offset: nothing is executed.
  case view(any ViewOp)
  /// The input's memory under other strides: element-wise consumers read it through these strides,
  /// others read a copy.
  case stridedView(any StridedViewOp)
}

/// An op that computes each output element from the corresponding input elements.
///
/// Inputs broadcast as in NumPy and share one floating-point type. A plan fuses neighbours into one
/// `ElementwiseProgram`, which passes over memory once.
package protocol ElementwiseOp: KernelOp {
  /// The vector loop that computes the op.
  var opcode: nn_opcode { get }
}

/// An op whose output is its input's memory under another shape or from another offset.
package protocol ViewOp: KernelOp {
  /// Bytes between the start of the input and the start of the output.
  func byteOffset(input: TensorType) -> Int
}

/// An op whose output is its input's memory under other strides.
package protocol StridedViewOp: KernelOp {
  /// The stride in elements along each axis of the output; 0 repeats an element.
  func strides(input: TensorType, output: TensorType) -> [Int]
}

extension KernelOp {
  package var form: ExecutionForm { .kernel }
  package func scratchByteCount(
    inputs: [TensorType], outputs: [TensorType], workers: Int
  ) -> Int { 0 }
  package func multiplyAdds(inputs: [TensorType], outputs: [TensorType]) -> Int { 0 }
  package var supportsEpilogue: Bool { false }
  package var inPlaceInput: Int? { nil }

  /// The instruction of an element-wise op; nil for others.
  var elementwiseOpcode: nn_opcode? {
    if case .elementwise(let opcode) = form { opcode } else { nil }
  }
  /// The op if it is a view.
  var asView: (any ViewOp)? { if case .view(let view) = form { view } else { nil } }
  /// The op if it is a strided view.
  var asStridedView: (any StridedViewOp)? {
    if case .stridedView(let view) = form { view } else { nil }
  }

  /// Adds this op to the graph of its inputs and returns its first output.
  package func apply(_ inputs: Value...) -> Value { inputs[0].graph.add(self, inputs)[0] }
}

extension ElementwiseOp {
  package var form: ExecutionForm { .elementwise(opcode) }
}

extension StridedViewOp {
  package var form: ExecutionForm { .stridedView(self) }
}

extension ViewOp {
  package var form: ExecutionForm { .view(self) }
  package func prepare(_ context: KernelContext) -> Kernel { .nothing }
}

extension Value {
  /// The op that computes this value; nil for inputs, variables, constants and poisoned values.
  package var kernelOp: (any KernelOp)? { isPoisoned ? nil : graph.kernelOp(of: id.node) }
}

extension Graph {
  /// Boxes the op of a node: casting to this class is far faster than casting an op to `KernelOp`.
  private final class Implementation: Sendable {
    let op: any KernelOp

    init(_ op: any KernelOp) { self.op = op }
  }

  /// Adds a node, or finds an equal existing one, and returns its outputs.
  package func add(_ op: any KernelOp, _ inputs: [Value]) -> [Value] {
    addNode(op, inputs, implementation: Implementation(op))
  }

  /// How the op of a node runs; nil for inputs, variables and constants.
  func kernelOp(of node: Int) -> (any KernelOp)? {
    (nodes[node].implementation as? Implementation)?.op
  }
}
