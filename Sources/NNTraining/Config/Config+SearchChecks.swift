import NNCore

/// Checks of the section `search`: its metric, and every path with every kind of value.
extension Config {
  /// Reports problems of the search of a config that is otherwise free of problems.
  func checkSearch(_ root: ConfigNode, _ problems: ConfigProblems) {
    guard let search, let node = root["search"] else { return }
    checkSearchMetric(search, node, problems)
    let conditions = search.conditions
    for index in search.parameters.indices {
      checkPath(at: index, of: search, conditions, problems)
    }
  }

  /// The figure by which the trials of a search are compared.
  package var searchMetric: String {
    search?.metric.map { figure(named: $0) ?? $0 } ?? monitor
  }

  /// Whether greater values of that figure are better.
  package var searchMaximizes: Bool {
    search?.goal.map { $0 == .maximize } ?? isGreaterBetter(searchMetric)
  }

  private func checkSearchMetric(
    _ search: SearchConfig, _ node: ConfigNode, _ problems: ConfigProblems
  ) {
    guard let metric = search.metric, figure(named: metric) == nil else { return }
    let hint: String =
      if data.validation == nil, metric.hasPrefix("val_") {
        "there is no validation; add `validation: {split: 0.1}` to `data`"
      } else {
        Suggestion.hint(for: metric, in: figures, plural: "figures")
      }
    problems.report(
      "search compares trials by `\(metric)`, which is not computed",
      at: (node["metric"] ?? node).position, hint: hint)
  }

  private func checkPath(
    at index: Int, of search: SearchConfig, _ conditions: [SearchCondition?],
    _ problems: ConfigProblems
  ) {
    let parameter = search.parameters[index]
    let path = parameter.path
    let position = parameter.position ?? ConfigPosition(source: "search.parameters")
    let first = ConfigNode.segments(of: path)[0]
    if let reason = Self.reserved[first] {
      problems.report("a search cannot vary `\(path.shortened())`: \(reason)", at: position)
      return
    }
    // The sections that this parameter is part of, outermost first.
    var sections: [(path: String, value: ConfigValue)] = []
    var current = index
    while let condition = conditions[current] {
      let parent = search.parameters[condition.parent]
      guard case .choice(let values) = parent.domain, let choice = condition.choices.first else {
        let rest = path.dropFirst(parent.path.count + 1)
        problems.report(
          "no value of `\(parent.path.shortened())` contains `\(String(rest).shortened())`",
          at: position, hint: Self.hint(for: rest, in: parent.domain))
        return
      }
      sections.insert((parent.path, values[choice]), at: 0)
      current = condition.parent
    }
    for value in parameter.domain.samples {
      do throws(NNError) {
        _ = try changed(sections + [(path, value)])
      } catch {
        // It may be valid with a value of another parameter; a trial without it has no result.
        let others = search.parameters.filter { $0.path != path }
        let isPossible = others.contains { other in
          other.domain.samples.contains { sample in
            (try? changed(sections + [(other.path, sample), (path, value)])) != nil
          }
        }
        if isPossible { continue }
        problems.report(
          "search sets `\(path.shortened())` to \(YAMLWriter.inline(value).shortened()): "
            + error.message, at: position, hint: pathHint(path) ?? error.hint)
        return
      }
    }
  }

  /// The first parts of paths that a search has another use for.
  private static let reserved = [
    "search": "it describes the search itself",
    "seed": "every trial has a seed of its own; `seeds` sets the number of runs of a point",
    "name": "it names the search",
  ]

  /// A path of the config that ends like one that does not exist, or is spelled nearly like it.
  private func pathHint(_ path: String) -> String? {
    let known = ConfigOptionList(self).options.map(\.name).filter { !$0.hasPrefix("search.") }
    guard !known.contains(path), !known.contains(where: { $0.hasPrefix(path + ".") }) else {
      return nil
    }
    let same = known.filter { $0.hasSuffix("." + path) }
    let nearest =
      same.count == 1 ? same[0] : same.isEmpty ? Suggestion.nearest(to: path, in: known) : nil
    return nearest.map { "did you mean `\($0)`?" }
  }

  private static func hint(for rest: Substring, in domain: SearchDomain) -> String? {
    guard case .choice(let values) = domain else {
      return "only a `choice` of whole sections can have parameters below it"
    }
    let keys = values.flatMap { value -> [String] in
      switch value {
      case .mapping(let options): options.map(\.name)
      case .string(let word): [word]
      default: []
      }
    }
    let first = rest.prefix { $0 != "." }
    return Suggestion.hint(for: String(first), in: keys, plural: "sections")
  }
}

extension SearchDomain {
  /// Every choice, or the bounds of a range.
  fileprivate var samples: [ConfigValue] {
    switch self {
    case .choice(let values): values
    case .range(let range): [range.low, range.last].map(range.configValue)
    }
  }
}
