public import NNCore

/// The augmentations of a training, checked against its data.
///
/// ```swift
/// let plan = try AugmentationPlan([RandomFlip(.horizontal)], for: data, seed: 1)
/// let changed = try plan.examples([0, 1, 2], of: data, epoch: 0).inputs
/// ```
///
/// What happens to an example depends on the seed, the epoch and its number in the source; what
/// happens to a batch on the seed, the epoch and its number.
public struct AugmentationPlan: Sendable {
  /// An augmentation and its place in the list.
  struct Step<Kind: Sendable>: Sendable {
    let position: Int
    let augmentation: Kind
  }

  /// The augmentations of examples, in their order.
  let examples: [Step<any Augmentation>]
  /// The augmentations of batches, which follow those of examples.
  let batches: [Step<any BatchAugmentation>]
  /// The layout of the data's examples.
  let layout: ExampleLayout
  /// The run's seed.
  let seed: UInt64
  /// The number of classes over which mixed labels are distributed; nil where labels are not mixed.
  let classes: Int?

  /// Checks augmentations against data.
  ///
  /// - Parameters:
  ///   - augmentations: The augmentations, in their order.
  ///   - dataset: The training data.
  ///   - seed: The run's seed.
  ///   - classes: The number of classes of mixed labels; by default that of the data.
  /// - Throws: `NNError` that names the augmentation, as `augment[2]`: for one of other data, with
  ///   options that the examples do not allow, or whose targets would no longer be true; if the
  ///   augmented examples have another shape.
  public init(
    _ augmentations: [any DataAugmentation], for dataset: Dataset, seed: UInt64,
    classes: Int? = nil
  ) throws(NNError) {
    let layout = ExampleLayout(of: dataset)
    var current = layout
    var (examples, batches) = ([Step<any Augmentation>](), [Step<any BatchAugmentation>]())
    for (position, augmentation) in augmentations.enumerated() {
      do throws(NNError) {
        try dataset.require(augmentation, layout)
        if let augmentation = augmentation as? any Augmentation {
          current = try augmentation.layout(after: current)
          examples.append(Step(position: position, augmentation: augmentation))
        } else if let augmentation = augmentation as? any BatchAugmentation {
          try dataset.requireMixing(by: augmentation)
          batches.append(Step(position: position, augmentation: augmentation))
        }
      } catch {
        throw NNError(
          error.kind, error.message, at: "\(Self.place)[\(position)]", hint: error.hint)
      }
    }
    guard (current.height, current.width) == (layout.height, layout.width) else {
      throw .invalid(
        "the augmented images have \(current.size) pixels, and the network reads \(layout.size)",
        at: "\(Self.place)[\(augmentations.count - 1)]",
        hint: "end with random_crop: {size: [\(layout.height), \(layout.width)]}")
    }
    self.examples = examples
    self.batches = batches
    self.layout = layout
    self.seed = seed
    self.classes = batches.isEmpty ? nil : dataset.hasLabels ? classes ?? dataset.classCount : nil
  }

  /// The key of a config that lists augmentations, with which the place of an error begins.
  package static let place = "augment"

  /// Whether targets are mixed.
  public var mixesTargets: Bool { !batches.isEmpty }

  /// Some examples and their targets as they are in an epoch, in the unit of the data.
  ///
  /// - Parameters:
  ///   - rows: The indices of the examples, which are mixed as one batch, the first of the epoch.
  ///   - dataset: The data that the plan was made for.
  ///   - epoch: The epoch, counted from 0.
  /// - Throws: `NNError` if inputs are in a file that cannot be read.
  public func examples(
    _ rows: [Int], of dataset: Dataset, epoch: Int
  ) throws(NNError) -> AugmentedExamples {
    let types = dataset.exampleTypes(.float64)
    var input = types.map { _, type in
      HostTensor(zeros: Shape([rows.count] + type.shape.dimensions), dtype: type.dtype)
    }
    let source = dataset.source
    let sourceRows = rows.map(dataset.sourceRow)
    for position in 1..<max(1, source.count) {
      input[position: position] = try source[position: position].gathering(sourceRows)
    }
    let identity = RowCoefficients.identity(types.values.shape.elementCount)
    ExampleAugmenter(self, dataset, identity).fill(
      &input, from: rows[...],
      GatheredRows(tensor: try source.values.gathering(sourceRows), isBatch: true), epoch: epoch)
    let assembler = TargetAssembler(dataset, .float64, classes: classes)
    var targets = assembler.buffers(count: rows.count, steps: nil)
    assembler.fill(&targets, from: rows[...])
    mix(&input, &targets, epoch: epoch, batch: 0)
    return AugmentedExamples(
      inputs: input.values, lengths: input.lengths?.scalars(as: Int32.self).map { Int($0) },
      targets: targets.named.values)
  }

  /// Mixes the examples of a batch, their targets and their weights.
  func mix(
    _ input: inout Ports<HostTensor>, _ targets: inout BatchTargets, epoch: Int, batch: Int
  ) {
    for step in batches {
      var random = AugmentationRandom.batch(
        seed: seed, position: step.position, epoch: epoch, batch: batch)
      let mixture = step.augmentation.mixture(layout, &random)
      input.values.mix(mixture, layout: layout)
      let all = Mixture(share: mixture.share)
      targets.named.values.mix(all)
      targets.weights?.mix(all)
    }
  }
}

/// Augmented examples.
public struct AugmentedExamples: Sendable {
  /// Numbers float64 [N, …] in the unit of the data, bytes as 0…255; tokens int32 [N, T].
  public let inputs: HostTensor
  /// The valid steps of each example; nil where all are.
  public let lengths: [Int]?
  /// The targets: labels int32 [N], distributions [N, C] of mixed labels, or numbers [N, K].
  public let targets: HostTensor
}

extension RowCoefficients {
  /// The map that changes nothing.
  static func identity(_ count: Int) -> RowCoefficients {
    RowCoefficients(
      scales: [Double](repeating: 1, count: count), offsets: [Double](repeating: 0, count: count))
  }
}
