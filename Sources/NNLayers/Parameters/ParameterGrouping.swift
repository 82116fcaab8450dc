public import NNCore

/// Assigns parameters to groups by patterns over their names.
///
/// A parameter that no pattern matches belongs to the default group; one that a pattern of `frozen`
/// matches is not trained. No parameter may belong to two groups.
///
/// ```swift
/// let grouping = ParameterGrouping(frozen: ["trunk.*"], groups: [["*.bias", "*.norm.*"]])
/// let layout = try model.layout(signature, grouping: grouping)
/// ```
public struct ParameterGrouping: Sendable, Hashable {
  /// The patterns of the parameters that are not trained.
  public var frozen: [ParameterPattern]
  /// The patterns of each group in addition to the default one; group n is at index n − 1.
  public var groups: [[ParameterPattern]]

  /// Creates a grouping; by default all parameters are trained and form one group.
  public init(frozen: [ParameterPattern] = [], groups: [[ParameterPattern]] = []) {
    self.frozen = frozen
    self.groups = groups
  }

  /// Assigns each name to a group.
  ///
  /// - Returns: A group for each name, in the same order.
  /// - Throws: `NNError` that lists every group without patterns, every pattern that is empty or
  ///   matches no name, and every name that two groups match; or if every parameter is frozen.
  public func assignments(
    of names: [String]
  ) throws(NNError) -> [ParameterLayout.Group.Identity] {
    var problems: [(place: String?, message: String, hint: String?)] = []
    for (index, patterns) in groups.enumerated() where patterns.isEmpty {
      problems.append(
        (nil, "parameter group \(index + 1) has no patterns", "name its parameters, as in `*.bias`")
      )
    }
    let rules =
      frozen.map { ($0, ParameterLayout.Group.Identity.frozen) }
      + groups.enumerated().flatMap { index, patterns in
        patterns.map { ($0, ParameterLayout.Group.Identity.numbered(index + 1)) }
      }
    var found: [String: (pattern: ParameterPattern, group: ParameterLayout.Group.Identity)] = [:]
    for (pattern, group) in rules {
      let matched = names.filter(pattern.matches)
      if pattern.text.isEmpty {
        problems.append(
          (pattern.place, "the pattern \"\" is empty", "name parameters, as in `*.bias`"))
      } else if matched.isEmpty {
        problems.append(
          (
            pattern.place, "the pattern `\(pattern.text)` matches no parameter",
            Self.hint(for: pattern, names)
          ))
      }
      for name in matched {
        guard let other = found[name], other.group != group else {
          found[name] = found[name] ?? (pattern, group)
          continue
        }
        problems.append(
          (
            pattern.place,
            "parameter `\(name)` belongs to two groups: `\(other.pattern.text)` "
              + "(\(other.group.text)) and `\(pattern.text)` (\(group.text)) match it",
            "a parameter belongs to one group: write patterns that exclude each other"
          ))
        // One parameter is enough to show how two patterns overlap.
        break
      }
    }
    try Self.throwIfAny(problems)
    if let first = frozen.first, !names.isEmpty, names.allSatisfy({ found[$0]?.group == .frozen }) {
      throw .invalid(
        "every parameter is frozen, so there is nothing to train", at: first.place,
        hint: "freeze a part of the network, such as `\(Self.part(of: names))`")
    }
    return names.map { found[$0]?.group ?? .main }
  }

  private static func throwIfAny(
    _ problems: [(place: String?, message: String, hint: String?)]
  ) throws(NNError) {
    guard let first = problems.first else { return }
    guard problems.count > 1 else {
      throw .invalid(first.message, at: first.place, hint: first.hint)
    }
    let lines = problems.map { problem in
      "\n  \(problem.place.map { "\($0): " } ?? "")\(problem.message)"
        + (problem.hint.map { " (\($0))" } ?? "")
    }
    throw .invalid("\(problems.count) problems\(lines.joined())")
  }

  /// A pattern for the parameters of the first layer.
  private static func part(of names: [String]) -> String {
    (names.first?.split(separator: ".").first.map { "\($0)." } ?? "") + "*"
  }

  /// The pattern that was most likely meant, or the names of the parameters.
  private static func hint(for pattern: ParameterPattern, _ names: [String]) -> String {
    guard !names.isEmpty else { return "the network has no parameters" }
    let known = Set(names.flatMap { $0.split(separator: ".").map(String.init) }).sorted()
    let parts = pattern.text.split(separator: ".", omittingEmptySubsequences: false).map {
      String($0)
    }
    for (index, part) in parts.enumerated() where !known.contains(part) {
      guard !part.contains(where: { "*?[".contains($0) }),
        let nearest = Suggestion.nearest(to: part, in: known)
      else { continue }
      var suggested = parts
      suggested[index] = nearest
      let text = suggested.joined(separator: ".")
      if names.contains(where: ParameterPattern(text).matches) { return "did you mean `\(text)`?" }
    }
    // `trunk` instead of `trunk.*`, and `bias` instead of `*.bias`.
    for text in ["\(pattern.text).*", "*.\(pattern.text)", "*\(pattern.text)*"]
    where names.contains(where: ParameterPattern(text).matches) {
      return "did you mean `\(text)`?"
    }
    let listed = names.prefix(12).joined(separator: ", ")
    return "parameters: \(listed)\(names.count > 12 ? ", …" : "")"
  }
}

extension ParameterLayout {
  /// Parameters that are stored together, in one flat variable, and updated together.
  public struct Group: Sendable, Hashable {
    /// Which group it is.
    public enum Identity: Sendable, Hashable {
      /// The parameters that no pattern matches; all parameters by default.
      case main
      /// The parameters of a group with patterns, counted from 1.
      case numbered(Int)
      /// The parameters that are not trained.
      case frozen
    }

    /// Which group it is.
    public let identity: Identity
    /// The number of elements of its flat variable, including gaps.
    public let count: Int
    /// The name of the network; nil if it has none.
    let network: String?

    /// Whether the parameters are trained: gradients are computed for them, and an optimizer
    /// updates them.
    public var isTrained: Bool { identity != .frozen }
    /// The name of its flat variable: `parameters` for the default group, `parameters.1`, …,
    /// `parameters.frozen`; after the name of the network if it has one: `critic.parameters`.
    public var variableName: String {
      identity.named(ParameterLayout.variableName).qualified(by: network)
    }

    /// What distinguishes the names of its optimizer's variables and inputs from those of other
    /// groups and networks; nil for the default group of a network without a name.
    public var optimizerKey: String? {
      let parts = [network, identity.suffix].compactMap(\.self)
      return parts.isEmpty ? nil : parts.joined(separator: ".")
    }
  }
}

extension ParameterLayout.Group.Identity {
  /// The name of the group's part of something: `gradient` for the default group, `gradient.1`.
  package func named(_ name: String) -> String { suffix.map { "\(name).\($0)" } ?? name }

  /// What distinguishes the group's names; nil for the default group.
  package var suffix: String? {
    switch self {
    case .main: nil
    case .numbered(let number): "\(number)"
    case .frozen: "frozen"
    }
  }

  /// The group in messages.
  package var text: String {
    switch self {
    case .main: "the default group"
    case .numbered(let number): "group \(number)"
    case .frozen: "frozen"
    }
  }
}
