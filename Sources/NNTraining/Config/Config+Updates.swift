public import NNCore
public import NNLayers
public import NNOptimizers

/// How a config's parameters are updated.
extension Config {
  /// The optimizer of the parameters that belong to no group.
  ///
  /// - Throws: `NNError` for options that the optimizer does not accept.
  public func makeOptimizer() throws(NNError) -> any Optimizer {
    try Registry.optimizers.build(optimizer)
  }

  /// The groups of parameters with optimizers of their own, in order.
  ///
  /// - Throws: `NNError` for options that an optimizer does not accept.
  public func makeParameterGroups() throws(NNError) -> [ParameterGroup] {
    var groups: [ParameterGroup] = []
    for (index, group) in optimizerGroups.enumerated() {
      let patterns = group.parameters.enumerated().map {
        ParameterPattern($1, at: patternPositions.group(index, $0))
      }
      groups.append(
        ParameterGroup(
          patterns, optimizer: try Registry.optimizers.build(group.resolved(from: optimizer))))
    }
    return groups
  }

  /// The patterns of the parameters that are not trained.
  public func makeFrozenPatterns() -> [ParameterPattern] {
    freeze.enumerated().map { ParameterPattern($1, at: patternPositions.freeze($0)) }
  }

  /// How inputs are perturbed in training; nil for clean inputs.
  ///
  /// - Throws: `NNError` for options that the method does not accept.
  public func makeAdversarialTraining() throws(NNError) -> AdversarialTraining? {
    guard let adversarial else { return nil }
    return try Registry.adversarialMethods.build(adversarial)
  }

  /// Optimizers, groups, clipping and accumulation.
  func makeUpdateRules() throws(NNError) -> UpdateRules {
    UpdateRules(
      optimizer: try makeOptimizer(), groups: try makeParameterGroups(),
      frozen: makeFrozenPatterns(), clipping: makeGradientClipping(), l1Penalty: l1Penalty,
      accumulate: accumulate)
  }

  /// Reports an adversarial method that is incompatible with the network's inputs or the loss.
  func checkAdversarialTraining(_ root: ConfigNode, _ problems: ConfigProblems) {
    guard let options = try? makeAdversarialTraining(), let node = root["adversarial"] else {
      return
    }
    if let first = model.firstLayer.flatMap({ try? Registry.layers.build($0) }), first is Embedding
    {
      problems.report(
        "adversarial training changes numbers a little, and the network reads tokens or categories",
        at: node.position, hint: "leave it out")
    } else if let factor = options.divergenceFactor, let objective = try? makeObjective() {
      do throws(NNError) { _ = try objective.adding(divergence: factor) } catch {
        problems.report(error.message, at: node.position, hint: error.hint)
      }
    }
  }

  /// Reports settings that an optimizer that evaluates the loss several times cannot have.
  func checkUpdates(_ root: ConfigNode, _ problems: ConfigProblems) {
    guard let rules = try? makeUpdateRules() else { return }
    let all = [rules.optimizer] + rules.groups.map(\.optimizer)
    guard let search = all.first(where: { $0 is any ClosureOptimizer }) else { return }
    for conflict in rules.closureConflicts {
      let node: ConfigNode? =
        switch conflict {
        case .groups: root["optimizer"]?["groups"]
        case .clipping:
          [root["clip_grad_norm"], root["clip_grad_value"]].compactMap(\.self)
            .first { !$0.isNull }
        case .l1Penalty: root["l1_penalty"]
        case .accumulate: root["accumulate"]
        }
      problems.report(
        conflict.message(search.name), at: (node ?? root).position, hint: conflict.hint)
    }
  }
}
