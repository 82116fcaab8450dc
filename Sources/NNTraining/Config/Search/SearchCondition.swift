import NNCore

/// The values of another parameter with which a parameter exists: those sections of a `choice` in
/// which its path leads somewhere.
///
/// `optimizer.adam.lr` exists only if `optimizer: {choice: [sgd, adam]}` has chosen `adam`.
package struct SearchCondition: Sendable, Hashable {
  /// The index of the other parameter.
  package let parent: Int
  /// The indices of its values with which this one exists.
  package let choices: [Int]

  package init(parent: Int, choices: [Int]) {
    self.parent = parent
    self.choices = choices
  }
}

extension SearchConfig {
  /// The condition of each parameter; nil for those that always exist.
  ///
  /// A parameter below several others depends on the nearest one.
  package var conditions: [SearchCondition?] {
    parameters.map { parameter in
      let path = ConfigNode.segments(of: parameter.path)
      let ancestors = parameters.indices.compactMap { index -> (index: Int, depth: Int)? in
        let other = ConfigNode.segments(of: parameters[index].path)
        return other.count < path.count && path.starts(with: other) ? (index, other.count) : nil
      }
      guard let nearest = ancestors.max(by: { $0.depth < $1.depth }) else { return nil }
      guard case .choice(let sections) = parameters[nearest.index].domain else {
        return SearchCondition(parent: nearest.index, choices: [])
      }
      let rest = path[nearest.depth...]
      return SearchCondition(
        parent: nearest.index,
        choices: sections.indices.filter { index in
          ConfigNode(value: sections[index], at: ConfigPosition(source: "")).leads(along: rest)
        })
    }
  }

  /// The indices of the parameters in an order in which each follows the one it depends on:
  /// shorter paths first, otherwise as in the file.
  package var order: [Int] {
    parameters.indices.sorted { left, right in
      let depths = [left, right].map { ConfigNode.segments(of: parameters[$0].path).count }
      return (depths[0], left) < (depths[1], right)
    }
  }
}
