import NNCore

extension ExampleLayout {
  /// The layout of a data set's examples.
  init(of dataset: Dataset) {
    let shape = dataset.inputShape
    let unit = dataset.sourceInputs.dtype == .uint8 ? 255.0 : 1
    let hasLengths = dataset.source.lengths != nil
    if let vocabulary = dataset.vocabulary {
      self = .tokens(
        steps: shape.elementCount, vocabulary: vocabulary.input,
        specialTokens: dataset.tokenizers == nil ? 0 : Self.specialTokenCount,
        hasLengths: hasLengths)
    } else if shape.rank == 3 {
      self = .image(channels: shape[0], height: shape[1], width: shape[2], unit: unit)
    } else if shape.rank == 2 {
      // Bytes are images, whose rows a recurrent network may read as steps.
      self.init(
        unit == 255 ? [.image, .series] : [.series], 1, shape[0], shape[1], unit: unit,
        hasLengths: hasLengths)
    } else {
      self.init([.table], 1, 1, shape.elementCount, unit: unit)
    }
  }
}

extension Dataset {
  /// Verifies that an augmentation is one for these data.
  func require(
    _ augmentation: any DataAugmentation, _ layout: ExampleLayout
  ) throws(NNError) {
    let name = augmentation.name
    guard !layout.kinds.isDisjoint(with: augmentation.kinds) else {
      let kinds = ExampleKind.allCases.filter(augmentation.kinds.contains)
      let found = ExampleKind.allCases.first(where: layout.kinds.contains) ?? .table
      throw .invalid(
        "`\(name)` changes \(kinds.map(\.plural).joined(separator: ", ")), and examples of shape "
          + "\(inputShape) are \(found.plural)",
        hint: found == .tokens
          ? "texts have token_mask and token_dropout"
          : "images are [channels, height, width], series [steps, features]")
    }
    if augmentation.needsUnitRange, layout.kinds == [.image], layout.unit == 1 {
      let range = try InputRange(of: self)
      let (least, most) = (range.low.min() ?? 0, range.high.max() ?? 1)
      guard least >= 0, most <= 1 else {
        throw .invalid(
          "`\(name)` takes images of numbers from 0 to 1, and these are from \(least) to \(most)",
          hint: name == "gaussian_noise"
            ? "use clip: false" : "save them as bytes, or divide them by their largest value")
      }
    }
    // The labels of an encoder–decoder are those of the decoder's steps.
    let isForEachPosition =
      targetsAreSteps
      ? source.decoderValues == nil
      : !layout.kinds.isDisjoint(with: [.image])
        && targetShape.rank >= 2
    guard augmentation.movesPositions, isForEachPosition else { return }
    throw .invalid(
      "`\(name)` moves what is at a position, and every position has a target of its own, which "
        + "stays", hint: "leave it out")
  }

  /// Verifies that examples can be mixed with each other.
  func requireMixing(by augmentation: any BatchAugmentation) throws(NNError) {
    guard source.count == 1 else {
      throw .invalid(
        "`\(augmentation.name)` mixes one input, and the data have \(source.count): "
          + source.names.joined(separator: ", "),
        hint: "leave it out")
    }
    guard hasTargets, !hasLabels || targetShape.rank == 0 else {
      throw .invalid(
        "`\(augmentation.name)` mixes the targets of examples, and these "
          + (hasTargets ? "have several labels each" : "have none"),
        hint: "leave it out")
    }
  }
}
