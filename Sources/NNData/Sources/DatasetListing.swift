import NNCore
import NNFormats

/// An entry in the command line's list of named data sets.
public struct DatasetListing: Sendable, Hashable {
  /// The name in configs.
  public let name: String
  /// The folder with its files, `generated`, or nil where it is not installed.
  public let location: String?
  /// The number of examples, where it is installed.
  public let rows: Int?
  /// The number of classes, or nil where targets are numbers.
  public let classes: Int?
  /// How to install it, where it is not installed.
  public let hint: String?

  /// Whether the data can be loaded.
  public var isAvailable: Bool { location != nil }

  /// All named data sets, those in files first.
  public static func all() -> [DatasetListing] {
    FashionMNIST.allCases.map(listing) + DataGenerator.Kind.allCases.compactMap(listing)
  }

  private static func listing(_ set: FashionMNIST) -> DatasetListing {
    let files = set.files()
    let header = files.flatMap { files in try? IDX.header(files.labels) }
    return DatasetListing(
      name: set.rawValue, location: files?.folder, rows: header?.shape[0],
      classes: FashionMNIST.classNames.count,
      hint: files == nil ? PackagedData.named(set.rawValue)?.command : nil)
  }

  private static func listing(_ kind: DataGenerator.Kind) -> DatasetListing? {
    guard let generator = try? DataGenerator(kind) else { return nil }
    return DatasetListing(
      name: kind.rawValue, location: "generated", rows: generator.samples,
      classes: kind == .sine ? nil : generator.classes, hint: nil)
  }
}
