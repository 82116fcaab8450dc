package import NNCore
import NNData
import NNDrawing
import NNText
package import NNTraining

/// Training examples before and after augmentation, in several epochs.
package struct AugmentationPreview: Sendable {
  /// An example and what becomes of it.
  struct Row: Sendable {
    /// The number of the example in its source.
    let source: Int
    /// The label or target as it is; nil for none, and for several.
    let target: String?
    /// The example as it is.
    let before: [Double]
    /// The example in each epoch, and its mixed target if targets are mixed.
    var after: [(numbers: [Double], target: String?)]
  }

  /// How examples are shown.
  enum Form: Sendable {
    /// Images of 1 or 3 channels.
    case images(channels: Int, height: Int, width: Int)
    /// Lines over steps.
    case series(steps: Int, features: Int)
    /// Texts, in tokens.
    case tokens
    /// Numbers, with their names.
    case numbers(names: [String])
  }

  /// The greatest number of features of a table, and of lines of a series, that are shown.
  static let largestWidth = 12

  /// The examples.
  let rows: [Row]
  /// How they are shown.
  let form: Form
  /// The augmentations, as in the config.
  package let augmentations: [String]
  /// The range of the numbers of all images: 0…255 for bytes.
  let range: ClosedRange<Double>
  private let tokenizer: (any Tokenizer)?

  /// Augments the first training examples of a config.
  ///
  /// - Parameters:
  ///   - config: The config.
  ///   - data: Its data.
  ///   - count: The number of examples, which are mixed as one batch.
  ///   - epochs: The number of epochs.
  /// - Throws: `NNError` for a config without augmentations, and for augmentations that do not
  ///   suit the data.
  package init(
    _ config: Config, data: RunData, count: Int, epochs: Int = 4
  ) throws(NNError) {
    guard !config.data.augment.isEmpty else {
      throw .invalid(
        "the config has no augmentations", at: config.name,
        hint: "add some to `data`, such as augment: [random_horizontal_flip]")
    }
    let train = data.train
    let plan = try config.augmentationPlan(for: train)
    let indices = Array(0..<min(count, train.count))
    augmentations = config.data.augment.map { Config.text(of: $0) }
    tokenizer = train.tokenizers?.input
    let selected = train.selecting(indices)
    let inputs = try selected.readNamedInputs()
    let before = inputs.values.doubles
    let lengths = inputs.lengths?.scalars(as: Int32.self).map { Int($0) }
    let width = max(1, train.inputShape.elementCount)
    let perStep = Self.valuesPerStep(train)
    func slice(_ numbers: [Double], _ index: Int, _ length: Int?) -> [Double] {
      let own = numbers[index * width..<(index + 1) * width]
      return Array(length.map { own.prefix($0 * perStep) } ?? own)
    }
    var rows: [Row] = []
    for index in indices {
      rows.append(
        Row(
          source: train.sourceRow(of: index),
          target: Self.targetText(selected.targets, index, names: train.classNames, train),
          before: slice(before, index, lengths?[index]), after: []))
    }
    for epoch in 0..<epochs {
      let changed = try plan.examples(indices, of: train, epoch: epoch)
      let numbers = changed.inputs.doubles
      for index in indices {
        let target =
          plan.mixesTargets
          ? Self.targetText(changed.targets, index, names: train.classNames, train) : nil
        rows[index].after.append((slice(numbers, index, changed.lengths?[index]), target))
      }
    }
    self.rows = rows
    form = Self.form(of: train)
    let all = rows.flatMap(\.before)
    range =
      train.holdsBytes ? 0...255 : (all.min() ?? 0)...max(all.min() ?? 0, all.max() ?? 1)
  }

  /// The numbers of a step of a sequence with a length; all where there are no lengths.
  private static func valuesPerStep(_ data: Dataset) -> Int {
    data.vocabulary != nil
      ? 1 : data.inputShape.elementCount / max(1, data.inputShape.dimensions.first ?? 1)
  }

  private static func form(of data: Dataset) -> Form {
    let shape = data.inputShape
    if data.vocabulary != nil { return .tokens }
    if shape.rank == 3, [1, 3].contains(shape[0]) {
      return .images(channels: shape[0], height: shape[1], width: shape[2])
    }
    if shape.rank == 2 {
      return data.holdsBytes
        ? .images(channels: 1, height: shape[0], width: shape[1])
        : .series(steps: shape[0], features: shape[1])
    }
    let names = shape.rank == 1 ? data.featureNames : nil
    return .numbers(names: names ?? (0..<shape.elementCount).map { "x\($0)" })
  }

  /// A label by its name, or a number; of a mixed label the classes with their shares. Nil for
  /// several.
  private static func targetText(
    _ targets: HostTensor, _ index: Int, names: [String]?, _ data: Dataset
  ) -> String? {
    guard data.hasTargets else { return nil }
    func name(_ label: Int) -> String {
      (names.flatMap { $0.indices.contains(label) ? $0[label] : nil } ?? "\(label)")
        .escapingControls()
    }
    let width = targets.elementCount / max(1, targets.shape[0])
    let numbers = targets.doubles[index * width..<(index + 1) * width]
    if targets.dtype == .int32 { return width == 1 ? name(Int(numbers[numbers.startIndex])) : nil }
    guard data.hasLabels else {
      return width == 1 ? NumberText.short(numbers[numbers.startIndex]) : nil
    }
    let shares = numbers.enumerated().filter { $0.element > 0 }
      .sorted { ($1.element, $0.offset) < ($0.element, $1.offset) }
    return shares.count == 1
      ? name(shares[0].offset)
      : shares.map { "\(NumberText.short($0.element, digits: 2)) \(name($0.offset))" }
        .joined(separator: " + ")
  }

  /// The tokens of a text, separated by bars; numbers where there is no tokenizer.
  func tokens(_ numbers: [Double]) -> String {
    let ids = numbers.map { TokenID($0) }
    guard let tokenizer else { return ids.map { "\($0)" }.joined(separator: " ") }
    return ids.map { id in
      id == SpecialToken.unknown.id
        ? "▁" : ((try? tokenizer.decode([id])) ?? "\(id)").escapingControls()
    }.joined(separator: "|")
  }

  /// Numbers as an image.
  func image(_ numbers: [Double], channels: Int, height: Int, width: Int) -> RasterImage {
    RasterImage(
      channels: channels, height: height, width: width, numbers: numbers[...], range: range)
  }
}

extension Dataset {
  /// Whether the inputs are bytes.
  fileprivate var holdsBytes: Bool { inputScale != 1 }
}

extension RasterImage {
  /// An image from numbers [1 or 3, height, width] in a range.
  init(
    channels: Int, height: Int, width: Int, numbers: ArraySlice<Double>, range: ClosedRange<Double>
  ) {
    let plane = height * width
    let extent = max(range.upperBound - range.lowerBound, 1e-12)
    let bytes = (0..<plane).flatMap { pixel in
      (0..<3).map { channel in
        let place = numbers.startIndex + min(channel, channels - 1) * plane + pixel
        let level = 255 * (numbers[place] - range.lowerBound) / extent
        return UInt8(min(255, max(0, level.rounded())))
      }
    }
    self.init(width: width, height: height, rgb: bytes)
  }
}
