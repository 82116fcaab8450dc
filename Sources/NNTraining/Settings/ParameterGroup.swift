public import NNLayers
public import NNOptimizers

/// Parameters with an optimizer of their own.
///
/// ```swift
/// // No weight decay for biases, and a tenth of the learning rate for the trunk.
/// let groups = [
///   ParameterGroup("head.*.bias", optimizer: AdamW(weightDecay: 0)),
///   ParameterGroup("trunk.*", optimizer: AdamW(learningRate: 1e-4)),
/// ]
/// ```
///
/// A parameter that no group's patterns match is updated by the trainer's main optimizer. Schedules
/// apply to each group's own learning rate.
public struct ParameterGroup: Sendable {
  /// The patterns over parameter names; a parameter that one of them matches belongs to the group.
  public let patterns: [ParameterPattern]
  /// The optimizer of the group.
  public let optimizer: any Optimizer

  /// Creates a group from several patterns.
  public init(_ patterns: [ParameterPattern], optimizer: any Optimizer) {
    self.patterns = patterns
    self.optimizer = optimizer
  }

  /// Creates a group from one pattern.
  public init(_ pattern: ParameterPattern, optimizer: any Optimizer) {
    self.init([pattern], optimizer: optimizer)
  }
}
