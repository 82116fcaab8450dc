import NNCore

/// Tables of which one column of texts is the network's main input.
extension TableSource {
  /// The column with the texts; nil where inputs are no texts.
  ///
  /// - Parameter known: The encoding of the training data, whose column is used unless one is named.
  /// - Throws: `NNError` for a column that does not exist, naming the existing ones.
  func textColumn(of table: TableReader, _ known: DataEncoding?) throws(NNError) -> Int? {
    if let text { return try table.columns([text.column])[0] }
    guard let known, known.readsTexts else { return nil }
    if let names = known.featureNames, !table.header.isEmpty {
      return try table.columns(asInTraining: names)[0]
    }
    if table.width == 1 { return 0 }
    if let column = table.header.firstIndex(of: Self.usualTextColumn) { return column }
    throw .invalid(
      "the network reads texts, and there is no column \"\(Self.usualTextColumn)\"; "
        + (table.header.isEmpty
          ? "the table has \(table.width) columns without names"
          : "the columns are: \(table.header.joined(separator: ", "))"),
      at: table.path,
      hint: "name the column of texts: {csv: FILE, text: COLUMN, target: COLUMN}")
  }

  /// The name of the column with the texts where the training data are no table.
  private static let usualTextColumn = "text"

  /// The columns that are inputs next to the texts: those in ``features``.
  ///
  /// - Parameters:
  ///   - text: The column with the texts.
  ///   - known: The encoding of the training data, whose columns are used unless some are named.
  ///   - others: The columns that are no inputs.
  /// - Throws: `NNError` for a column that does not exist, and for features of a network that reads
  ///   texts alone.
  func columnsNextToTexts(
    _ text: Int, of table: TableReader, _ known: DataEncoding?, except others: [Int]
  ) throws(NNError) -> [Int] {
    var columns: [Int] = []
    if known?.columns != nil {
      columns = try featureColumns(of: table, known, except: others + [text])
    } else if let features {
      guard known == nil else {
        throw .invalid(
          "`features` names columns next to the texts, and the training data have none",
          at: table.path, hint: "leave `features` out")
      }
      columns = try table.columns(features)
    }
    guard !columns.contains(text) else {
      throw .invalid(
        "\(table.name(of: text)) holds the texts, and is in `features` as well", at: table.path,
        hint: "`features` are the columns next to the texts; leave it out of them")
    }
    return columns
  }

  /// The rows of a table as texts with their targets, and with the columns next to them.
  ///
  /// - Parameter column: The column with the texts.
  func texts(
    in column: Int, of table: TableReader, _ roles: Roles, _ known: DataEncoding?,
    _ request: DataRequest
  ) throws(NNError) -> Dataset {
    var texts: [String] = []
    var cells = CellBlocks(at: table.path, hint: streamHint(known))
    let contents = try contents(
      of: table, roles, known,
      visit: { (table) throws(NNError) in texts.append(try table.textIfAny(column)) }
    ) { (block) throws(NNError) in try cells.append(block) }
    let (path, lines) = (table.path, contents.others.lines)
    let raw = try RawTexts(
      texts, tokens: text?.tokens ?? TextTokens(), column: table.name(of: column), source: path,
      place: { "\(path):\(lines[$0])" })
    let shape: Shape = [texts.count, roles.features.count]
    let columns =
      try roles.features.isEmpty
      ? nil : fittedColumns(contents, .memory(cells.takeTensor(of: shape)), path, known)
    let targets = try targets(contents, path, known, request)
    var dataset = try Dataset(
      texts: raw, known: known, targets: targets.tensor, classNames: targets.classNames,
      request: request, weights: targets.weights,
      others: columns?.inputs.named(PortName.columns) ?? [])
    complete(&dataset, contents, targets, request)
    dataset.featureNames = header ? [table.header[column]] : nil
    if let columns { dataset.describe(columns, isTraining: known == nil) }
    let used = Set(
      [column] + roles.features + roles.targets + roles.groups
        + [roles.weights].compactMap(\.self))
    let unread = (0..<table.width).filter { !used.contains($0) }
    if !unread.isEmpty {
      let names = unread.prefix(20).map { table.key(of: $0) }.joined(separator: ", ")
      dataset.notes.insert(
        DataNote(
          subject: path,
          what: "columns next to the texts, not read (\(names)\(unread.count > 20 ? ", …" : ""))",
          count: unread.count), at: 0)
    }
    return dataset
  }
}
