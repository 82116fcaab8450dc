public import NNCore
import NNText

/// A random change of training examples that leaves their targets true, or of a whole batch.
///
/// Numbers of an example are in the unit of the data; where options are in the unit of images, 0…1,
/// bytes count as bytes ÷ 255.
public protocol DataAugmentation: Sendable {
  /// The name in config files: `random_crop`.
  var name: String { get }

  /// The kinds of examples that it can change.
  var kinds: Set<ExampleKind> { get }

  /// Whether numbers must be in 0…1 (bytes ÷ 255), as those of images are.
  var needsUnitRange: Bool { get }

  /// Whether what is at a position of the input moves to another one, so that a target for each
  /// position would no longer be true.
  var movesPositions: Bool { get }
}

extension DataAugmentation {
  /// False: any numbers.
  public var needsUnitRange: Bool { false }
  /// False: what is at a position stays there.
  public var movesPositions: Bool { false }
}

/// An augmentation of single examples.
///
/// ```swift
/// struct Invert: Augmentation {
///   var name: String { "invert" }
///   var kinds: Set<ExampleKind> { [.image] }
///
///   func apply(to example: inout AugmentedExample, _ random: inout AugmentationRandom) {
///     for index in 0..<example.count {
///       example.values[index] = example.layout.unit - example.values[index]
///     }
///   }
/// }
/// ```
public protocol Augmentation: DataAugmentation {
  /// The layout of an example of a given layout after the augmentation; the same by default.
  ///
  /// - Throws: `NNError` for a layout that the options do not allow.
  func layout(after layout: ExampleLayout) throws(NNError) -> ExampleLayout

  /// Changes an example.
  ///
  /// - Parameters:
  ///   - example: An example of a layout that `layout(after:)` accepted.
  ///   - random: Random numbers that depend on the seed, the epoch and the example alone.
  func apply(to example: inout AugmentedExample, _ random: inout AugmentationRandom)
}

extension Augmentation {
  /// The same layout.
  public func layout(after layout: ExampleLayout) throws(NNError) -> ExampleLayout { layout }
}

/// What an example of a data set holds.
public enum ExampleKind: String, Sendable, Hashable, CaseIterable {
  /// Pixels [channels, height, width], or bytes [height, width].
  case image
  /// Numbers [steps, features].
  case series
  /// Numbers of any other shape, such as the columns of a table.
  case table
  /// Tokens [steps].
  case tokens

  /// The name in messages, in the plural.
  var plural: String {
    switch self {
    case .image: "images"
    case .series: "series"
    case .table: "tables"
    case .tokens: "texts"
    }
  }
}

/// The layout of an example's numbers, in row-major order.
///
/// A series [steps, features] is stored like an image of one channel, whose rows are steps.
public struct ExampleLayout: Sendable, Hashable {
  /// What the example may be taken as: bytes [height, width] are an image and a series.
  public let kinds: Set<ExampleKind>
  /// The number of channels; 1 unless the example is an image.
  public var channels: Int
  /// The rows of an image, the steps of a series or a text; 1 for a table.
  public var height: Int
  /// The columns of an image, the features of a series, the columns of a table; 1 for a text.
  public var width: Int
  /// The number that 1 stands for in options that are in the unit of images: 255 for bytes, else 1.
  public let unit: Double
  /// Whether each example has a length of its own.
  public let hasLengths: Bool
  /// The number of first tokens that have a meaning of their own, such as padding: 4 for texts, else
  /// 0.
  public let specialTokens: Int
  /// The number of tokens of the vocabulary; 0 for numbers.
  public let vocabulary: Int

  /// The layout of images.
  ///
  /// - Parameter unit: The number that 1 stands for: 255 for bytes; 1 by default.
  public static func image(
    channels: Int, height: Int, width: Int, unit: Double = 1
  ) -> ExampleLayout {
    ExampleLayout([.image], channels, height, width, unit: unit)
  }

  /// The layout of series.
  public static func series(
    steps: Int, features: Int, hasLengths: Bool = false
  ) -> ExampleLayout {
    ExampleLayout([.series], 1, steps, features, hasLengths: hasLengths)
  }

  /// The layout of rows of numbers.
  public static func table(columns: Int) -> ExampleLayout {
    ExampleLayout([.table], 1, 1, columns)
  }

  /// The layout of token sequences.
  ///
  /// - Parameter specialTokens: The number of first tokens that have a meaning of their own.
  public static func tokens(
    steps: Int, vocabulary: Int, specialTokens: Int = 0, hasLengths: Bool = false
  ) -> ExampleLayout {
    ExampleLayout(
      [.tokens], 1, steps, 1, hasLengths: hasLengths, specialTokens: specialTokens,
      vocabulary: vocabulary)
  }

  init(
    _ kinds: Set<ExampleKind>, _ channels: Int, _ height: Int, _ width: Int, unit: Double = 1,
    hasLengths: Bool = false, specialTokens: Int = 0, vocabulary: Int = 0
  ) {
    self.kinds = kinds
    self.channels = channels
    self.height = height
    self.width = width
    self.unit = unit
    self.hasLengths = hasLengths
    self.specialTokens = specialTokens
    self.vocabulary = vocabulary
  }

  /// The number of elements.
  public var count: Int { channels * height * width }

  /// The same layout with another height and width.
  public func resized(height: Int, width: Int) -> ExampleLayout {
    var layout = self
    (layout.height, layout.width) = (height, width)
    return layout
  }

  /// `28×28`: height and width, for messages.
  var size: String { "\(height)×\(width)" }
}

extension ExampleLayout {
  /// The number of tokens of a tokenizer that are not text.
  static var specialTokenCount: Int { SpecialToken.allCases.count }

  /// The token of padding, as in `SpecialToken`.
  static var paddingToken: Int { Int(SpecialToken.padding.id) }

  /// The token of unknown words; nil where tokens are not those of a tokenizer.
  var unknownToken: Int? { specialTokens > 0 ? Int(SpecialToken.unknown.id) : nil }
}
