package import NNCore
public import NNImages

/// Images in a folder: one folder for each class, or a table with the names of files and their
/// targets.
///
/// PPM, PGM, PBM and BMP are always read; PNG, JPEG and WebP in builds with the package trait
/// `Images`. The format follows from the contents, not the name; the EXIF orientation of photographs
/// is applied.
public struct ImageFolderSource: Sendable, Hashable {
  /// What happens if a file cannot be read as an image.
  public enum ErrorPolicy: String, Sendable, Hashable, CaseIterable {
    /// An error that lists all such files.
    case fail
    /// They are left out and counted in `Dataset.notes`.
    case skip
  }

  /// The folder.
  public var path: String
  /// The form that all images are brought into.
  public var options: ImageOptions
  /// A table with the column `file_name`, relative to the folder, and columns of targets; nil
  /// (default) for class folders.
  public var manifest: String?
  /// The columns of targets in the table; nil (default) for all but `file_name`.
  public var targets: [ColumnReference]?
  /// What happens if a file cannot be read; an error by default.
  public var onError: ErrorPolicy
  /// Whether decoded images stay in the file of the cache, from which each batch is read, so that they
  /// may be larger than the memory; false by default.
  public var isStreamed = false

  /// Creates a source.
  public init(
    path: String, options: ImageOptions, manifest: String? = nil,
    targets: [ColumnReference]? = nil, onError: ErrorPolicy = .fail
  ) {
    self.path = path
    self.options = options
    self.manifest = manifest
    self.targets = targets
    self.onError = onError
  }

  /// Reads all images, from the cache if it has them.
  ///
  /// Class folders are numbered in sorted order, files come in the order of their paths, as in
  /// torchvision's `ImageFolder`. Hidden files and folders, `__MACOSX`, `Thumbs.db` and
  /// `desktop.ini` are ignored.
  ///
  /// - Parameters:
  ///   - folder: The path of the folder.
  ///   - manifest: The path of the table; nil for class folders.
  ///   - known: The encoding of the training data; nil for the training data themselves.
  ///   - request: What the network and its loss require, and the number of threads.
  ///   - cache: Keeps decoded images; nil for none.
  /// - Returns: Inputs uint8 [N, channels, height, width]; targets int32 [N], or float64 [N, K] for
  ///   columns of numbers.
  /// - Throws: `NNError` naming the folder for a missing folder, no images, unknown classes and
  ///   files that cannot be read; the table's line for what is wrong there.
  package func load(
    folder: String, manifest: String?, known: DataEncoding?, request: DataRequest,
    cache: DataCache?
  ) throws(NNError) -> Dataset {
    let listing =
      if let manifest {
        try ImageListing.table(manifest, targets, in: folder, known, request)
      } else {
        try ImageListing.classFolders(in: folder, known)
      }
    let images = try DecodedImages(
      listing.files, at: folder, options: options, onError: onError, threads: request.threads,
      cache: cache, isStreamed: isStreamed)
    let targets =
      images.failures.isEmpty ? listing.targets : listing.targets.gathering(images.kept)
    var dataset = try Dataset(
      name: folder, rows: Ports(images.rows), namedTargets: [PortName.target: targets],
      vocabulary: nil, classNames: listing.classNames, featureNames: nil,
      ignoredLabel: request.ignoredLabel, weights: nil)
    dataset.targetNames = listing.targetNames
    dataset.notes = listing.notes + images.notes
    return dataset
  }

  /// Reads a file, or all files in a folder and its subfolders, as inputs without targets.
  ///
  /// - Returns: The images, and a column `file` with the path that was given, or the paths relative
  ///   to the folder.
  /// - Throws: `NNError` as above.
  func predictionRows(of path: String, threads: Int) throws(NNError) -> PredictionRows {
    let isFolder = FileStamp(path)?.isFolder ?? false
    let files =
      isFolder ? try ImageListing.files(in: path) : [ImageListing.File(name: path, path: path)]
    guard !files.isEmpty else { throw .invalid("holds no files", at: path) }
    let images = try DecodedImages(
      files, at: isFolder ? path : nil, options: options, onError: isFolder ? onError : .fail,
      threads: threads, cache: nil)
    var rows = PredictionRows(
      inputs: try images.rows.gathering(nil),
      others: (["file"], images.kept.map { [files[$0].name] }))
    rows.notes = images.notes
    return rows
  }
}
