import NNCore
public import NNGraph

/// Additive attention to the scope's memory: score = v·tanh(W·q + U·k).
///
/// Input [N, T, C], memory [N, S, M]; parameters query.weight [`units`, C], memory.weight and
/// memory.bias [`units`, M], [`units`], energy.weight [1, `units`]; output [N, T, M + C], the
/// weighted mean of the memory followed by the input.
///
/// Source: Bahdanau, Cho, Bengio, "Neural machine translation by jointly learning to align and
/// translate", 2014.
public struct AdditiveAttention: MemoryAttention {
  /// The number of hidden units of the score.
  public let units: Int

  /// Creates the layer.
  public init(_ units: Int) { self.units = units }

  /// The name in tables and error messages: `AdditiveAttention 64`.
  public var description: String { "AdditiveAttention \(units)" }

  /// Computes the weighted mean of the memory, and the weights.
  public func attend(
    _ input: Value, to memory: Memory, in scope: Scope, wantsWeights: Bool
  ) -> (context: Value, weights: Value?) {
    let queries = scope.apply(Dense(units, bias: false), to: input, named: "query")
    let keys = scope.apply(Dense(units), to: memory.values, named: "memory")
    guard !queries.isPoisoned, !keys.isPoisoned else { return (queries, nil) }
    let energy = scope.child("energy").parameter("weight", [1, units], .layerDefault)
    let (rows, steps, keyCount) = (input.shape[0], input.shape[1], keys.shape[1])
    let sums =
      queries.reshaped(to: [rows, steps, 1, units]) + keys.reshaped(to: [rows, 1, keyCount, units])
    let scores = (sums.tanh() * energy.reshaped(to: [units])).sum(axes: [3])
    let rules = AttentionRules(lengths: memory.lengths)
    let weights = rules.weights(scores.reshaped(to: [rows, 1, steps, keyCount]))
      .reshaped(to: scores.shape)
    return (weights.matMul(memory.values), weights)
  }
}
