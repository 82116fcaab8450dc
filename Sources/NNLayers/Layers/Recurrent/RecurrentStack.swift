import NNCore
import NNGraph

/// Layers and directions of a recurrent network: what `RNN`, `LSTM` and `GRU` have in common.
struct RecurrentStack {
  let cell: RecurrentCell
  let options: RecurrentOptions
  /// Elements of h where it is projected.
  var projected: Int?

  /// Elements of h.
  private var outputs: Int { projected ?? options.hiddenSize }

  /// The output [N, T, outputs · directions], or [N, outputs · directions] of the last step, and the
  /// last states; or the poisoned value where something does not fit.
  func run(
    _ input: Value, initial: RecurrentState?, lengths: Value?, in scope: Scope
  ) -> (output: Value, state: RecurrentState) {
    if let misfit = misfit(input, initial, in: scope) {
      return (misfit, RecurrentState(hidden: misfit, cell: cell == .lstm ? misfit : nil))
    }
    var steps = input.permuted([1, 0, 2])
    var results: [RecurrentResult] = []
    for layer in 0..<options.layerCount {
      if layer > 0 { steps = Dropout(options.dropout)(steps, in: scope) }
      let directions = (0..<options.directions).map { direction in
        let weights = RecurrentWeights(
          cell, inputs: steps.shape[2], units: options.hiddenSize, projected: projected,
          bias: options.bias, suffix: "_l\(layer)" + (direction == 1 ? "_reverse" : ""), in: scope)
        return weights.run(
          steps, initial: initial.map { part($0, layer * options.directions + direction) },
          lengths: lengths, isReversed: direction == 1)
      }
      steps = .concatenated(directions.map(\.outputs), axis: 2)
      results += directions
    }
    let last = results.suffix(options.directions).map(\.hidden)
    let output =
      options.returns == .all ? steps.permuted([1, 0, 2]) : Value.concatenated(last, axis: 1)
    let cells = results.compactMap(\.cell)
    return (
      output,
      RecurrentState(
        hidden: stacked(results.map(\.hidden)), cell: cells.isEmpty ? nil : stacked(cells))
    )
  }

  private func misfit(_ input: Value, _ initial: RecurrentState?, in scope: Scope) -> Value? {
    guard options.hiddenSize > 0, options.layerCount > 0 else {
      return scope.rejectOption(
        "needs at least one unit and one layer, got \(options.layerCount) × \(options.hiddenSize)")
    }
    guard (0...1).contains(options.dropout) else {
      return scope.rejectOption("needs a dropout in 0…1, got \(options.dropout)")
    }
    if let projected, !(1..<options.hiddenSize).contains(projected) {
      return scope.rejectOption(
        "projects \(options.hiddenSize) units, so onto 1 to \(options.hiddenSize - 1) elements, got "
          + "\(projected)")
    }
    guard input.shape.rank == 3, input.shape[1] > 0, input.shape[2] > 0 else {
      return scope.reject(
        input, expected: "3 axes [N, steps, features]",
        mend: input.shape.rank == 2
          ? "reshape each row to [steps, features], or add an embedding before tokens" : nil)
    }
    guard let initial else { return nil }
    let count = options.layerCount * options.directions
    for (value, width) in [(initial.hidden, outputs), (initial.cell, options.hiddenSize)] {
      if let value, value.shape != [count, input.shape[0], width] {
        return scope.rejectOption(
          "takes a first state [\(count), N, \(width)], got \(value.shape)")
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
