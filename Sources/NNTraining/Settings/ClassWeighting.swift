package import NNCore
package import NNData

/// How much each class counts.
public enum ClassWeighting: Sendable, Hashable {
  /// The weight of a class.
  public struct Entry: Sendable, Hashable {
    /// The class's name; its number where the data have no names.
    public var name: String
    /// The weight, at least 0.
    public var weight: Double

    /// Creates an entry.
    public init(_ name: String, _ weight: Double) {
      self.name = name
      self.weight = weight
    }
  }

  /// n/(k · count) for each of the k classes of the n training rows, as scikit-learn's
  /// `compute_class_weight("balanced")`: the classes count alike in sum. A class without rows has 1.
  case balanced
  /// These weights, and 1 for the classes that are not named.
  case given([Entry])

  /// The option of losses over labels.
  package static let key = "class_weight"

  /// The weight of each class 0, 1, ….
  ///
  /// - Parameters:
  ///   - counts: The number of rows of each class.
  ///   - name: Returns the name of a class.
  ///   - place: Where the classes come from, for errors.
  /// - Throws: `NNError` for a name that is no class.
  func weights(
    counts: [Int], at place: String, name: (Int) -> String
  ) throws(NNError) -> [Double] {
    switch self {
    case .balanced:
      let total = Double(counts.reduce(0, +))
      let present = Double(counts.count { $0 > 0 })
      return counts.map { $0 == 0 ? 1 : total / (present * Double($0)) }
    case .given(let entries):
      let names = counts.indices.map(name)
      var weights = [Double](repeating: 1, count: counts.count)
      for entry in entries {
        guard let label = names.firstIndex(of: entry.name) else {
          throw .invalid(
            "class \"\(entry.name)\" has a weight, and the training data have no such class",
            at: place, hint: Suggestion.hint(for: entry.name, in: names, plural: "classes"))
        }
        weights[label] = entry.weight
      }
      return weights
    }
  }
}

/// Which training examples an epoch consists of, where it does not hold each of them once.
///
/// An epoch has as many draws as there are training examples, with replacement; a draw depends only on
/// the seed, the epoch and its number.
public enum ExampleSampler: Sendable, Hashable {
  /// Draws an example with the weight of its class.
  case classes(ClassWeighting)
  /// Draws an example with its own weight, which then does not multiply its loss as well.
  case weights

  /// The weight of each example.
  ///
  /// - Parameters:
  ///   - data: The training data.
  ///   - ignored: The label that the loss ignores.
  /// - Throws: `NNError` for data without classes or weights.
  package func drawWeights(of data: Dataset, ignoring ignored: Int32) throws(NNError) -> [Double] {
    switch self {
    case .weights:
      guard let weights = data.weights else {
        throw .invalid(
          "`sampler: weighted` draws rows by their weights, and the training data have none",
          at: data.name,
          hint: "name their column or array with `weights`, or use `sampler: balanced`")
      }
      return weights.doubles
    case .classes(let weighting):
      guard let labels = data.exampleClasses else {
        throw .invalid(
          "the sampler draws rows by their class, and the targets are not one class for each row",
          at: data.name, hint: "leave `sampler` out")
      }
      let weights = try weighting.weights(
        counts: data.classCounts(of: labels, ignoring: ignored), at: data.name,
        name: data.className)
      return labels.map { $0 == ignored || $0 < 0 ? 0 : weights[Int($0)] }
    }
  }
}
