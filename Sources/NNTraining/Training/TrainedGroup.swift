public import NNLayers
public import NNOptimizers

/// A group of parameters that an update rule in the graph trains.
struct TrainedGroup {
  let group: ParameterLayout.Group
  let optimizer: any GraphOptimizer
  let parameters: FlatParameters
  /// The name of the input that holds the numbers of a step.
  let scalarsName: String

  init(_ group: ParameterLayout.Group, _ optimizer: any GraphOptimizer, of layout: ParameterLayout)
  {
    self.group = group
    self.optimizer = optimizer
    parameters = layout.flatParameters(of: group)
    scalarsName = OptimizerStep.scalarsName(group: group.identity.suffix)
  }

  /// The state tensors with the names of their variables, and those in checkpoints.
  var state: [(variable: String, saved: String, state: OptimizerState)] {
    let suffix = group.identity.suffix
    return optimizer.state(for: parameters).map { state in
      (
        OptimizerStep.variableName(of: state.name, group: suffix),
        (suffix.map { "\($0)." } ?? "") + state.name, state
      )
    }
  }

  /// The name of the variable that sums gradients over the batches of a step.
  var sumName: String { group.identity.named("accumulated") }
  /// The name under which the gradient is fetched.
  var gradientName: String { group.identity.named("gradient") }
}

extension ParameterLayout {
  /// The parameters of a group as its optimizer sees them.
  public func flatParameters(of group: Group) -> FlatParameters {
    FlatParameters(
      entries.compactMap { entry in
        guard case .parameter(let offset, _, _) = entry.role, entry.group == group.identity else {
          return nil
        }
        return .init(name: entry.name, shape: entry.shape, offset: offset)
      }, count: group.count, dtype: dtype)
  }
}
