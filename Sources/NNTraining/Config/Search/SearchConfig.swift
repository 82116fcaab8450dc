/// A hyper-parameter search: which values of a config are varied, how, and by what trials are
/// compared.
///
/// Only `nntrain search` uses this section; a training of the config ignores it.
public struct SearchConfig: Sendable, Hashable {
  /// Which values of a figure are better.
  public enum Goal: String, Sendable, Hashable, CaseIterable {
    /// Smaller values.
    case minimize
    /// Greater values.
    case maximize
  }

  /// The figure by which trials are compared; nil (default) for the one that the runs monitor.
  public var metric: String?
  /// Which of its values are better; nil (default) if the figure determines it.
  public var goal: Goal?
  /// How points are chosen; `tpe` by default.
  public var method: ComponentConfig
  /// The number of trials; nil (default) for 20, or for all points of a grid.
  public var trials: Int?
  /// The number of seconds after which no further results are computed; nil (default) for no limit.
  public var timeBudget: Double?
  /// How trials are ended early; nil (default) for not at all.
  public var pruner: ComponentConfig?
  /// The number of trials that train at the same time; nil (default) for one for each thread.
  /// Results do not depend on it.
  public var parallel: Int?
  /// The number of trials whose points are chosen together, from the results of all rounds but the
  /// one before; 4 by default.
  public var round: Int
  /// The number of runs of a point, with different seeds, whose results are averaged; 1 by default.
  public var seeds: Int
  /// What is varied, in the order of the file.
  public var parameters: [SearchParameter]
  /// The config without this section, as written; empty for a config created by a program.
  var base = SearchBase()

  /// Creates the section, with the defaults of a config file.
  public init(
    metric: String? = nil, goal: Goal? = nil, method: ComponentConfig = Self.standardMethod,
    trials: Int? = nil, timeBudget: Double? = nil, pruner: ComponentConfig? = nil,
    parallel: Int? = nil, round: Int = 4, seeds: Int = 1, parameters: [SearchParameter]
  ) {
    self.metric = metric
    self.goal = goal
    self.method = method
    self.trials = trials
    self.timeBudget = timeBudget
    self.pruner = pruner
    self.parallel = parallel
    self.round = round
    self.seeds = seeds
    self.parameters = parameters
  }

  /// `tpe` with its defaults.
  public static let standardMethod = ComponentConfig(
    kind: "tpe",
    options: [ConfigOption("startup", .integer(10)), ConfigOption("candidates", .integer(24))])
}

/// A value of a config that a search varies.
public struct SearchParameter: Sendable, Hashable {
  /// The path of the value, as for `--set`: `optimizer.adam.lr`.
  public var path: String
  /// The values that it may have.
  public var domain: SearchDomain
  /// The position of the path in the file; nil for a config created by a program.
  var position: ConfigPosition?

  /// Creates a parameter.
  public init(_ path: String, _ domain: SearchDomain) {
    self.path = path
    self.domain = domain
  }

  /// Positions are not part of the value.
  public static func == (left: Self, right: Self) -> Bool {
    left.path == right.path && left.domain == right.domain
  }

  /// Hashes path and domain.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(path)
    hasher.combine(domain)
  }
}

/// The values that a parameter of a search may have.
public enum SearchDomain: Sendable, Hashable {
  /// Numbers of a range.
  case range(SearchRange)
  /// One of several values, which may be whole sections.
  case choice([ConfigValue])
}

/// The numbers of a range.
public struct SearchRange: Sendable, Hashable {
  /// The smallest number.
  public var low: Double
  /// The upper bound; the largest number, unless `step` leads past it.
  public var high: Double
  /// The distance between neighbouring numbers; nil for every number between the bounds, or every
  /// integer.
  public var step: Double?
  /// Whether the numbers are integers.
  public var isInteger: Bool
  /// Whether equal ratios, rather than equal differences, are equally likely.
  public var isLogarithmic: Bool

  /// Creates a range.
  public init(
    _ low: Double, _ high: Double, step: Double? = nil, isInteger: Bool = false,
    isLogarithmic: Bool = false
  ) {
    self.low = low
    self.high = high
    self.step = step
    self.isInteger = isInteger
    self.isLogarithmic = isLogarithmic
  }

  /// The distance between neighbouring numbers, which is 1 for integers; nil for every number.
  package var spacing: Double? { step ?? (isInteger ? 1 : nil) }

  /// The number of values; nil for every number of the range.
  package var count: Int? {
    // A count beyond 2⁵³ is not exact, and no search depends on it.
    spacing.map { 1 + Int(min(((high - low) / $0 + 1e-9).rounded(.down), 0x1p53)) }
  }

  /// The value of an index from 0; only for ranges with a count.
  package func value(at index: Int) -> Double { low + Double(index) * (spacing ?? 0) }

  /// The largest value.
  package var last: Double { count.map { value(at: $0 - 1) } ?? high }

  /// A number of the range as it is written in a config.
  package func configValue(_ number: Double) -> ConfigValue {
    isInteger ? .integer(Int(number)) : .number(number)
  }
}
