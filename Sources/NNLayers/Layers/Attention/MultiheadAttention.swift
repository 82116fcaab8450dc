import NNCore
public import NNGraph

/// Multi-head attention with input and output projections (PyTorch's `MultiheadAttention`, batch
/// first).
///
/// Input [N, T, C]; parameters in_proj_weight [3C, C] and in_proj_bias [3C] (queries, keys and
/// values in this order), out_proj.weight [C, C] and out_proj.bias; output [N, T, C]. Keys and
/// values come from the input or, with `attendsToMemory`, from the scope's memory [N, S, C]. Keys
/// at and past a sequence's length are masked. For a query whose keys are all masked the result is
/// zero, where PyTorch returns NaN.
///
/// In generation causal attention caches the keys and values of all steps.
///
/// Source: Vaswani et al., "Attention is all you need", 2017.
public struct MultiheadAttention: Layer {
  /// The number of heads, which split the features evenly.
  public let numHeads: Int
  /// The dropout probability of attention weights in training.
  public let dropout: Double
  /// Whether projections have biases.
  public let bias: Bool
  /// Whether later steps are masked.
  public let isCausal: Bool
  /// Whether keys and values come from the scope's memory.
  public let attendsToMemory: Bool
  /// Rotary position embedding of queries and keys; nil for none.
  public let rotary: RotaryPositions?

  /// Creates the layer; the defaults are PyTorch's.
  public init(
    numHeads: Int, dropout: Double = 0, bias: Bool = true, isCausal: Bool = false,
    attendsToMemory: Bool = false, rotary: RotaryPositions? = nil
  ) {
    self.numHeads = numHeads
    self.dropout = dropout
    self.bias = bias
    self.isCausal = isCausal
    self.attendsToMemory = attendsToMemory
    self.rotary = rotary
  }

  /// The name in tables and error messages: `MultiheadAttention 8`.
  public var description: String {
    "MultiheadAttention \(numHeads)" + (attendsToMemory ? " over memory" : "")
  }

  /// Adds projections and attention to the graph.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    self(input, mask: nil, in: scope)
  }

  /// The same with a mask [T, S] or [N, T, S] that is added to the scaled scores; −∞ masks a key.
  /// No gradient flows into it.
  public func callAsFunction(_ input: Value, mask: Value?, in scope: Scope) -> Value {
    attend(input, mask?.detached(), in: scope, wantsWeights: false).output
  }

  /// The same, and returns the attention weights [N, heads, T, S], too.
  public func withWeights(
    _ input: Value, mask: Value? = nil, in scope: Scope
  ) -> (output: Value, weights: Value) {
    let (output, weights) = attend(input, mask?.detached(), in: scope, wantsWeights: true)
    return (output, weights ?? output)
  }

  private func attend(
    _ input: Value, _ mask: Value?, in scope: Scope, wantsWeights: Bool
  ) -> (output: Value, weights: Value?) {
    if let invalid = mismatch(of: input, in: scope) { return (invalid, nil) }
    var (inputs, rules) = project(input, in: scope)
    rules.mask = mask
    let graph = scope.graph
    let drops = dropout > 0 && scope.mode == .training
    var attended: (output: Value, weights: Value?)
    let isObserved = attendsToMemory && scope.observesAttention
    if wantsWeights || drops || isObserved {
      let drop = Dropout(dropout)
      attended = graph.attentionWithWeights(inputs, heads: numHeads, rules: rules) {
        drop($0, in: scope)
      }
    } else {
      attended = (graph.attention(inputs, heads: numHeads, rules: rules), nil)
    }
    guard !attended.output.isPoisoned else { return attended }
    if isObserved, let weights = attended.weights { scope.observe(attention: weights) }
    let projection = Dense(input.shape[2], bias: bias, biasInitializer: .zeros)
    attended.output = scope.apply(projection, to: attended.output, named: "out_proj")
    return attended
  }

  private func mismatch(of input: Value, in scope: Scope) -> Value? {
    guard numHeads > 0 else {
      return scope.rejectOption("needs at least one head, got \(numHeads)")
    }
    guard (0...1).contains(dropout) else {
      return scope.rejectOption("needs a dropout probability in 0…1, got \(dropout)")
    }
    guard input.shape.rank == 3, input.dtype.isFloatingPoint else {
      return scope.reject(input, expected: "3 axes [N, steps, features]")
    }
    let width = input.shape[2]
    guard width > 0, width % numHeads == 0 else {
      return scope.reject(input, expected: "features that fall into \(numHeads) equal heads")
    }
    guard rotary == nil || width / numHeads % 2 == 0 else {
      return scope.reject(
        input, expected: "an even number of features for each head, to be turned in pairs")
    }
    guard !attendsToMemory || !isCausal && rotary == nil else {
      return scope.rejectOption("attention over memory is neither causal nor rotary")
    }
    if attendsToMemory {
      guard let memory = scope.memory?.values else {
        return scope.rejectOption("attends to an encoder's memory, but is not inside a decoder")
      }
      guard memory.shape.rank == 3, memory.shape[0] == input.shape[0], memory.shape[2] == width
      else {
        return scope.reject(
          memory, expected: "a memory [N, steps, \(width)], as wide as its input")
      }
    } else if scope.mode == .generation, !isCausal {
      return scope.rejectOption(
        "cannot run step by step: each step attends to later ones, which are not there yet; "
          + "make it causal")
    } else if scope.mode == .training, scope.memory != nil, !isCausal {
      return scope.rejectOption(
        "attends to later steps in a decoder, which must predict them; make it causal")
    }
    return nil
  }

  /// Queries, keys and values, and the masking rules.
  private func project(_ input: Value, in scope: Scope) -> (AttentionInputs, AttentionRules) {
    let width = input.shape[2]
    let weight = scope.parameter("in_proj_weight", [3 * width, width], .xavierUniform())
    let offset = bias ? scope.parameter("in_proj_bias", [3 * width], .zeros) : nil
    func projected(_ value: Value, _ rows: Range<Int>) -> Value {
      let isWhole = rows.count == 3 * width
      let part =
        isWhole
        ? weight
        : weight.reshaped(to: [weight.shape.elementCount])
          .slice(at: rows.lowerBound * width, shape: [rows.count, width])
      let product = value.matMul(part, transposeB: true)
      guard let offset else { return product }
      return product + (isWhole ? offset : offset.slice(at: rows.lowerBound, shape: [rows.count]))
    }
    if attendsToMemory, let memory = scope.memory {
      let inputs = AttentionInputs.paired(
        queries: projected(input, 0..<width),
        keysAndValues: projected(memory.values, width..<3 * width))
      return (inputs, AttentionRules(lengths: memory.lengths))
    }
    let all = projected(input, 0..<3 * width)
    guard !all.isPoisoned else { return (.packed(all), AttentionRules()) }
    if let position = scope.position, let capacity = scope.contextLength {
      return remembered(all, position, capacity, in: scope)
    }
    let rules = AttentionRules(isCausal: isCausal, lengths: scope.lengths)
    guard let rotary else { return (.packed(all), rules) }
    func part(_ index: Int) -> Value {
      all.narrowed(to: index * width..<(index + 1) * width, axis: 2)
    }
    let turned = (0..<2).map { rotary(part($0), heads: numHeads, in: scope) }
    return (.separate(queries: turned[0], keys: turned[1], values: part(2)), rules)
  }

  /// Queries of these steps, and the cached keys and values of all steps so far.
  private func remembered(
    _ all: Value, _ position: Value, _ capacity: Int, in scope: Scope
  ) -> (AttentionInputs, AttentionRules) {
    let width = all.shape[2] / 3
    var queries = all.narrowed(to: 0..<width, axis: 2)
    var keysAndValues = all.narrowed(to: width..<3 * width, axis: 2)
    if let rotary {
      queries = rotary(queries, heads: numHeads, in: scope)
      let keys = rotary(all.narrowed(to: width..<2 * width, axis: 2), heads: numHeads, in: scope)
      let values = all.narrowed(to: 2 * width..<3 * width, axis: 2)
      keysAndValues = Value.concatenated([keys, values], axis: 2)
    }
    let past = scope.state(
      "keys_values", [all.shape[0], capacity, 2 * width], holdsSteps: true)
    let now = past.value.scatterRows(keysAndValues, at: position)
    scope.setState(past, to: now)
    return (
      .paired(queries: queries, keysAndValues: now),
      AttentionRules(isCausal: true, position: position)
    )
  }
}
