import NNCore
import NNFormats
import NNText

extension PredictionInput {
  /// Reads texts without targets, for a network whose inputs are texts.
  ///
  /// - Parameters:
  ///   - path: A table with the column of texts, a folder of `.txt` files, or a file with one text
  ///     per line; `-` for lines of standard input.
  ///   - tokenizer: The tokenizer of the training texts.
  static func texts(
    _ path: String, _ source: DataSource?, _ known: DataEncoding, _ tokenizer: any Tokenizer
  ) throws(NNError) -> PredictionRows {
    let tokens = source?.textTokens ?? TextTokens()
    var others: (names: [String], rows: [[String]]) = ([], [])
    let texts: RawTexts
    if path == standardInput {
      texts = try lines(FileBytes.readStandardInput(), at: "standard input", tokens)
    } else if let kind = TableKind.of(path: path) {
      let table = try column(of: path, kind, source, known, tokens)
      texts = table.texts
      others = table.others
    } else if FileStamp(path)?.isFolder ?? false {
      let files = try ImageListing.files(in: path).filter { TextFiles.accepts($0.name) }
      guard !files.isEmpty else {
        throw .invalid("holds no texts (\(TextFiles.ending))", at: path)
      }
      texts = try RawTexts(files: files, in: path, tokens: tokens)
      others = (["file"], files.map { [$0.name] })
    } else if path.hasSuffix(".npy") || path.hasSuffix(".npz") {
      throw .invalid(
        "holds arrays, and the network reads texts", at: path,
        hint: "expected a file with one text per line, a table with the column of texts "
          + "(\(TableKind.allCases.flatMap(\.extensions).joined(separator: ", "))), or a folder of "
          + "\(TextFiles.ending) files")
    } else {
      texts = try lines(FileBytes.read(path), at: path, tokens)
    }
    let limits = [tokens.maxLength, known.textLength].compactMap(\.self)
    let encoded = try texts.encoded(tokenizer, limit: limits.min())
    var rows = PredictionRows(encoded.inputs)
    if others.names.isEmpty { others.rows = Array(repeating: [], count: texts.texts.count) }
    rows.others = others
    rows.notes = encoded.notes
    return rows
  }

  /// The lines of a file, each of them a text.
  private static func lines(
    _ bytes: [UInt8], at place: String, _ tokens: TextTokens
  ) throws(NNError) -> RawTexts {
    let lines = try NumberedLines(Array(TextFiles.text(bytes, at: place).utf8)).map {
      String(decoding: $0.text, as: UTF8.self)
    }
    guard !lines.isEmpty else {
      throw .invalid("holds no lines; expected one text per line", at: place)
    }
    return try RawTexts(
      lines, tokens: tokens, source: place, place: { "\(place):\($0 + 1)" })
  }

  /// The column of texts of a table, and its columns that are neither texts nor targets.
  private static func column(
    of path: String, _ kind: TableKind, _ source: DataSource?, _ known: DataEncoding,
    _ tokens: TextTokens
  ) throws(NNError) -> (texts: RawTexts, others: (names: [String], rows: [[String]])) {
    let trained: TableSource? = if case .table(let source) = source { source } else { nil }
    var own = trained ?? TableSource(file: path)
    own.kind = kind
    var table = try own.open(FileBytes.read(path), path: path, header: own.header, known: known)
    // Columns are found by their names in the training data, even if these were read by number.
    if own.header, known.featureNames != nil { own.text = nil }
    guard let column = try own.textColumn(of: table, known) else {
      preconditionFailure("a network that reads texts has a column of texts")
    }
    let others = otherColumns(of: table, [column], trained, known, areNamed: !table.header.isEmpty)
    var texts: [String] = []
    var lines: [Int] = []
    var otherTexts: [[String]] = []
    while try table.nextRow() {
      texts.append(try table.textIfAny(column))
      lines.append(table.line)
      var own: [String] = []
      for other in others { own.append(try table.text(other)) }
      otherTexts.append(own)
    }
    guard !texts.isEmpty else { throw .invalid("holds no rows", at: path) }
    let rowLines = lines
    let raw = try RawTexts(
      texts, tokens: tokens, column: table.name(of: column), source: path,
      place: { "\(path):\(rowLines[$0])" })
    return (raw, (others.map { table.header[$0] }, otherTexts))
  }
}
