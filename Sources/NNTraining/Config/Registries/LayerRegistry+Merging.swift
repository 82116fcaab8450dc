import NNLayers

extension Registry where Product == any Layer {
  /// Layers that combine several inputs, which `from` names.
  static let merging: [Row] =
    Merge.Operation.allCases.map { operation in
      Row(operation.rawValue, operation.meaning) { _ in { Merge(operation) } }
    } + [
      Row("dot", "Σ x·y of two inputs along an axis, for similarities.") { options in
        let axis = options.value(
          "axis", .integer, default: -1, "the axis of the sum, which becomes 1; -1 is the last one")
        let normalize = options.value(
          "normalize", .bool, default: false, "whether to divide by both norms (cosine)")
        options.check(axis != 0, on: "axis", "axis 0 is the batch axis")
        return { DotProduct(axis: axis, normalize: normalize) }
      }
    ]
}

extension Merge.Operation {
  /// One line for the reference.
  fileprivate var meaning: String {
    switch self {
    case .add: "The sum of several inputs (`from`)."
    case .subtract: "The first of two inputs minus the second."
    case .multiply: "The product of several inputs, element by element."
    case .average: "The mean of several inputs, element by element."
    case .maximum: "The largest of several inputs, element by element."
    case .minimum: "The smallest of several inputs, element by element."
    }
  }
}
