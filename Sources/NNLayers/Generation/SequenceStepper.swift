package import NNCore
package import NNGraph

/// A trained network that reads a sequence a token at a time and scores what comes next.
///
/// What the layers keep of the past lies in variables, so a step costs the same wherever it stands
/// (attention: in proportion to the steps before). Tokens that are known beforehand are read several
/// at once, which reads the weights once for all of them.
package final class SequenceStepper {
  /// How many steps a sequence may have; nil for any number.
  package let capacity: Int?
  /// How many steps have been taken.
  package private(set) var position = 0
  /// Sequences that are read at the same time.
  package let rows: Int
  private let form: StepForm
  private let step: Session
  /// Sessions that read so many tokens at once, made when they are first needed; nil where a layer
  /// takes one step alone.
  private var blocks: [Int: Session?] = [:]
  /// The session that ran last.
  private var latest: Session
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
    form = StepForm(
      model: model, layout: layout, signature: signature, rows: rows, memory: memory,
      reorders: reorders)
    let built = try form.built(steps: 1)
    self.rows = rows
    self.variables = variables
    capacity = built.output.isBounded ? form.contextLength : nil
    states = built.output.states
    ownOrder = (0..<rows).map(Int32.init)
    step = Session(built.plan, variables: variables)
    latest = step
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
    precondition(
      form.reorders || order == nil || order == Array(0..<rows), "rows keep their own past")
    run(step, tokens, steps: 1, order: order.map { $0.map(Int32.init) })
  }

  /// Reads tokens of one sequence, one behind another; for steppers of one row.
  package func read(sequence tokens: some Collection<Int32>) {
    var rest = tokens[...]
    for count in Self.blockLengths where rest.count >= count {
      guard count <= capacity ?? .max, let session = block(count) else { continue }
      while rest.count >= count {
        run(session, Array(rest.prefix(count)), steps: count, order: nil)
        rest = rest.dropFirst(count)
      }
    }
    for token in rest { read([token]) }
  }

  /// Row by row, the logarithm of each token's probability to come behind those read so far.
  package var scores: [Double] { latest.numbers("scores") }
  /// The same as they are, [rows, vocabulary].
  package var scoreTensor: HostTensor { latest.read("scores") }

  /// The shorter takes as long as one step, which waits for weights; the longer is worth a copy of
  /// the weights in the order of the fastest products.
  private static let blockLengths = [32, 4]

  private func block(_ count: Int) -> Session? {
    if let session = blocks[count] { return session }
    let session = (try? form.built(steps: count)).map { Session($0.plan, variables: variables) }
    blocks[count] = .some(session)
    return session
  }

  private func run(_ session: Session, _ tokens: [Int32], steps: Int, order: [Int32]?) {
    precondition(
      tokens.count == rows * steps && position + steps <= capacity ?? .max, "no room for a step")
    session.write("input", tokens)
    session.write("position", CollectionOfOne(Int32(position)))
    session.write("positions", (position..<position + steps).lazy.map(Int32.init))
    session.write("order", order ?? ownOrder)
    session.run()
    position += steps
    latest = session
  }
}

/// What the graphs of a stepper are made of, whatever the number of steps.
private struct StepForm {
  let model: Model
  let layout: ParameterLayout
  let signature: InputSignature
  let rows: Int
  let memory: MemoryVariables?
  let reorders: Bool

  /// How many steps the network was trained for.
  var contextLength: Int { (signature.row.decoderRows ?? signature.row.rows).shape[0] }

  /// The network for so many steps, and a plan whose scores are those behind the last.
  func built(steps: Int) throws(NNError) -> (output: Model.Output, plan: Plan) {
    let graph = Graph()
    let position = graph.input("position", TensorType([1], .int32))
    let positions = steps > 1 ? graph.input("positions", TensorType([steps], .int32)) : nil
    let order = reorders ? graph.input("order", TensorType([rows], .int32)) : nil
    let built = model.build(
      in: graph, input: NetworkInput(graph.input("input", TensorType([rows, steps], .int32))),
      layout: layout, mode: .generation,
      generation: GenerationInput(
        position: position, positions: positions, contextLength: contextLength, order: order,
        memory: memory?.values(in: graph, rows: rows)))
    try graph.validate()
    let vocabulary = signature.vocabulary?.output ?? 0
    guard built.value.shape == [rows, steps, vocabulary] else {
      throw .invalid(
        "the network gives \(built.value.shape) for \(steps) steps of \(rows) rows, not a score for "
          + "each of \(vocabulary) tokens",
        hint: "end it with `linear: vocabulary`")
    }
    let last = built.value.narrowed(to: steps - 1..<steps, axis: 1)
    let scores = last.logSoftmax(axis: 2).reshaped(to: [rows, vocabulary])
    return (built, try Plan(graph, fetches: [("scores", scores)], updates: built.stateUpdates))
  }
}
