import NNCore
import NNGraph
import NNLayers
import NNText

/// A trained network that reads a sequence a token at a time and scores what comes next.
///
/// What the layers keep of the past lies in variables, so a step costs the same wherever it stands
/// (attention: in proportion to the steps before).
final class SequenceStepper {
  /// How many steps a sequence may have; nil for any number.
  let capacity: Int?
  /// How many steps have been taken.
  private(set) var position = 0
  /// Sequences that are read at the same time.
  let rows: Int
  private let session: Session
  private let variables: VariableStore
  private let states: [(name: String, type: TensorType)]
  private let memory: MemoryVariables?

  /// Compiles a step.
  ///
  /// - Parameters:
  ///   - model: The network.
  ///   - variables: Its weights; states are added.
  ///   - rows: Sequences that are read at the same time.
  ///   - memory: What the encoder gives, for an encoder–decoder.
  ///   - reorders: Whether steps may go on with other rows' pasts.
  /// - Throws: `NNError` naming layers that cannot go step by step, and a network whose output is no
  ///   score for each token.
  init(
    _ model: TrainedModel, variables: VariableStore, rows: Int, memory: MemoryVariables? = nil,
    reorders: Bool = false
  ) throws(NNError) {
    let graph = Graph()
    let row = model.signature.row.decoderRows ?? model.signature.row.rows
    let contextLength = row.shape[0]
    let position = graph.input("position", TensorType([1], .int32))
    let order = reorders ? graph.input("order", TensorType([rows], .int32)) : nil
    let built = model.model.build(
      in: graph, input: NetworkInput(graph.input("input", TensorType([rows, 1], .int32))),
      layout: model.layout, mode: .generation,
      generation: GenerationInput(
        position: position, contextLength: contextLength, order: order,
        memory: memory?.values(in: graph, rows: rows)))
    try graph.validate()
    let vocabulary = model.signature.vocabulary?.output ?? 0
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
    self.memory = memory
    capacity = built.isBounded ? contextLength : nil
    states = built.states
    session = Session(plan, variables: variables)
  }

  /// Goes back to the start of a sequence.
  func reset() {
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
  /// - Returns: [rows, vocabulary], the logarithm of each token's probability to come next.
  func step(_ tokens: [TokenID], order: [Int]? = nil) -> HostTensor {
    precondition(tokens.count == rows && position < capacity ?? .max, "no room for a step")
    session.write("input", HostTensor(tokens, shape: [rows, 1]))
    session.write("position", HostTensor([Int32(position)]))
    session.write("order", HostTensor((order ?? Array(0..<rows)).map(Int32.init)))
    session.run()
    position += 1
    return session.read("scores")
  }
}
