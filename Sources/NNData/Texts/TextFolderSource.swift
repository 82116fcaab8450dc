import NNCore

/// Texts in a folder: one folder for each class, with a file in UTF-8 for each text.
public struct TextFolderSource: Sendable, Hashable {
  /// The folder.
  public var path: String
  /// How the texts become tokens.
  public var tokens: TextTokens

  /// Creates a source.
  public init(path: String, tokens: TextTokens = TextTokens()) {
    self.path = path
    self.tokens = tokens
  }

  /// Reads all files that end in `.txt`, of the class folders and their subfolders.
  ///
  /// Classes are numbered in the sorted order of their folders, and files come in the order of their
  /// paths. Hidden files and folders are ignored, and other files are counted in `Dataset.notes`.
  ///
  /// - Parameters:
  ///   - folder: The path of the folder.
  ///   - known: The encoding of the training data; nil for the training data themselves.
  ///   - request: What the network and its loss require.
  /// - Returns: Inputs int32 [N, T] with lengths; targets int32 [N].
  /// - Throws: `NNError` naming the folder for a missing folder, no texts, unknown classes, and all
  ///   files that are empty or not UTF-8.
  func load(
    folder: String, known: DataEncoding?, request: DataRequest
  ) throws(NNError) -> Dataset {
    let listing = try ImageListing.classFolders(in: folder, known, holding: .texts)
    let texts = try RawTexts(files: listing.files, in: folder, tokens: tokens)
    var dataset = try Dataset(
      texts: texts, known: known, targets: listing.targets, classNames: listing.classNames,
      request: request)
    dataset.notes = listing.notes + dataset.notes
    return dataset
  }
}
