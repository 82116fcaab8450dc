public import NNCore
import NNFormats

/// Where a data set comes from.
public enum DataSource: Sendable, Hashable {
  /// One of `DataSource.names`: a data set installed on the machine, or a generator with its
  /// defaults.
  case named(String)
  /// Arrays of an NPZ file, or of NPY files.
  case npz(NPZSource)
  /// A table.
  case table(TableSource)
  /// A pair of IDX files, gzip-compressed or not; `isStreamed` as ``NPZSource/isStreamed``, for files
  /// that are not compressed.
  case idx(images: String, labels: String, isStreamed: Bool = false)
  /// Images in a folder.
  case imageFolder(ImageFolderSource)
  /// Texts in a folder, with their classes.
  case textFolder(TextFolderSource)
  /// A generator with options.
  case generated(DataGenerator)
  /// A text for language modelling.
  case text(TextSource)
  /// Pairs of texts, such as sentences and translations.
  case pairs(PairsSource)
  /// A series of numbers to forecast.
  case series(SeriesSource)
  /// Labelled time series in the `.ts` format of the UCR and UEA archives.
  case timeSeries(file: String)

  /// The valid names for `named`.
  public static var names: [String] {
    FashionMNIST.allCases.map(\.rawValue) + DataGenerator.Kind.allCases.map(\.rawValue)
  }

  /// Reads or makes the data.
  ///
  /// - Parameters:
  ///   - folder: The base of relative paths.
  ///   - encoding: The encoding of the training data, so that texts get the same labels and tokens
  ///     and columns of tables are found by name; nil for the training data themselves.
  ///   - request: What the network and its loss require; by default nothing.
  /// - Throws: `NNError` naming file, line, row or column of the error.
  public func load(
    relativeTo folder: String = ".", encoding: DataEncoding? = nil,
    request: DataRequest = DataRequest()
  ) throws(NNError) -> Dataset {
    let dataset: Dataset
    do throws(NNError) {
      dataset = try read(relativeTo: folder, encoding, request)
    } catch {
      throw error.suggestingInstallation()
    }
    try encoding?.inputUnit?.require(dataset.inputUnit, at: dataset.name)
    if encoding == nil, let column = request.groupBy.first(where: { dataset.groups[$0] == nil }) {
      throw .invalid(
        "`group_by` names \(column), and this source has neither columns nor arrays of groups",
        at: dataset.name, hint: "groups are read from csv and npz; leave `group_by` out")
    }
    return dataset
  }

  private func read(
    relativeTo folder: String, _ encoding: DataEncoding?, _ request: DataRequest
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
    case .npz(let source):
      return try source.resolving(path).load(known: encoding, request: request)
    case .table(let source):
      return try source.load(
        path: path(source.file), known: encoding, request: request, cache: .standard)
    case .idx(let images, let labels, let isStreamed):
      return try imageDataset(
        name: path(images), images: path(images), labels: path(labels), classNames: classNames,
        ignoredLabel: request.ignoredLabel, isStreamed: isStreamed)
    case .imageFolder(let source):
      return try source.load(
        folder: path(source.path), manifest: source.manifest.map(path), known: encoding,
        request: request, cache: .standard)
    case .textFolder(let source):
      return try source.load(folder: path(source.path), known: encoding, request: request)
    case .generated(let generator):
      return try generator.make()
    case .text(let source):
      return try source.load(path: path(source.file), tokenizers: encoding?.tokenizers)
    case .pairs(let source):
      return try source.load(path: path(source.file), tokenizers: encoding?.tokenizers)
    case .series(let source):
      return try source.load(path: path(source.file), known: encoding)
    case .timeSeries(let file):
      return try TimeSeriesFile(path: path(file), classNames: classNames).dataset(name: path(file))
    }
  }

  /// A source with two arrays of an NPZ file.
  public static func npz(
    file: String, inputs: String = "x", targets: String = "y"
  ) -> DataSource { .npz(NPZSource(file: file, inputs: inputs, targets: targets)) }
}
