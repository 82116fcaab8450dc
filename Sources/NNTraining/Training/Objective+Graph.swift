import NNCore
import NNData
import NNGraph
import NNLayers
import NNLosses

extension Objective {
  /// The levels of the quantiles that an output is; nil where it is none.
  func quantiles(ofOutput name: String, among names: [String]) -> QuantileLevels? {
    terms.first { $0.outputName(among: names) == name }?.loss.quantiles
  }

  /// The tensors of a graph that losses read.
  struct Tensors {
    let batch: BatchValues
    let outputs: Ports<Value>
    let samples: SampleBatches
    /// Whether the data have targets.
    var hasTargets = true
  }

  /// Adds the losses to a graph: their weighted sum, and each of them, all scalars.
  ///
  /// A role whose tensor is missing is reported in the graph.
  ///
  /// - Parameter shares: A factor for each loss in the sum, in addition to its weight; nil
  ///   (default) for none.
  func callAsFunction(
    _ tensors: Tensors, shares: [Value]? = nil
  ) -> (total: Value, parts: [Value]) {
    let parts = terms.map { $0.value(tensors) }
    let weighted = terms.indices.map { index in
      // Without a factor, so that one plain loss is the objective itself.
      let part = terms[index].weight == 1 ? parts[index] : parts[index] * terms[index].weight
      return shares.map { part * $0[index] } ?? part
    }
    return (weighted.dropFirst().reduce(weighted[0], +), parts)
  }

  /// Adds the loss of each example to a graph, [N]: the weighted sum of the losses of the example as
  /// if it were alone in its batch, without the weights of examples.
  ///
  /// A loss that is one number for all examples is reported in the graph.
  func ofExamples(_ tensors: Tensors) -> Value {
    let parts = terms.map { term in
      let losses = term.ofExamples(tensors)
      return term.weight == 1 ? losses : losses * term.weight
    }
    return parts.dropFirst().reduce(parts[0], +)
  }

  /// The divisor of each loss for a batch: 0 if nothing of the batch counts, nil for a sum.
  func divisors(of batch: BatchTargets) -> [Double?] {
    terms.map { term in
      let target = term.targetName(among: batch.named.names).flatMap { batch.named[$0] }
      return term.loss.divisor(of: target, in: batch)
    }
  }
}

extension LossTerm {
  /// The name of the target of the data that the loss reads, among those that exist; nil if it
  /// reads none.
  func targetName(among names: [String]) -> String? {
    guard let role = loss.roles.first(where: { $0.kind == .target }) else { return nil }
    guard let name = tensors[role.name] else {
      return names.contains(role.name) ? role.name : names.first
    }
    return names.contains(name) ? name : nil
  }

  /// The name of the network's output that the loss reads first, among those that exist; nil if it
  /// reads none.
  func outputName(among names: [String]) -> String? {
    guard let role = loss.roles.first(where: { $0.kind == .output }) else { return nil }
    return tensors[role.name] ?? (names.contains(role.name) ? role.name : names.first)
  }

  /// The loss as a scalar, which training requires; any other shape is reported as an error.
  fileprivate func value(_ tensors: Objective.Tensors) -> Value {
    let arguments = arguments(tensors)
    let value = loss(arguments.values, weights: arguments.weights)
    guard !value.isPoisoned, value.shape.elementCount != 1 else { return value }
    return value.graph.report(
      "the loss has shape \(value.shape), training needs one number",
      hint: "use the reduction `mean` or `sum`")
  }

  /// The loss of each example as if it were alone in its batch, [N].
  fileprivate func ofExamples(_ tensors: Objective.Tensors) -> Value {
    let (graph, count) = (tensors.outputs.values.graph, tensors.batch.input.values.shape[0])
    let values = arguments(tensors).values
    if let poisoned = values.first(where: \.isPoisoned) { return poisoned }
    let elements = (loss as? any ReducedLoss)?.elements(values)
    if let elements, elements.losses.isPoisoned { return elements.losses }
    guard let elements, let reduction = (loss as? any ReducedLoss)?.reduction,
      elements.losses.shape.rank >= 1, elements.losses.shape[0] % count == 0
    else {
      return graph.report(
        "the loss `\(loss.name)` is one number for all examples, not one for each",
        hint: "conform to ReducedLoss, whose `elements` are the losses of examples")
    }
    func sums(_ values: Value) -> Value {
      values.reshaped(to: [count, values.shape.elementCount / count]).sum(axes: [1])
    }
    let losses = sums(elements.losses)
    switch reduction {
    case .none, .sum: return losses
    case .batchMean: return losses * (Double(count) / Double(elements.losses.shape[0]))
    case .mean:
      guard let shares = elements.shares.map(sums) else {
        return losses * (Double(count) / Double(elements.losses.shape.elementCount))
      }
      let isEmpty = shares.equals(graph.constant(0, dtype: shares.dtype))
      return isEmpty.select(0, losses / isEmpty.select(1, shares))
    }
  }

  /// The tensors that the loss reads, in the order of its roles, and the weights of examples.
  private func arguments(_ tensors: Objective.Tensors) -> (values: [Value], weights: Value?) {
    if let misspelt = self.tensors.keys.sorted().first(where: { key in
      !loss.roles.contains { $0.name == key }
    }) {
      let poisoned = tensors.outputs.values.graph.report(
        "the loss `\(loss.name)` reads no `\(misspelt)`",
        hint: "it reads \(Self.list(loss.roles.map(\.name)))")
      return (loss.roles.map { _ in poisoned }, nil)
    }
    let raw = loss.roles.first { $0.kind == .output }.map { find($0, tensors) }
    let values = loss.roles.map { role in
      let value = find(role, tensors)
      return role.kind == .output
        ? tensors.samples(output: value)
        : tensors.samples(target: value, of: raw ?? tensors.outputs.values)
    }
    let weights = tensors.batch.weights.map { weights in
      raw.map { tensors.samples(weights: weights, of: $0) } ?? weights
    }
    return (values, weights)
  }

  private func find(_ role: LossRole, _ tensors: Objective.Tensors) -> Value {
    let graph = tensors.outputs.values.graph
    let (inputs, targets) = (tensors.batch.input, tensors.batch.targets)
    let places =
      role.kind == .output ? [tensors.outputs, inputs] : [targets, inputs, tensors.outputs]
    if let name = self.tensors[role.name] {
      if let found = places.lazy.compactMap({ $0[name] }).first { return found }
      return graph.report(
        "the loss `\(loss.name)` reads `\(name)` as its \(role.name), which does not exist",
        hint: "there are the outputs \(Self.list(tensors.outputs.names)), the inputs "
          + "\(Self.list(inputs.names)) and the targets \(Self.list(targets.names))")
    }
    guard role.kind != .target || tensors.hasTargets else {
      return graph.report(
        "the loss `\(loss.name)` reads a target, and the data have none",
        hint: "name another tensor, such as target: \(inputs.names[0])")
    }
    if let own = places[0][role.name] { return own }
    if role.kind == .target { return targets.values }
    if role == .output { return tensors.outputs.values }
    return graph.report(
      "the loss `\(loss.name)` reads an output called `\(role.name)`, which the network does not have",
      hint: "name one of its outputs: \(role.name): \(tensors.outputs.names[0])")
  }

  private static func list(_ names: [String]) -> String {
    names.map { "`\($0)`" }.joined(separator: ", ")
  }
}

/// Accumulates an objective over batches, equal to that of all their examples in one batch.
struct ObjectiveTotal: Sendable, Hashable, Codable {
  private(set) var parts: [LossTotal]

  init(count: Int) { parts = Array(repeating: LossTotal(), count: count) }

  init(_ parts: [LossTotal]) { self.parts = parts }

  /// Adds a batch's losses and their divisors.
  mutating func add(_ losses: [Double], divisors: [Double?]) {
    for index in parts.indices { parts[index].add(losses[index], divisor: divisors[index]) }
  }

  /// The weighted sum of the losses over all batches, and each loss; NaN for a mean over no target.
  func value(of objective: Objective) -> (total: Double, parts: [Double]) {
    let values = zip(objective.terms, parts).map { $1.value(isSum: $0.loss.isSum) }
    return (objective.total(of: values), values)
  }
}

extension Objective {
  /// The weighted sum of the losses.
  func total(of values: [Double]) -> Double {
    terms.indices.dropFirst().reduce(weighted(values, 0)) { $0 + weighted(values, $1) }
  }

  /// The weighted sum of a batch's losses, without those for which no target of the batch counts;
  /// NaN if none counts.
  func total(of values: [Double], divisors: [Double?]) -> Double {
    guard divisors.contains(0) else { return total(of: values) }
    guard divisors.contains(where: { $0 != 0 }) else { return values[0] }
    return terms.indices.reduce(0) { divisors[$1] == 0 ? $0 : $0 + weighted(values, $1) }
  }

  private func weighted(_ values: [Double], _ index: Int) -> Double {
    terms[index].weight == 1 ? values[index] : terms[index].weight * values[index]
  }
}
