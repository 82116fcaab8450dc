import NNCore

/// One kind of computation: a value type that holds its attributes.
///
/// Everything about an op stands in one file: its shape rule, its gradient rule, how it runs, and
/// the `Value` method that users call. Two ops with equal attributes and equal inputs are one
/// computation (common subexpressions are shared), hence `Hashable`.
public protocol Op: Hashable, Sendable {
  /// The name in printed graphs and errors: `matMul`.
  static var name: String { get }

  /// The attributes worth printing: `transposeA=true`.
  var attributes: String { get }

  /// The types of the outputs, or why these inputs do not fit.
  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType]

  /// The gradient with respect to each input, as more graph; nil where there is none.
  func gradient(_ context: GradientContext) -> [Value?]

  /// The same result by other ops that are faster for these inputs; nil where there are none.
  ///
  /// A plan asks once the graph is differentiated, so these ops need no gradient.
  ///
  /// - Parameter lasting: Which inputs stay as they are from run to run, so that work on them alone
  ///   costs nothing.
  func lowered(_ inputs: [Value], lasting: [Bool]) -> Value?

  /// The same for an op of several outputs.
  func loweredOutputs(_ inputs: [Value], lasting: [Bool]) -> [Value]?

  /// Binds the computation to memory, once per plan; the kernel then runs at every step.
  func prepare(_ context: KernelContext) -> Kernel

  /// Bytes of scratch memory that `prepare` wants for these types, all workers together.
  func scratchByteCount(inputs: [TensorType], outputs: [TensorType], workers: Int) -> Int

  /// Products that the op sums, for reports; 0 for all but products and convolutions.
  func multiplyAdds(inputs: [TensorType], outputs: [TensorType]) -> Int

  /// Whether the kernel calls `KernelContext.epilogue` for every part of output 0 it finishes.
  var supportsEpilogue: Bool { get }

  /// The input, of output 0's size, whose memory output 0 may take where nobody reads the old
  /// contents afterwards; nil for none. Element-wise ops need not say so.
  ///
  /// `prepare` sees by the addresses whether it does.
  var inPlaceInput: Int? { get }

  /// The op, where it is element-wise. Plans ask often, and a cast to a protocol takes far longer
  /// than a call.
  var asElementwise: (any ElementwiseOp)? { get }
  /// The op, where it is a view.
  var asView: (any ViewOp)? { get }
  /// The op, where it is a strided view.
  var asStridedView: (any StridedViewOp)? { get }
}

extension Op {
  /// None.
  public func lowered(_ inputs: [Value], lasting: [Bool]) -> Value? { nil }
  /// That of the only output.
  public func loweredOutputs(_ inputs: [Value], lasting: [Bool]) -> [Value]? {
    lowered(inputs, lasting: lasting).map { [$0] }
  }
  /// No attributes.
  public var attributes: String { "" }
  /// No scratch memory.
  public func scratchByteCount(
    inputs: [TensorType], outputs: [TensorType], workers: Int
  ) -> Int { 0 }
  /// None.
  public func multiplyAdds(inputs: [TensorType], outputs: [TensorType]) -> Int { 0 }
  /// No epilogue.
  public var supportsEpilogue: Bool { false }
  /// None.
  public var inPlaceInput: Int? { nil }
  /// It is not.
  public var asElementwise: (any ElementwiseOp)? { nil }
  /// It is not.
  public var asView: (any ViewOp)? { nil }
  /// It is not.
  public var asStridedView: (any StridedViewOp)? { nil }

  /// Adds this op to the graph of its inputs and gives its first output.
  package func apply(_ inputs: Value...) -> Value { inputs[0].graph.add(self, inputs)[0] }
}

/// Why an op cannot take its inputs: what was expected, what was found, the likely mend.
public struct OpError: Error, Sendable, Hashable {
  /// What was expected and what was found.
  public let message: String
  /// The likely mend.
  public let hint: String?

  /// Creates an error from its text.
  public init(_ message: String, hint: String? = nil) {
    self.message = message
    self.hint = hint
  }
}

/// What a gradient rule is given.
public struct GradientContext {
  /// The op's inputs.
  public let inputs: [Value]
  /// The op's outputs.
  public let outputs: [Value]
  /// ∂loss/∂output for each output; nil where the loss does not depend on it.
  public let cotangents: [Value?]

  /// Whether anybody asked for what depends on each input's gradient.
  let needed: [Bool]

  /// Whether the gradient with respect to an input is of use.
  public func isNeeded(_ input: Int) -> Bool { needed[input] }

  /// The only output of a single-output op.
  public var output: Value { outputs[0] }
  /// The cotangent of output 0; zeros when the loss does not depend on it.
  public var cotangent: Value {
    cotangents[0]
      ?? outputs[0].graph.constant(0, dtype: outputs[0].dtype)
      .broadcast(to: outputs[0].shape)
  }
}

/// An op whose output is its input's memory seen under another shape or from another offset.
///
/// The plan gives it no instruction.
public protocol ViewOp: Op {
  /// Bytes between the start of the input and the start of the output.
  func byteOffset(input: TensorType) -> Int
}

extension ViewOp {
  /// Itself.
  public var asView: (any ViewOp)? { self }
  /// Views do not run.
  public func prepare(_ context: KernelContext) -> Kernel { .nothing }
}
