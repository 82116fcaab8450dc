public import NNData

/// The validation or test data.
public enum HeldOutConfig: Sendable, Hashable {
  /// A share of the rows of the training source.
  case split(SplitRule)
  /// A separate source.
  case source(ComponentConfig)

  /// A share of the rows of the training source: the last rows or random rows; by default the last
  /// ones if rows are overlapping windows, otherwise random rows. The seed of random rows is the
  /// config's unless another one is set.
  public static func split(
    _ fraction: Double, order: SplitOrder? = nil, seed: Int? = nil
  ) -> HeldOutConfig {
    .split(SplitRule(fraction, order: order, seed: seed))
  }

  /// The share of the training source; nil for a separate source.
  public var rule: SplitRule? {
    if case .split(let rule) = self { rule } else { nil }
  }

  /// The separate source; nil for a share of the training source.
  public var source: ComponentConfig? {
    if case .source(let source) = self { source } else { nil }
  }

  /// The same data, whatever the seed of the config.
  func keepingRows(seed: Int) -> HeldOutConfig {
    guard case .split(var rule) = self else { return self }
    rule.seed = rule.seed ?? seed
    return .split(rule)
  }
}
