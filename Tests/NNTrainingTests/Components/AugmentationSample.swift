import NNCore
import NNData
import NNTestSupport
import NNTraining
import Testing

/// An augmentation of the registry with the data on which its battery tries it.
struct AugmentationSample: ComponentSample {
  /// The augmentation as a config writes it, without braces.
  let text: String
  /// The same with options for which it changes nothing; nil where there are none.
  let identity: String?
  /// What it changes.
  let content: ExampleKind
  /// Whether two seeds have different results.
  let isRandom: Bool

  init(_ text: String, identity: String?, _ kind: ExampleKind, isRandom: Bool = true) {
    self.text = text
    self.identity = identity
    content = kind
    self.isRandom = isRandom
  }

  static let all: [AugmentationSample] =
    images + [
      Self("scaling: {sigma: 0.3}", identity: "scaling: {sigma: 0}", .series),
      Self("time_warp: {sigma: 0.5, knots: 3}", identity: "time_warp: {sigma: 0}", .series),
      Self("window_slice: {share: 0.6}", identity: "window_slice: {share: 1}", .series),
      Self("time_mask: {share: 0.5, value: 7}", identity: "time_mask: {p: 0}", .series),
      Self("gaussian_noise: {sigma: 0.1}", identity: "gaussian_noise: {sigma: 0}", .series),
      Self("gaussian_noise: {sigma: 0.1}", identity: "gaussian_noise: {sigma: 0}", .table),
      Self("mixup: {alpha: 0.8}", identity: nil, .series),
      Self("mixup: {alpha: 0.8}", identity: nil, .table),
      Self(
        "token_mask: {p: 0.5, token: 3}", identity: "token_mask: {p: 0, token: 3}", .tokens),
      Self("token_dropout: {p: 0.4}", identity: "token_dropout: {p: 0}", .tokens),
    ]

  private static let images: [AugmentationSample] = [
    Self("random_horizontal_flip: {p: 0.5}", identity: "random_horizontal_flip: {p: 0}", .image),
    Self("random_vertical_flip: {p: 0.5}", identity: "random_vertical_flip: {p: 0}", .image),
    Self(
      "random_crop: {padding: 1, padding_mode: edge}", identity: "random_crop: {padding: 0}",
      .image),
    Self("pad: {padding: 0}", identity: "pad: {padding: 0}", .image, isRandom: false),
    Self(
      "random_resized_crop: {scale: [0.2, 0.9]}",
      identity: "random_resized_crop: {scale: [1, 1], ratio: [1, 1]}", .image),
    Self("random_rotation: {degrees: 80}", identity: "random_rotation: {degrees: 0}", .image),
    Self(
      "random_affine: {degrees: 20, translate: [0.3, 0.3], scale: [0.6, 1.4], shear: 20}",
      identity: "random_affine: {degrees: 0}", .image),
    Self(
      "random_affine: {translate: [0.4, 0.4], interpolation: bilinear, fill: 0.5}",
      identity: "random_affine: {interpolation: bilinear}", .image),
    Self(
      "random_perspective: {p: 1, distortion_scale: 0.9}", identity: "random_perspective: {p: 0}",
      .image),
    Self(
      "random_erasing: {p: 1, scale: [0.1, 0.6], value: 0.5}", identity: "random_erasing: {p: 0}",
      .image),
    Self(
      "color_jitter: {brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.2}",
      identity: "color_jitter: {brightness: 0}", .image),
    Self(
      "gaussian_blur: {kernel_size: 5, sigma: [0.5, 2]}",
      identity: "gaussian_blur: {kernel_size: 1}", .image),
    Self("gaussian_noise: {sigma: 0.1}", identity: "gaussian_noise: {sigma: 0}", .image),
    Self(
      "rand_augment: {num_ops: 3, magnitude: 20}", identity: "rand_augment: {num_ops: 0}", .image),
    Self("mixup: {alpha: 0.8}", identity: nil, .image),
    Self("cutmix: {alpha: 0.8}", identity: nil, .image),
  ]

  /// Examples for the sample: of usual and odd sizes, square ones first.
  func datasets() throws -> [Dataset] {
    switch content {
    case .image:
      try [[3, 6, 6], [1, 1, 1], [3, 7, 5], [1, 1, 6], [3, 9, 1]].flatMap { size in
        try [DType.uint8, .float64].map { try Self.numbers(Shape(size), $0) }
      }
    case .series: try [[9, 2], [1, 1], [2, 3]].map { try Self.numbers(Shape($0), .float32) }
    case .table: try [[4], [1]].map { try Self.numbers(Shape($0), .float64) }
    case .tokens: try [7, 1].map { try Self.tokens(steps: $0) }
    }
  }

  private static let count = 11
  private static let labels = HostTensor((0..<count).map { Int32($0 % 3) })

  private static func numbers(_ shape: Shape, _ dtype: DType) throws -> Dataset {
    let whole = Shape([count] + shape.dimensions)
    let numbers = HostTensor.random(whole, dtype: .float64, seed: 3, in: 0...1).doubles
    let inputs =
      dtype == .uint8
      ? HostTensor(numbers.map { UInt8($0 * 255) }, shape: whole)
      : HostTensor(doubles: numbers, shape: whole, dtype: dtype)
    return try Dataset(name: "\(shape)", inputs: inputs, targets: labels)
  }

  private static func tokens(steps: Int) throws -> Dataset {
    let tokens = HostTensor.random(
      [count, steps], dtype: .int32, seed: 5, in: 4...19)
    let lengths = HostTensor((0..<count).map { Int32(1 + $0 % steps) })
    return try Dataset(
      name: "\(steps) tokens", source: Ports(tokens, lengths: lengths), targets: labels,
      vocabulary: VocabularySizes(input: 20), classNames: ["a", "b", "c"])
  }

  /// The augmentations of a list as a config writes it.
  static func make(_ texts: String...) throws -> [any DataAugmentation] {
    let list = texts.map { "{\($0)}" }.joined(separator: ", ")
    return try Config(
      yaml: """
        data: {train: xor, augment: [\(list)]}
        model: [{linear: 2}]
        loss: cross_entropy
        optimizer: {sgd: {lr: 0.1}}
        """
    ).makeAugmentations()
  }
}
