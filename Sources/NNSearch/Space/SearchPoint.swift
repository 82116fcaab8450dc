public import NNTraining

/// The value of one parameter at a point of a search.
public enum SearchValue: Sendable, Hashable {
  /// A number of a range.
  case number(Double)
  /// The index of a choice.
  case choice(Int)

  /// The value as a coordinate of estimators and plots: the number, or the index of the choice.
  package var coordinate: Double {
    switch self {
    case .number(let number): number
    case .choice(let index): Double(index)
    }
  }
}

/// A point of a search: a value for each parameter that exists there.
public struct SearchPoint: Sendable, Hashable {
  /// The values in the order of the search's parameters; nil for one that does not exist, since the
  /// section that it belongs to has not been chosen.
  public var values: [SearchValue?]

  /// Creates a point.
  public init(_ values: [SearchValue?]) { self.values = values }
}

/// The parameters of a search with what each depends on.
public struct SearchSpace: Sendable {
  /// The parameters in the order of the config.
  public let parameters: [SearchParameter]
  /// Their indices in an order in which each follows the one it depends on.
  let order: [Int]
  private let conditions: [SearchCondition?]

  /// The space of a search.
  public init(_ search: SearchConfig) {
    parameters = search.parameters
    order = search.order
    conditions = search.conditions
  }

  /// Creates a point.
  ///
  /// - Parameter value: Returns the value of the parameter at an index; it is called in an order in
  ///   which each parameter follows the one it depends on, and only for those that exist.
  func point(_ value: (_ index: Int, _ domain: SearchDomain) -> SearchValue) -> SearchPoint {
    var point = SearchPoint(Array(repeating: nil, count: parameters.count))
    for index in order where exists(index, at: point) {
      point.values[index] = value(index, parameters[index].domain)
    }
    return point
  }

  /// Whether a parameter exists at a point, of which the values that it depends on are known.
  func exists(_ index: Int, at point: SearchPoint) -> Bool {
    guard let condition = conditions[index] else { return true }
    guard case .choice(let choice) = point.values[condition.parent] else { return false }
    return condition.choices.contains(choice)
  }

  /// Whether a parameter exists at every point.
  func isUnconditional(_ index: Int) -> Bool { conditions[index] == nil }

  /// The value of a parameter at a point, as it is written in a config; nil if it does not exist
  /// there.
  public func configValue(_ index: Int, at point: SearchPoint) -> ConfigValue? {
    switch (parameters[index].domain, point.values[index]) {
    case (.range(let range), .number(let number)): range.configValue(number)
    case (.choice(let values), .choice(let choice)): values[choice]
    default: nil
    }
  }

  /// The values of a point with their paths, whole sections before the values inside.
  public func assignments(_ point: SearchPoint) -> [(path: String, value: ConfigValue)] {
    order.compactMap { index in
      configValue(index, at: point).map { (parameters[index].path, $0) }
    }
  }
}
