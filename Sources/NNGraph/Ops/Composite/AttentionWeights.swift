import NNCore

/// Queries [N, T, C], keys [N, S, C] and values [N, S, D] of an attention, by their memory layout.
public enum AttentionInputs {
  /// Side by side in one tensor [N, T, 3C], the output of one projection.
  case packed(Value)
  /// Queries in one tensor, keys next to values in another, [N, S, 2C].
  case paired(queries: Value, keysAndValues: Value)
  /// Three tensors.
  case separate(queries: Value, keys: Value, values: Value)

  var sources: [Value] {
    switch self {
    case .packed(let all): [all]
    case .paired(let queries, let keysAndValues): [queries, keysAndValues]
    case .separate(let queries, let keys, let values): [queries, keys, values]
    }
  }

  /// As three tensors.
  var separated: (queries: Value, keys: Value, values: Value) {
    func part(_ index: Int, of count: Int, _ value: Value) -> Value {
      let width = value.shape[-1] / count
      return value.narrowed(to: index * width..<(index + 1) * width, axis: -1)
    }
    switch self {
    case .packed(let all): return (part(0, of: 3, all), part(1, of: 3, all), part(2, of: 3, all))
    case .paired(let queries, let both):
      return (queries, part(0, of: 2, both), part(1, of: 2, both))
    case .separate(let queries, let keys, let values): return (queries, keys, values)
    }
  }
}

/// Which keys a query attends to, and the scale of the scores.
public struct AttentionRules {
  /// The factor of the scores Q Kᵀ; nil for 1/√(C/heads).
  public var scale: Double?
  /// Whether query i attends only to the keys 0...i.
  public var isCausal: Bool
  /// int32 [N]: the number of valid keys of each example; nil for all.
  public var lengths: Value?
  /// int32 [1]: the position of the first query in causal attention; nil for 0.
  public var position: Value?
  /// [T, S] or [N, T, S], added to the scaled scores; −∞ masks a key. `Graph.attention` has no
  /// gradient with respect to it and reports an error where one is needed.
  public var mask: Value?

  /// Creates rules; by default every query attends to every key.
  public init(
    scale: Double? = nil, isCausal: Bool = false, lengths: Value? = nil, position: Value? = nil,
    mask: Value? = nil
  ) {
    self.scale = scale
    self.isCausal = isCausal
    self.lengths = lengths
    self.position = position
    self.mask = mask
  }
}

extension Graph {
  /// Multi-head attention softmax(scale · Q Kᵀ + mask) V; heads are equal ranges of columns.
  ///
  /// The scores Q Kᵀ are never in memory as a whole. The output of a query without keys is zero.
  /// There are no second derivatives.
  ///
  /// - Parameters:
  ///   - inputs: Queries, keys and values.
  ///   - heads: The number of heads, a divisor of the number of columns.
  ///   - rules: Which keys a query attends to.
  /// - Returns: [N, T, D].
  public func attention(
    _ inputs: AttentionInputs, heads: Int, rules: AttentionRules = AttentionRules()
  ) -> Value {
    let sources = inputs.sources
    let configuration = AttentionConfiguration(
      sources: .init(rawValue: sources.count) ?? .separate, heads: heads, scale: rules.scale,
      isCausal: rules.isCausal, hasLengths: rules.lengths != nil,
      hasPosition: rules.position != nil, hasMask: rules.mask != nil)
    let extras = [rules.lengths, rules.position, rules.mask].compactMap(\.self)
    return configuration.outputs(sources + extras)[0]
  }

  /// Multi-head attention as separate ops, which also returns the attention weights
  /// [N, heads, T, S].
  ///
  /// - Parameters:
  ///   - inputs: Queries, keys and values.
  ///   - heads: The number of heads, a divisor of the number of columns.
  ///   - rules: Which keys a query attends to.
  ///   - transform: Applied to the weights before they multiply the values, such as dropout.
  public func attentionWithWeights(
    _ inputs: AttentionInputs, heads: Int, rules: AttentionRules = AttentionRules(),
    transform: (Value) -> Value = { $0 }
  ) -> (output: Value, weights: Value) {
    let fused = attention(inputs, heads: heads, rules: rules)
    guard !fused.isPoisoned else { return (fused, fused) }
    let (queries, keys, values) = inputs.separated
    func split(_ value: Value) -> Value {
      let shape = value.shape
      return value.reshaped(to: [shape[0], shape[1], heads, shape[2] / heads])
        .permuted([0, 2, 1, 3])
    }
    let scale = rules.scale ?? 1 / (Double(queries.shape[2]) / Double(heads)).squareRoot()
    let scores = split(queries).matMul(split(keys), transposeB: true) * scale
    let weights = transform(rules.weights(scores))
    let output = weights.matMul(split(values)).permuted([0, 2, 1, 3])
    return (output.reshaped(to: fused.shape), weights)
  }
}

extension AttentionRules {
  /// softmax of scaled scores [N, heads, T, S] over the keys that each query attends to; zeros
  /// where there are none.
  public func weights(_ scores: Value) -> Value {
    guard !scores.isPoisoned else { return scores }
    var scores = scores
    var isSeen = seenKeys(scores)
    if let mask {
      let shape = mask.shape
      let mask = shape.rank == 3 ? mask.reshaped(to: [shape[0], 1, shape[1], shape[2]]) : mask
      scores = scores + mask
      let isShown = mask.isGreater(than: mask.scalar(-.infinity))
      isSeen = isSeen.map { $0 * isShown } ?? isShown
    }
    guard let isSeen else { return scores.softmax() }
    // Finite numbers: where all keys are masked, −∞ would result in NaN. Masks may contain the
    // least finite number.
    let least =
      scores.dtype == .float32
      ? -Double(Float.greatestFiniteMagnitude) : -Double.greatestFiniteMagnitude
    let top = isSeen.select(scores, least).max(axes: [3], keepDimensions: true).detached()
    return isSeen.select(scores - top, -1e30).softmax() * isSeen
  }

  /// 1 where lengths and causality let a query attend to a key, else 0, broadcastable to
  /// [N, heads, T, S]; nil if nothing is masked.
  private func seenKeys(_ scores: Value) -> Value? {
    let (queries, keys, dtype) = (scores.shape[2], scores.shape[3], scores.dtype)
    func count(_ extent: Int, _ shape: Shape) -> Value {
      scores.graph.constant(
        HostTensor(doubles: (0..<extent).map(Double.init), shape: shape, dtype: dtype))
    }
    let positions = count(keys, [1, 1, 1, keys])
    let inLength = lengths.map {
      $0.converted(to: dtype).reshaped(to: [$0.shape[0], 1, 1, 1]).isGreater(than: positions)
    }
    guard isCausal else { return inLength }
    let own = count(queries, [1, 1, queries, 1])
    let first = position.map { own + $0.converted(to: dtype) } ?? own
    let inOrder = first.isAtLeast(positions)
    return inLength.map { $0 * inOrder } ?? inOrder
  }
}
