import NNCore

/// The meaning of one kind of computation, as a value type that holds its attributes.
///
/// Two ops with equal attributes and equal inputs are one computation (common subexpressions are
/// shared), hence `Hashable`. How an op runs is defined by its `KernelOp` conformance.
package protocol Op: Hashable, Sendable {
  /// The name in printed graphs and errors: `matMul`.
  static var name: String { get }

  /// The attributes by name; none by default.
  var attributes: Attributes { get }

  /// The types of the outputs.
  ///
  /// - Throws: `OpError` for invalid inputs.
  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType]

  /// The gradient with respect to each input, as nodes added to the graph; nil where it is zero.
  ///
  /// An op without a rule reports an error, as does a rule for a gradient that is not defined
  /// (`GradientContext.undefined(_:)`).
  func gradient(_ context: GradientContext) -> [Value?]
}

extension Op {
  package var attributes: Attributes { [:] }

  package func gradient(_ context: GradientContext) -> [Value?] {
    context.undefined("\(Self.name) has no gradient rule")
  }
}

/// Why an op's inputs are invalid.
package struct OpError: Error, Sendable, Hashable {
  /// What was expected and what was found.
  package let message: String
  /// A fix.
  package let hint: String?

  /// Creates an error from its text.
  package init(_ message: String, hint: String? = nil) {
    self.message = message
    self.hint = hint
  }
}

/// What a gradient rule reads.
package struct GradientContext {
  package let inputs: [Value]
  package let outputs: [Value]
  /// ∂loss/∂output for each output; nil where the loss does not depend on it.
  package let cotangents: [Value?]

  /// Whether the gradient with respect to each input is used.
  let needed: [Bool]

  /// Whether the gradient with respect to an input is used.
  package func isNeeded(_ input: Int) -> Bool { needed[input] }

  /// The only output of a single-output op.
  package var output: Value { outputs[0] }

  /// Reports that the gradient is not defined: `Graph.validate()` throws the message.
  package func undefined(_ message: String, hint: String? = nil) -> [Value?] {
    let poisoned = inputs[0].graph.report(message, hint: hint)
    return inputs.map { _ in poisoned }
  }
}
