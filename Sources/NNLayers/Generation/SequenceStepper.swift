package import NNCore
package import NNGraph

/// A trained network that reads a sequence token by token and scores the next token.
///
/// What layers keep of the past is stored in variables, so every step costs the same (with
/// attention, in proportion to the number of earlier steps). Tokens that are known in advance are
/// read several at a time, which reads the weights once for all of them.
package final class SequenceStepper {
  /// The maximum number of steps of a sequence; nil for no limit.
  package let capacity: Int?
  /// The number of steps taken.
  package private(set) var position = 0
  /// The number of sequences read in parallel.
  package let rows: Int
  private let form: StepForm
  private let step: Function
  /// Functions that read a given number of tokens at once, compiled on first use; nil if a layer
  /// takes only one step at a time.
  private var blocks: [Int: Function?] = [:]
  /// The function that ran last.
  private var latest: Function
  private let variables: VariableStore
  private let states: [(name: String, type: TensorType)]
  private let ownOrder: [Int32]

  /// Compiles a step.
  ///
  /// - Parameters:
  ///   - model: The network.
  ///   - layout: Its parameters.
  ///   - signature: The types of its inputs.
  ///   - variables: Its weights; states are added.
  ///   - rows: The number of sequences read in parallel.
  ///   - memory: The encoder's output, for an encoder–decoder.
  ///   - reorders: Whether sequences may continue other sequences' pasts, as in beam search.
  /// - Throws: `NNError` that names layers that cannot run step by step, or if the network's output
  ///   is not a score for each token.
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
    capacity = built.isBounded ? form.contextLength : nil
    states = built.states
    ownOrder = (0..<rows).map(Int32.init)
    step = try form.compiled(built, steps: 1, variables: variables)
    latest = step
  }

  /// Returns to the start of the sequences.
  package func reset() {
    position = 0
    for (name, type) in states {
      variables[name] = HostTensor(zeros: type.shape, dtype: type.dtype)
    }
  }

  /// Reads one token of each sequence.
  ///
  /// - Parameters:
  ///   - tokens: The tokens.
  ///   - order: For each sequence the index of the one whose past it continues; nil if each
  ///     continues its own.
  package func read(_ tokens: [Int32], order: [Int]? = nil) {
    precondition(
      form.reorders || order == nil || order == Array(0..<rows),
      "this stepper does not reorder sequences")
    run(step, tokens, steps: 1, order: order.map { $0.map(Int32.init) })
  }

  /// Reads consecutive tokens of a sequence; for steppers of one sequence.
  package func read(sequence tokens: some Collection<Int32>) {
    var rest = tokens[...]
    for count in Self.blockLengths where rest.count >= count {
      guard count <= capacity ?? .max, let block = block(count) else { continue }
      while rest.count >= count {
        run(block, Array(rest.prefix(count)), steps: count, order: nil)
        rest = rest.dropFirst(count)
      }
    }
    for token in rest { read([token]) }
  }

  /// The log-probability of each token as the next one, sequence by sequence.
  package var scores: [Double] { latest.session.numbers("scores") }
  /// The same as a tensor, [rows, vocabulary].
  package var scoreTensor: HostTensor { latest.session.read("scores") }

  /// A block of 4 tokens takes as long as one step, whose time is that of reading the weights; a
  /// block of 32 repays a copy of the weights in the order of the fastest GEMMs.
  private static let blockLengths = [32, 4]

  private func block(_ count: Int) -> Function? {
    if let block = blocks[count] { return block }
    let block = try? form.compiled(form.built(steps: count), steps: count, variables: variables)
    blocks[count] = .some(block)
    return block
  }

  private func run(_ function: Function, _ tokens: [Int32], steps: Int, order: [Int32]?) {
    precondition(
      tokens.count == rows * steps && position + steps <= capacity ?? .max,
      "the sequence exceeds the capacity")
    do throws(NNError) {
      try function.write("input", tokens)
      try function.write("position", CollectionOfOne(Int32(position)))
      if steps > 1 {
        try function.write("positions", (position..<position + steps).lazy.map(Int32.init))
      }
      if form.reorders { try function.write("order", order ?? ownOrder) }
      try function.run()
    } catch {
      // Every input is written, and nobody replaces a variable by one of another type.
      preconditionFailure("\(error)")
    }
    position += steps
    latest = function
  }
}

/// The parts of a stepper's graphs that do not depend on the number of steps.
private struct StepForm {
  let model: Model
  let layout: ParameterLayout
  let signature: InputSignature
  let rows: Int
  let memory: MemoryVariables?
  let reorders: Bool

  /// The number of steps for which the network was trained.
  var contextLength: Int { (signature.example.decoderValues ?? signature.example.values).shape[0] }

  /// The network for `steps` steps.
  func built(steps: Int) throws(NNError) -> Model.Output {
    let graph = Graph()
    let position = graph.input("position", TensorType([1], .int32))
    let positions = steps > 1 ? graph.input("positions", TensorType([steps], .int32)) : nil
    let order = reorders ? graph.input("order", TensorType([rows], .int32)) : nil
    let built = model.build(
      in: graph, input: Ports(graph.input("input", TensorType([rows, steps], .int32))),
      layout: layout, mode: .generation,
      generation: GenerationInput(
        position: position, positions: positions, contextLength: contextLength, order: order,
        memory: memory?.values(in: graph, rows: rows)))
    try graph.validate()
    let vocabulary = signature.vocabulary?.output ?? 0
    guard built.value.shape == [rows, steps, vocabulary] else {
      throw .invalid(
        "the network returns \(built.value.shape) for \(rows) sequences of \(steps) steps, not a "
          + "score for each of \(vocabulary) tokens",
        hint: "end it with `linear: vocabulary`")
    }
    return built
  }

  /// The function that reads `steps` tokens of each sequence and computes the scores after them.
  func compiled(
    _ built: Model.Output, steps: Int, variables: VariableStore
  ) throws(NNError) -> Function {
    let last = built.value.narrowed(to: steps - 1..<steps, axis: 1)
    let scores = last.logSoftmax(axis: 2).reshaped(to: [rows, built.value.shape[2]])
    return try Function(
      built.value.graph, outputs: ["scores": scores], updates: built.stateUpdates,
      variables: variables)
  }
}
