package import NNCore
package import NNLosses

/// Compares predictions with targets, example by example.
package enum CorrectShares {
  /// The share of each example's labels that are predicted correctly: 0 or 1 for one label.
  ///
  /// - Parameters:
  ///   - samples: The main output, with steps as samples (`AscentFunctions.Measurement.samples`).
  ///   - targets: Labels int32, or numbers of the output's shape: class distributions, or binary
  ///     labels.
  ///   - count: The number of examples.
  ///   - kind: What the output means.
  ///   - ignoredLabel: The label that does not count.
  /// - Returns: A share for each example, NaN if none of its labels counts; nil for outputs that are
  ///   numbers.
  package static func of(
    _ samples: HostTensor, _ targets: HostTensor, count: Int, kind: OutputKind,
    ignoredLabel: Int32
  ) -> [Double]? {
    if kind.isBinary {
      guard samples.elementCount == targets.elementCount else { return nil }
      let pairs = zip(samples.doubles, targets.doubles)
      return shares(pairs.map { ($0 > kind.threshold) == ($1 > 0.5) }, count)
    }
    guard kind.isClasses, samples.shape.rank >= 2 else { return nil }
    let predicted = classes(samples)
    guard targets.dtype == .int32 else {
      guard targets.shape == samples.shape else { return nil }
      return shares(zip(predicted, classes(targets)).map(==), count)
    }
    let labels = targets.scalars(as: Int32.self)
    guard labels.count == predicted.count else { return nil }
    return shares(
      zip(predicted, labels).map { $1 == ignoredLabel ? nil : $0 == Int($1) }, count)
  }

  /// The predicted class of each label: the index of the greatest number along axis 1.
  package static func classes(_ samples: HostTensor) -> [Int] {
    let (rows, width) = (samples.shape[0], samples.shape[1])
    let inner = max(1, samples.elementCount / max(1, rows * width))
    let numbers = samples.doubles
    return (0..<rows * inner).map { label in
      let first = label / inner * width * inner + label % inner
      return (1..<max(1, width)).reduce(0) { best, index in
        numbers[first + index * inner] > numbers[first + best * inner] ? index : best
      }
    }
  }

  private static func shares(_ areCorrect: [Bool?], _ count: Int) -> [Double] {
    let each = areCorrect.count / max(1, count)
    return (0..<count).map { example in
      let own = areCorrect[example * each..<(example + 1) * each].compactMap { $0 }
      return Double(own.count { $0 }) / Double(own.count)
    }
  }
}
