import NNCore
import NNGraph

/// The layers and directions of a recurrent network, shared by `RNN`, `LSTM` and `GRU`.
struct RecurrentStack {
  let cell: RecurrentCell
  let options: RecurrentOptions
  /// The projection size of h; nil without a projection.
  var projected: Int?

  /// The size of h.
  private var outputs: Int { projected ?? options.hiddenSize }

  /// Returns the output [N, T, outputs · directions], or [N, outputs · directions] of the last
  /// step, and the final states; or the poisoned value if the input or an option is invalid.
  func run(
    _ input: Value, initial: RecurrentState?, lengths: Value?, in scope: Scope
  ) -> (output: Value, state: RecurrentState) {
    func rejected(_ value: Value) -> (Value, RecurrentState) {
      (value, RecurrentState(hidden: value, cell: cell == .lstm ? value : nil))
    }
    if let invalid = mismatch(input, in: scope) { return rejected(invalid) }
    let start = initial ?? (options.start == .encoder ? scope.takeEncoderState() : nil)
    if let start, let invalid = mismatch(start, rows: input.shape[0], in: scope) {
      return rejected(invalid)
    }
    if options.start == .encoder, start == nil {
      return rejected(
        scope.rejectOption(
          "starts from the encoder's states, but the encoder has no further recurrent layer"))
    }
    guard scope.memory == nil || !options.bidirectional else {
      return rejected(
        scope.rejectOption("reads backwards in a decoder, which must predict later steps"))
    }
    var steps = input.permuted([1, 0, 2])
    var results: [RecurrentResult] = []
    for layer in 0..<options.layerCount {
      // The parameters of a layer above the memory limit poison the result.
      guard !steps.isPoisoned else { return rejected(steps) }
      if layer > 0 { steps = Dropout(options.dropout)(steps, in: scope) }
      scope.observe(steps: steps, named: "l\(layer)")
      let directions = (0..<options.directions).map { direction in
        let suffix = "_l\(layer)" + (direction == 1 ? "_reverse" : "")
        let weights = RecurrentWeights(
          cell, inputs: steps.shape[2], units: options.hiddenSize, projected: projected,
          bias: options.bias, suffix: suffix, in: scope)
        let first = start.map { part($0, layer * options.directions + direction) }
        if scope.mode == .generation {
          return step(steps, weights, first: first, suffix: suffix, in: scope)
        }
        return weights.run(
          steps, initial: first, lengths: lengths ?? scope.lengths, isReversed: direction == 1)
      }
      steps = .concatenated(directions.map(\.outputs), axis: 2)
      results += directions
    }
    let last = results.suffix(options.directions).map(\.hidden)
    let output =
      options.returns == .all ? steps.permuted([1, 0, 2]) : Value.concatenated(last, axis: 1)
    let cells = results.compactMap(\.cell)
    let state = RecurrentState(
      hidden: stacked(results.map(\.hidden)), cell: cells.isEmpty ? nil : stacked(cells))
    scope.report(FinalStates.self, state)
    return (output, state)
  }

  /// Runs the next steps, and keeps the states for later ones.
  private func step(
    _ steps: Value, _ weights: RecurrentWeights, first: (hidden: Value, cell: Value?)?,
    suffix: String, in scope: Scope
  ) -> RecurrentResult {
    let rows = steps.shape[1]
    let hidden = scope.state("hidden\(suffix)", [rows, outputs])
    let memory = cell == .lstm ? scope.state("cell\(suffix)", [rows, options.hiddenSize]) : nil
    /// At the start of a sequence the state is the encoder's final state, or zeros.
    func begun(_ state: Value, _ first: Value?) -> Value {
      guard let first, let position = scope.position else { return state }
      return position.labelMask(equalTo: 0, dtype: state.dtype).select(first, state)
    }
    let result = weights.run(
      steps,
      initial: (
        begun(hidden.value, first?.hidden), memory.map { begun($0.value, first?.cell) }
      ), lengths: nil, isReversed: false)
    scope.setState(hidden, to: result.hidden)
    if let memory, let cell = result.cell { scope.setState(memory, to: cell) }
    return result
  }

  private func mismatch(_ input: Value, in scope: Scope) -> Value? {
    guard options.hiddenSize > 0, options.layerCount > 0 else {
      return scope.rejectOption(
        "needs at least one unit and one layer, got \(options.layerCount) × \(options.hiddenSize)")
    }
    guard (0...1).contains(options.dropout) else {
      return scope.rejectOption("needs a dropout in 0…1, got \(options.dropout)")
    }
    if let projected, !(1..<options.hiddenSize).contains(projected) {
      return scope.rejectOption(
        "projects \(options.hiddenSize) units onto 1 to \(options.hiddenSize - 1) elements, got "
          + "\(projected)")
    }
    guard input.shape.rank == 3, input.shape[1] > 0, input.shape[2] > 0 else {
      return scope.reject(
        input, expected: "3 axes [N, steps, features]",
        hint: input.shape.rank == 2
          ? "reshape each row to [steps, features], or add an embedding before tokens" : nil)
    }
    guard scope.mode != .generation || !options.bidirectional else {
      return scope.rejectOption(
        "reads the steps in both directions, so it cannot run step by step; generation needs "
          + "one direction")
    }
    return nil
  }

  private func mismatch(_ initial: RecurrentState, rows: Int, in scope: Scope) -> Value? {
    let count = options.layerCount * options.directions
    guard (initial.cell != nil) == (cell == .lstm) else {
      return scope.rejectOption(
        initial.cell == nil
          ? "expects an initial state and an initial cell, gets no cell"
          : "expects an initial state only, gets a cell, too")
    }
    for (value, width) in [(initial.hidden, outputs), (initial.cell, options.hiddenSize)] {
      if let value, value.shape != [count, rows, width] {
        return scope.rejectOption(
          "expects an initial state [\(count), N, \(width)], got \(value.shape)")
      }
    }
    return nil
  }

  /// The state of one layer and direction.
  private func part(_ state: RecurrentState, _ index: Int) -> (hidden: Value, cell: Value?) {
    func part(_ value: Value) -> Value {
      let part = value.narrowed(to: index..<index + 1, axis: 0)
      return part.reshaped(to: Shape(Array(value.shape.dimensions.dropFirst())))
    }
    return (part(state.hidden), state.cell.map(part))
  }

  private func stacked(_ values: [Value]) -> Value {
    .concatenated(
      values.map { $0.reshaped(to: Shape([1] + $0.shape.dimensions)) }, axis: 0)
  }
}
