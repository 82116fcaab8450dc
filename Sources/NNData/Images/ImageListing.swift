import NNCore
import NNFormats

/// The files of a source of images or texts, with their targets.
struct ImageListing: Sendable {
  /// What the files of class folders hold.
  struct Content: Sendable {
    /// The files in messages: `images`.
    let plural: String
    /// How files and targets may be listed instead.
    let alternative: String
    /// Whether a file is read, by its name.
    let accepts: @Sendable (String) -> Bool
    /// Which files are read, for notes about the others.
    let accepted: String

    static let images = Content(
      plural: "images", alternative: "list files and targets in a table: manifest: FILE.csv",
      accepts: { _ in true }, accepted: "images")
    static let texts = Content(
      plural: "texts",
      alternative: "put texts and targets into a table: {csv: FILE, text: COLUMN, target: COLUMN}",
      accepts: TextFiles.accepts, accepted: "texts (\(TextFiles.ending))")
  }

  /// A file.
  struct File: Sendable, Hashable {
    /// Its path relative to the folder of the source, for messages.
    let name: String
    /// Its path.
    let path: String
  }

  /// The files in order.
  let files: [File]
  /// The targets, one for each file.
  let targets: HostTensor
  /// The names of the classes, where there are any.
  let classNames: [String]?
  /// The names of the columns of targets.
  var targetNames: [String]?
  /// What was not read.
  var notes: [DataNote] = []

  // MARK: Folders

  /// Lists a folder that has a folder for each class.
  ///
  /// - Throws: `NNError` if there are no such folders, one of them has no files, or the training data
  ///   have no class of that name.
  static func classFolders(
    in folder: String, _ known: DataEncoding?, holding content: Content = .images
  ) throws(NNError) -> ImageListing {
    let entries = try entries(of: folder)
    let classes = entries.filter { FileStamp("\(folder)/\($0)")?.isFolder ?? false }
    guard !classes.isEmpty else {
      throw .invalid(
        entries.isEmpty ? "holds no files" : "holds no class folders, only files", at: folder,
        hint: "put the \(content.plural) of each class into a folder that has its name, or "
          + content.alternative)
    }
    let labels = try labels(of: classes, known, at: folder, content)
    var files: [File] = []
    var targets: [Int32] = []
    var empty: [String] = []
    var otherCount = 0
    for (name, label) in zip(classes, labels) {
      let all = try Self.files(in: "\(folder)/\(name)")
      let found = all.filter { content.accepts($0.name) }
      otherCount += all.count - found.count
      if found.isEmpty { empty.append(name) }
      files += found.map { File(name: "\(name)/\($0.name)", path: $0.path) }
      targets += [Int32](repeating: label, count: found.count)
    }
    guard empty.isEmpty else {
      throw .invalid(
        "the class \(empty.count == 1 ? "folder" : "folders") \(Self.list(empty)) "
          + "\(empty.count == 1 ? "holds" : "hold") no \(otherCount == 0 ? "files" : content.accepted)",
        at: folder,
        hint: "remove \(empty.count == 1 ? "it" : "them"), or add \(content.plural)")
    }
    var listing = ImageListing(
      files: files, targets: HostTensor(targets),
      classNames: known == nil ? classes : known?.classNames)
    if classes.count < entries.count {
      listing.notes.append(
        DataNote(
          subject: folder, what: "files next to the class folders, not read",
          count: entries.count - classes.count))
    }
    if otherCount > 0 {
      listing.notes.append(
        DataNote(
          subject: folder, what: "files that are no \(content.accepted), not read",
          count: otherCount))
    }
    return listing
  }

  /// The label of each class folder: its position, or that of its name in the training data.
  private static func labels(
    of classes: [String], _ known: DataEncoding?, at folder: String, _ content: Content
  ) throws(NNError) -> [Int32] {
    guard let known else { return classes.indices.map { Int32($0) } }
    guard let names = known.classNames else {
      // Classes without names are numbers.
      return try classes.map { name throws(NNError) in
        if let label = Int32(name), label >= 0 { return label }
        throw .invalid(
          "the training data have no class names, so the class folder \(name.shortened()) has no "
            + "label", at: folder,
          hint: "give the folders the numbers of the classes, or \(content.alternative)")
      }
    }
    let labels = Dictionary(
      names.enumerated().map { (ExactName($1), Int32($0)) }, uniquingKeysWith: { first, _ in first }
    )
    let unknown = classes.filter { labels[ExactName($0)] == nil }
    guard unknown.isEmpty else {
      throw .invalid(
        "has class folders that the training data do not have: \(list(unknown)); "
          + "their classes are: \(list(names))", at: folder)
    }
    return classes.compactMap { labels[ExactName($0)] }
  }

  /// Up to twenty names.
  private static func list(_ names: [String]) -> String {
    names.prefix(20).map { $0.shortened() }.joined(separator: ", ")
      + (names.count > 20 ? ", … (\(names.count))" : "")
  }

  /// All files in a folder and its subfolders: those of a folder sorted by name, folders by path.
  ///
  /// - Throws: `NNError` if the folder is missing or cannot be read, and for too many levels.
  static func files(in folder: String) throws(NNError) -> [File] {
    var folders: [(name: String, files: [String])] = []
    var pending = [(name: "", depth: 0)]
    while let (name, depth) = pending.popLast() {
      let prefix = name.isEmpty ? "" : "\(name)/"
      var files: [String] = []
      for entry in try entries(of: name.isEmpty ? folder : "\(folder)/\(name)") {
        if FileStamp("\(folder)/\(prefix)\(entry)")?.isFolder ?? false {
          pending.append((prefix + entry, depth + 1))
        } else {
          files.append(prefix + entry)
        }
      }
      // A link may lead back to a folder above.
      guard depth < 32 else {
        throw .invalid("has more than 32 levels of folders", at: "\(folder)/\(name)")
      }
      folders.append((name, files))
    }
    folders.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    return folders.flatMap(\.files).map { File(name: $0, path: "\(folder)/\($0)") }
  }

  /// The sorted names in a folder, without those that systems put there on their own.
  private static func entries(of folder: String) throws(NNError) -> [String] {
    guard let stamp = FileStamp(folder) else { throw .invalid("no such folder", at: folder) }
    guard stamp.isFolder else { throw .invalid("is a file; expected a folder", at: folder) }
    return try FolderListing.names(reading: folder)
      .filter { !$0.hasPrefix(".") && !ignored.contains($0.lowercased()) }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private static let ignored: Set<String> = ["__macosx", "thumbs.db", "desktop.ini"]

  // MARK: Tables

  /// The column of a table with the names of files.
  static let fileColumn = "file_name"

  /// Lists the files in a table.
  ///
  /// - Throws: `NNError` naming line and column for a missing column, name or target.
  static func table(
    _ path: String, _ columns: [ColumnReference]?, in folder: String, _ known: DataEncoding?,
    _ request: DataRequest
  ) throws(NNError) -> ImageListing {
    var table = try TableReader(path: path, header: true)
    guard table.header.contains(fileColumn) else {
      throw .invalid(
        "has no column \(fileColumn); the columns are: \(list(table.header))", at: path,
        hint: "the first row must name the columns, such as file_name,label")
    }
    let fileColumn = try table.columns([.name(Self.fileColumn)])[0]
    let targets =
      try columns.map { columns throws(NNError) in try table.columns(columns) }
      ?? (0..<table.width).filter { $0 != fileColumn }
    guard !targets.isEmpty, !targets.contains(fileColumn) else {
      throw .invalid(
        targets.isEmpty
          ? "has no column of targets" : "\(Self.fileColumn) holds names of files, not targets",
        at: path, hint: "add a column, such as label")
    }
    var files: [File] = []
    var texts: [String] = []
    var lines: [Int] = []
    while try table.nextRow() {
      let name = try table.value(fileColumn)
      files.append(File(name: name, path: name.hasPrefix("/") ? name : "\(folder)/\(name)"))
      for column in targets { texts.append(try table.value(column)) }
      lines.append(table.line)
    }
    guard !files.isEmpty else { throw .invalid("holds no rows", at: path) }
    let encoded = try TargetColumns(
      texts: TableTexts(texts, format: table.format), lines: LineNumbers(lines),
      names: targets.map { table.name(of: $0) }, place: path, format: table.format,
      task: .automatic, classes: nil, separator: nil, request: request, known: known
    ).encoded()
    return ImageListing(
      files: files, targets: encoded.0, classNames: encoded.1,
      targetNames: targets.map { table.header[$0] })
  }
}
