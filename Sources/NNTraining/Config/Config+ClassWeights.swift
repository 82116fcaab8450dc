import NNCore
import NNData
import NNLosses

extension OptionKind where Value == ClassWeighting {
  /// `balanced`, or a mapping of classes to weights.
  static var classWeighting: Self {
    let expectation = "`balanced`, or a mapping of classes to weights, such as {cat: 2, dog: 0.5}"
    return Self(
      expectation: expectation,
      schema: .either(.words(["balanced"]), .mapping(of: .number(.nonNegative))),
      placeholder: .balanced,
      parse: { node, place in
        if node.scalar?.text == "balanced" { return .balanced }
        guard let entries = node.entries, !entries.isEmpty else {
          place.mismatch(node, expects: expectation)
          return nil
        }
        let weights = entries.compactMap { entry in
          OptionKind<Double>.number(.nonNegative)
            .parse(entry.value, OptionPlace(name: entry.key, context: place.context))
            .map { ClassWeighting.Entry(entry.key, $0) }
        }
        return weights.count == entries.count ? .given(weights) : nil
      },
      encode: { weighting in
        switch weighting {
        case .balanced: .string("balanced")
        case .given(let entries):
          .mapping(entries.map { ConfigOption($0.name, .number($0.weight)) })
        }
      })
  }
}

extension OptionKind where Value == ExampleSampler {
  /// `balanced`, `weighted`, or a mapping of classes to weights.
  static var sampler: Self {
    let classes = OptionKind<ClassWeighting>.classWeighting
    let expectation = "`weighted`, \(classes.expectation)"
    return Self(
      expectation: expectation, schema: .either(.words(["weighted"]), classes.schema()),
      placeholder: .weights,
      parse: { node, place in
        if node.scalar?.text == "weighted" { return .weights }
        guard node.entries != nil || node.scalar?.text == "balanced" else {
          place.mismatch(node, expects: expectation)
          return nil
        }
        return classes.parse(node, place).map { .classes($0) }
      },
      encode: { sampler in
        switch sampler {
        case .weights: .string("weighted")
        case .classes(let weighting): classes.encode(weighting)
        }
      })
  }
}

extension Config {
  /// Checks that the weights of classes are known.
  ///
  /// - Throws: `NNError` for a `class_weight`, which needs the training data.
  func requireClassWeights() throws(NNError) {
    guard let loss = losses.first(where: { $0.component[ClassWeighting.key] != nil }) else {
      return
    }
    throw .invalid(
      "`\(ClassWeighting.key)` of the loss `\(loss.component.kind)` depends on the training data",
      hint: "train the config as a TrainingRun, or set `weight`, one number for each class")
  }
}
