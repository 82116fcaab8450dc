import NNCore
import NNFormats
import NNText

extension PredictionInput {
  /// Reads texts without targets, for a network whose inputs are texts.
  ///
  /// - Parameters:
  ///   - path: A table with the column of texts, a folder of `.txt` files, or a file with one text
  ///     per line; `-` for lines of standard input. For a network that reads columns next to the
  ///     texts a table, also from standard input.
  ///   - tokenizer: The tokenizer of the training texts.
  static func texts(
    _ path: String, _ source: DataSource?, _ known: DataEncoding, _ tokenizer: any Tokenizer
  ) throws(NNError) -> PredictionRows {
    let tokens = source?.textTokens ?? TextTokens()
    var others: (names: [String], rows: [[String]]) = ([], [])
    let texts: RawTexts
    let found = try textTable(of: path, source, known, tokens)
    if let found {
      texts = found.texts
      others = found.others
    } else if path == standardInput {
      texts = try lines(FileBytes.readStandardInput(), at: "standard input", tokens)
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
    var inputs = encoded.inputs
    for (name, part) in try found?.columns?.read(PortName.columns) ?? [] { inputs[name] = part }
    var rows = PredictionRows(inputs)
    if others.names.isEmpty { others.rows = Array(repeating: [], count: texts.texts.count) }
    rows.others = others
    rows.notes = encoded.notes + (found?.columns?.notes ?? [])
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

  /// What is read of a table with texts.
  private struct TextTable {
    let texts: RawTexts
    /// The columns next to the texts; nil for none.
    let columns: ColumnInputs?
    /// The columns that are neither inputs nor targets.
    let others: (names: [String], rows: [[String]])
  }

  /// The table with texts at a path; nil for files of other kinds.
  ///
  /// - Throws: `NNError` as for any table, and for another file if the network reads columns next to
  ///   the texts.
  private static func textTable(
    of path: String, _ source: DataSource?, _ known: DataEncoding, _ tokens: TextTokens
  ) throws(NNError) -> TextTable? {
    if let kind = TableKind.of(path: path) {
      return try textTable(FileBytes.read(path), at: path, kind, source, known, tokens)
    }
    guard let columns = known.columns else { return nil }
    guard path == standardInput else {
      throw .invalid(
        "is no table, and the network reads columns next to the texts: "
          + columns.map(\.name).joined(separator: ", "), at: path,
        hint: "expected a table with these columns and the texts "
          + "(\(TableKind.allCases.flatMap(\.extensions).joined(separator: ", ")))")
    }
    return try textTable(
      FileBytes.readStandardInput(), at: "standard input", nil, source, known, tokens)
  }

  /// The column of texts of a table, the columns next to it, and those that are neither inputs nor
  /// targets.
  ///
  /// - Parameter kind: The format of the file; nil for that of the training data's table.
  private static func textTable(
    _ bytes: [UInt8], at path: String, _ kind: TableKind?, _ source: DataSource?,
    _ known: DataEncoding, _ tokens: TextTokens
  ) throws(NNError) -> TextTable {
    let trained: TableSource? = if case .table(let source) = source { source } else { nil }
    var own = trained ?? TableSource(file: path)
    own.kind = kind ?? own.kind
    var table = try own.open(bytes, path: path, header: own.header, known: known)
    // Columns are found by their names in the training data, even if these were read by number.
    if own.header, known.featureNames != nil { own.text = nil }
    guard let column = try own.textColumn(of: table, known) else {
      preconditionFailure("a network that reads texts has a column of texts")
    }
    let next = try own.columnsNextToTexts(column, of: table, known, except: [])
    try known.requireColumnCount(next.count, at: path)
    var readers = own.columnReaders(next, of: table, known)
    let others = otherColumns(
      of: table, [column] + next, trained, known, areNamed: !table.header.isEmpty)
    var texts: [String] = []
    var cells: [Double] = []
    var lines: [Int] = []
    var otherTexts: [[String]] = []
    while try table.nextRow() {
      texts.append(try table.textIfAny(column))
      for index in readers.indices {
        cells.append(try readers[index].add(table, row: texts.count - 1))
      }
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
    let columns = try known.columns.map { encodings throws(NNError) in
      try columnInputs(readers, cells, count: rowLines.count, as: encodings, at: path)
    }
    return TextTable(
      texts: raw, columns: columns, others: (others.map { table.header[$0] }, otherTexts))
  }
}
