public import NNCore
import NNFormats

/// Where a data set comes from.
public enum DataSource: Sendable, Hashable {
  /// One of `DataSource.names`: a data set installed on the machine, or a generator with its
  /// defaults.
  case named(String)
  /// Two arrays of an NPZ file.
  case npz(file: String, inputs: String = "x", targets: String = "y")
  /// A table.
  case csv(CSVSource)
  /// A pair of IDX files, gzip-compressed or not.
  case idx(images: String, labels: String)
  /// A generator with options.
  case generated(DataGenerator)
  /// A text to go on with.
  case text(TextSource)
  /// Texts and their counterparts.
  case pairs(PairsSource)
  /// A series of numbers to forecast.
  case series(SeriesSource)
  /// Labelled time series in the `.ts` format of the UCR and UEA archives.
  case timeSeries(file: String)

  /// The names that `named` takes.
  public static var names: [String] {
    FashionMNIST.allCases.map(\.rawValue) + DataGenerator.Kind.allCases.map(\.rawValue)
  }

  /// Reads or makes the data.
  ///
  /// - Parameters:
  ///   - folder: What relative paths are relative to.
  ///   - encoding: The classes and tokenizers of the training data, so that texts get the same
  ///     labels and tokens; nil for the training data themselves.
  /// - Throws: `NNError` naming file, line, row or column of whatever is wrong.
  public func load(
    relativeTo folder: String = ".", encoding: DataEncoding? = nil
  ) throws(NNError) -> Dataset {
    let classNames = encoding?.classNames
    func path(_ file: String) -> String {
      file.hasPrefix("/") || folder == "." || folder.isEmpty ? file : "\(folder)/\(file)"
    }
    switch self {
    case .named(let name):
      if let set = FashionMNIST(rawValue: name) { return try set.load(from: FashionMNIST.folders) }
      guard let kind = DataGenerator.Kind(rawValue: name) else {
        throw .invalid(
          "there is no data set \"\(name)\"",
          hint: "there are: \(DataSource.names.joined(separator: ", "))")
      }
      return try DataGenerator(kind).make()
    case .npz(let file, let inputs, let targets):
      return try DataSource.arrays(
        path(file), inputs: inputs, targets: targets, classNames: classNames)
    case .csv(let source):
      return try source.load(path: path(source.file), classNames: classNames)
    case .idx(let images, let labels):
      return try pictures(
        name: path(images), images: path(images), labels: path(labels), classNames: classNames)
    case .generated(let generator):
      return try generator.make()
    case .text(let source):
      return try source.load(path: path(source.file), tokenizers: encoding?.tokenizers)
    case .pairs(let source):
      return try source.load(path: path(source.file), tokenizers: encoding?.tokenizers)
    case .series(let source):
      let windows = try source.windows(path: path(source.file))
      return try Dataset(name: path(source.file), inputs: windows.inputs, targets: windows.targets)
    case .timeSeries(let file):
      return try TimeSeriesFile(path: path(file), classNames: classNames).dataset(name: path(file))
    }
  }

  private static func arrays(
    _ path: String, inputs: String, targets: String, classNames: [String]?
  ) throws(NNError) -> Dataset {
    let x = try NPZ.read(inputs, from: path)
    var y = try NPZ.read(targets, from: path)
    if y.dtype.isFloatingPoint {
      // One number per row is a column, so that it meets a network's [N, 1].
      if y.shape.rank == 1 { y = y.reshaped(to: [y.shape[0], 1]) }
    } else if y.dtype == .int64 {
      let tooLarge = y.withScalars(as: Int64.self) { $0.firstIndex { Int32(exactly: $0) == nil } }
      if let tooLarge {
        throw .invalid(
          "label \(y.scalars(as: Int64.self)[tooLarge]) at \(tooLarge) (from 0) does not fit 32 bits",
          at: "\(path): array \"\(targets)\"")
      }
      y = y.converted(to: .int32)
    } else {
      y = y.converted(to: .int32)
    }
    return try Dataset(name: path, inputs: x, targets: y, classNames: classNames)
  }
}
