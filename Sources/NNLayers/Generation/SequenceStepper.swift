package import NNCore
package import NNGraph

/// A trained network that reads a sequence a token at a time and scores what comes next.
///
/// What the layers keep of the past lies in variables, so a step costs the same wherever it stands
/// (attention: in proportion to the steps before).
package final class SequenceStepper {
  /// How many steps a sequence may have; nil for any number.
  package let capacity: Int?
  /// How many steps have been taken.
  package private(set) var position = 0
  /// Sequences that are read at the same time.
  package let rows: Int
  private let session: Session
  private let variables: VariableStore
  private let states: [(name: String, type: TensorType)]
  private let ownOrder: [Int32]

  /// Compiles a step.
  ///
  /// - Parameters:
  ///   - model: The network.
  ///   - layout: Its parameters.
  ///   - signature: What it reads.
  ///   - variables: Its weights; states are added.
  ///   - rows: Sequences that are read at the same time.
  ///   - memory: What the encoder gives, for an encoder–decoder.
  ///   - reorders: Whether steps may go on with other rows' pasts.
  /// - Throws: `NNError` naming layers that cannot go step by step, and a network whose output is no
  ///   score for each token.
  package init(
    _ model: Model, layout: ParameterLayout, signature: InputSignature, variables: VariableStore,
    rows: Int, memory: MemoryVariables? = nil, reorders: Bool = false
  ) throws(NNError) {
    let graph = Graph()
    let row = signature.row.decoderRows ?? signature.row.rows
    let contextLength = row.shape[0]
    let position = graph.input("position", TensorType([1], .int32))
    let order = reorders ? graph.input("order", TensorType([rows], .int32)) : nil
    let built = model.build(
      in: graph, input: NetworkInput(graph.input("input", TensorType([rows, 1], .int32))),
      layout: layout, mode: .generation,
      generation: GenerationInput(
        position: position, contextLength: contextLength, order: order,
        memory: memory?.values(in: graph, rows: rows)))
    try graph.validate()
    let vocabulary = signature.vocabulary?.output ?? 0
    guard built.value.shape == [rows, 1, vocabulary] else {
      throw .invalid(
        "the network gives \(built.value.shape) for a step of \(rows) rows, not a score for each "
          + "of \(vocabulary) tokens",
        hint: "end it with `linear: vocabulary`")
    }
    let scores = built.value.logSoftmax(axis: 2).reshaped(to: [rows, vocabulary])
    let plan = try Plan(
      graph, fetches: [("scores", scores)],
      updates: built.stateUpdates)
    self.rows = rows
    self.variables = variables
    capacity = built.isBounded ? contextLength : nil
    states = built.states
    ownOrder = (0..<rows).map(Int32.init)
    session = Session(plan, variables: variables)
  }

  /// Goes back to the start of a sequence.
  package func reset() {
    position = 0
    for (name, type) in states {
      variables[name] = HostTensor(zeros: type.shape, dtype: type.dtype)
    }
  }

  /// Reads a token of each row.
  ///
  /// - Parameters:
  ///   - tokens: The tokens.
  ///   - order: Whose past each row goes on with; nil for its own.
  package func read(_ tokens: [Int32], order: [Int]? = nil) {
    precondition(tokens.count == rows && position < capacity ?? .max, "no room for a step")
    session.write("input", tokens)
    session.write("position", CollectionOfOne(Int32(position)))
    if let order {
      session.write("order", order.map(Int32.init))
    } else {
      session.write("order", ownOrder)
    }
    session.run()
    position += 1
  }

  /// Row by row, the logarithm of each token's probability to come behind those read so far.
  package var scores: [Double] { session.numbers("scores") }
}
