import NNCore
import NNGraph
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
    scalarsName = OptimizerStep.scalarsName(group: group.optimizerKey)
  }

  /// The state tensors with the names of their variables, and those in checkpoints.
  var state: [(variable: String, saved: String, state: OptimizerState)] {
    let suffix = group.identity.suffix
    return optimizer.state(for: parameters).map { state in
      (
        OptimizerStep.variableName(of: state.name, group: group.optimizerKey),
        (suffix.map { "\($0)." } ?? "") + state.name, state
      )
    }
  }

  /// The variables that an update changes.
  var updatedVariables: [String] { [group.variableName] + state.map(\.variable) }
  /// The name of the variable that sums gradients over the batches of a step.
  var sumName: String { group.identity.named("accumulated") }
  /// The name under which the gradient is fetched.
  var gradientName: String { group.identity.named("gradient") }
}

extension [TrainedGroup] {
  /// Initializes the state of each optimizer that has none yet.
  func startOptimizers(in variables: VariableStore) {
    for group in self {
      guard let first = group.state.first, !variables.holds(first.variable) else { continue }
      variables.merge(
        group.optimizer.initialVariables(group.parameters, group: group.group.optimizerKey))
    }
  }

  /// Fills the inputs that hold the numbers of a step.
  ///
  /// - Parameters:
  ///   - step: Counted from 1.
  ///   - rate: Returns the learning rate of the step for an optimizer's own learning rate.
  func writeScalars(
    to function: Function, step: Int, rate: (_ base: Double) -> Double
  ) throws(NNError) {
    for group in self {
      try function.write(
        group.scalarsName,
        numbers: group.optimizer.scalars(
          step: step, learningRate: rate(group.optimizer.learningRate)))
    }
  }
}

extension UpdateRules {
  /// The groups of a network that update rules in the graph train; none if the optimizer is on the
  /// host.
  func trainedGroups(of layout: ParameterLayout) -> [TrainedGroup] {
    layout.trainedGroups.compactMap { group in
      (optimizer(of: group.identity) as? any GraphOptimizer).map {
        TrainedGroup(group, $0, of: layout)
      }
    }
  }

  /// Adds the updates of all groups to a graph.
  ///
  /// - Parameters:
  ///   - gradients: The gradient of each group.
  ///   - built: The network.
  /// - Returns: The variables with their new values; the gradient's norm before clipping, nil
  ///   without clipping; and the gradient that each group's optimizer receives.
  func updates(
    of groups: [TrainedGroup], from gradients: [Value], _ built: Model.Output
  ) -> (updates: [(variable: Value, value: Value)], norm: Value?, applied: [Value]) {
    var (gradients, norm) = (gradients, Value?.none)
    for clip in clipping {
      let clipped = clip(gradients)
      gradients = clipped.gradients
      norm = norm ?? clipped.norm
    }
    guard let graph = gradients.first?.graph else { return ([], norm, []) }
    let outer = graph.path
    defer { graph.path = outer }
    graph.path = Self.updatePath
    let variables = built.groupValues.filter(\.group.isTrained).map(\.variable)
    // Like weight decay, the penalty is not part of the norm that is logged and clipped.
    let applied =
      l1Penalty > 0 ? zip(gradients, variables).map { $0 + $1.sign() * l1Penalty } : gradients
    let updates = groups.indices.flatMap { index in
      let group = groups[index]
      return OptimizerStep(
        group.optimizer, layout: group.parameters, group: group.group.optimizerKey,
        parameters: variables[index], gradient: applied[index]
      ).updates
    }
    return (updates, norm, applied)
  }

  /// The path of the optimizer's ops.
  static let updatePath = "update"
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
