import NNCore
import NNLayers
import NNOptimizers

/// Which parameters are updated, by which optimizers, from which gradients.
struct UpdateRules: Sendable {
  /// The optimizer of the parameters that belong to no group.
  var optimizer: any Optimizer
  var groups: [ParameterGroup] = []
  /// The patterns of the parameters that are not trained.
  var frozen: [ParameterPattern] = []
  /// Gradient clipping, applied in order.
  var clipping: [GradientClipping] = []
  /// The factor of the L1 penalty.
  var l1Penalty = 0.0
  /// The number of batches of an update.
  var accumulate = 1

  /// The groups of parameters.
  var grouping: ParameterGrouping {
    ParameterGrouping(frozen: frozen, groups: groups.map(\.patterns))
  }

  /// The optimizer of a group of parameters.
  func optimizer(of group: ParameterLayout.Group.Identity) -> any Optimizer {
    guard case .numbered(let number) = group else { return optimizer }
    return groups[number - 1].optimizer
  }

  /// Checks that the rules are compatible with one another.
  ///
  /// - Throws: `NNError` for an optimizer that cannot be split, clipped or accumulated.
  func check() throws(NNError) {
    guard accumulate >= 1 else {
      throw .invalid("`accumulate` is \(accumulate), an update needs at least 1 batch")
    }
    for one in [optimizer] + groups.map(\.optimizer) {
      if one is any GraphOptimizer { continue }
      guard one is any ClosureOptimizer else {
        throw .invalid(
          "the optimizer `\(one.name)` has no update rule",
          hint: "conform to ElementwiseOptimizer, GraphOptimizer or ClosureOptimizer")
      }
      if let conflict = closureConflicts.first {
        throw .invalid(conflict.message(one.name), hint: conflict.hint)
      }
    }
  }

  /// The settings that an optimizer that evaluates the loss several times per step cannot have.
  var closureConflicts: [ClosureConflict] {
    var conflicts: [ClosureConflict] = []
    if !groups.isEmpty { conflicts.append(.groups) }
    if !clipping.isEmpty { conflicts.append(.clipping) }
    if l1Penalty != 0 { conflicts.append(.l1Penalty) }
    if accumulate > 1 { conflicts.append(.accumulate) }
    return conflicts
  }
}

/// A setting that is incompatible with a ``ClosureOptimizer``.
enum ClosureConflict {
  case groups, clipping, l1Penalty, accumulate

  /// What is wrong, with the optimizer's name.
  func message(_ optimizer: String) -> String {
    switch self {
    case .groups:
      "`\(optimizer)` updates all parameters together: it cannot be one of several optimizers"
    case .clipping:
      "`\(optimizer)` needs the gradient of the loss itself, which clipping changes"
    case .l1Penalty:
      "`\(optimizer)` compares losses, which exclude the L1 penalty"
    case .accumulate:
      "`\(optimizer)` evaluates one batch several times per step and cannot accumulate gradients"
    }
  }

  /// A fix.
  var hint: String {
    switch self {
    case .groups: "leave the parameter groups out, or use another optimizer; `freeze` is possible"
    case .clipping: "leave clipping out: the line search (strong_wolfe) limits the steps"
    case .l1Penalty: "leave `l1_penalty` out, or use another optimizer"
    case .accumulate: "leave `accumulate` out and use a larger batch size"
    }
  }
}
