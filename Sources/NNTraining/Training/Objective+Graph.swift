import NNCore
import NNData
import NNGraph
import NNLayers
import NNLosses

extension Objective {
  /// The tensors of a graph that losses read.
  struct Tensors {
    let inputs: Ports<Value>
    let outputs: Ports<Value>
    let targets: Ports<Value>
    let samples: SampleBatches
    /// Whether the data have targets.
    var hasTargets = true
  }

  /// Adds the losses to a graph: their weighted sum, and each of them, all scalars.
  ///
  /// A role whose tensor is missing is reported in the graph.
  func callAsFunction(_ tensors: Tensors) -> (total: Value, parts: [Value]) {
    let parts = terms.map { $0.mean(tensors) }
    // Without a factor, so that one plain loss is the objective itself.
    let weighted = zip(terms, parts).map { $0.weight == 1 ? $1 : $1 * $0.weight }
    return (weighted.dropFirst().reduce(weighted[0], +), parts)
  }

  /// The divisor of each loss for a batch: 0 if no target of the batch counts, nil for a sum.
  func divisors(of batch: Batch) -> [Double?] {
    terms.map { term in
      guard let name = term.targetName(among: batch.namedTargets.names),
        let target = batch.namedTargets[name]
      else { return term.loss.divisor(of: HostTensor([Float(0)]), examples: batch.count) }
      return term.loss.divisor(of: target, batchOf: batch.count)
    }
  }
}

extension Objective {
  /// The weight of a batch among those of an update: the divisor of its only loss. Several losses
  /// may have different ones, so batches then count by their examples, or all alike if every loss
  /// is a sum (nil).
  func divisor(of batch: Batch) -> Double? {
    let all = divisors(of: batch)
    guard all.count > 1 else { return all[0] }
    if !all.contains(where: { $0 != 0 }) { return 0 }
    return all.allSatisfy { $0 == nil } ? nil : Double(batch.count)
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
  fileprivate func mean(_ tensors: Objective.Tensors) -> Value {
    if let misspelt = self.tensors.keys.sorted().first(where: { key in
      !loss.roles.contains { $0.name == key }
    }) {
      return tensors.outputs.values.graph.report(
        "the loss `\(loss.name)` reads no `\(misspelt)`",
        hint: "it reads \(Self.list(loss.roles.map(\.name)))")
    }
    let raw = loss.roles.first { $0.kind == .output }.map { find($0, tensors) }
    let values = loss.roles.map { role in
      let value = find(role, tensors)
      return role.kind == .output
        ? tensors.samples(output: value)
        : tensors.samples(target: value, of: raw ?? tensors.outputs.values)
    }
    let value = loss(values)
    guard !value.isPoisoned, value.shape.elementCount != 1 else { return value }
    return value.graph.report(
      "the loss has shape \(value.shape), training needs one number",
      hint: "use the reduction `mean` or `sum`")
  }

  private func find(_ role: LossRole, _ tensors: Objective.Tensors) -> Value {
    let graph = tensors.outputs.values.graph
    let places =
      role.kind == .output
      ? [tensors.outputs, tensors.inputs] : [tensors.targets, tensors.inputs, tensors.outputs]
    if let name = self.tensors[role.name] {
      if let found = places.lazy.compactMap({ $0[name] }).first { return found }
      return graph.report(
        "the loss `\(loss.name)` reads `\(name)` as its \(role.name), which does not exist",
        hint: "there are the outputs \(Self.list(tensors.outputs.names)), the inputs "
          + "\(Self.list(tensors.inputs.names)) and the targets \(Self.list(tensors.targets.names))"
      )
    }
    guard role.kind != .target || tensors.hasTargets else {
      return graph.report(
        "the loss `\(loss.name)` reads a target, and the data have none",
        hint: "name another tensor, such as target: \(tensors.inputs.names[0])")
    }
    if let own = places[0][role.name] { return own }
    if role.kind == .target { return tensors.targets.values }
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
    let weighted = zip(terms, values).map { $0.weight == 1 ? $1 : $1 * $0.weight }
    return weighted.dropFirst().reduce(weighted[0], +)
  }

  /// The weighted sum of a batch's losses, without those for which no target of the batch counts;
  /// NaN if none counts.
  func total(of values: [Double], divisors: [Double?]) -> Double {
    let counted = terms.indices.filter { divisors[$0] != 0 }
    guard counted.count < terms.count else { return total(of: values) }
    guard !counted.isEmpty else { return values[0] }
    return counted.reduce(0) { $0 + terms[$1].weight * values[$1] }
  }
}
