import NNCore
public import NNGraph

/// Single-head attention to the scope's memory, without projections of the values; used after
/// recurrent decoders.
///
/// Input [N, T, C], memory [N, S, M]; output [N, T, M + C], the weighted mean of the memory's steps
/// followed by the input. Steps past the memory's lengths are ignored.
public protocol MemoryAttention: Layer {
  /// Returns the weighted mean of the memory [N, T, M] and, if wanted, the weights [N, T, S].
  func attend(
    _ input: Value, to memory: Memory, in scope: Scope, wantsWeights: Bool
  ) -> (context: Value, weights: Value?)
}

extension MemoryAttention {
  /// Adds the attention to the graph.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    joined(input, in: scope, wantsWeights: false).output
  }

  /// The same, and returns the attention weights [N, T, S], too.
  public func withWeights(_ input: Value, in scope: Scope) -> (output: Value, weights: Value) {
    let (output, weights) = joined(input, in: scope, wantsWeights: true)
    return (output, weights ?? output)
  }

  private func joined(
    _ input: Value, in scope: Scope, wantsWeights: Bool
  ) -> (output: Value, weights: Value?) {
    guard input.shape.rank == 3, input.dtype.isFloatingPoint else {
      return (scope.reject(input, expected: "3 axes [N, steps, features]"), nil)
    }
    guard let memory = scope.memory else {
      return (
        scope.rejectOption("attends to an encoder's memory, but is not inside a decoder"), nil
      )
    }
    let values = memory.values
    guard values.shape.rank == 3, values.shape[0] == input.shape[0] else {
      return (scope.reject(values, expected: "a memory [N, steps, features]"), nil)
    }
    let (context, weights) = attend(
      input, to: memory, in: scope, wantsWeights: wantsWeights || scope.observesAttention)
    guard !context.isPoisoned else { return (context, nil) }
    if scope.observesAttention, let weights {
      let shape = weights.shape
      scope.observe(attention: weights.reshaped(to: [shape[0], 1, shape[1], shape[2]]))
    }
    return (Value.concatenated([context, input], axis: 2), weights)
  }
}
