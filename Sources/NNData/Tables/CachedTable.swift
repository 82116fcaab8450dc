import NNCore
import NNFormats

/// A table in the cache: the cells of its input columns, row by row, and what else was read of it.
struct CachedTable {
  private let entry: DataCache.Entry

  /// - Throws: `NNError` if the file does not exist.
  init(
    _ path: String, _ source: TableSource, _ known: DataEncoding?, _ request: DataRequest,
    in cache: DataCache
  ) throws(NNError) {
    // Another reading would be another version.
    entry = try cache.entry(
      "table", of: [path], options: "2\n\(source.readingKey(known, request))")
  }

  /// The path of the file.
  var path: String { entry.path }

  private static let record = "record"
  private static let targets = "targets"
  private static let weights = "weights"
  private static let groups = "groups"
  private static var names: [String] { [record, targets, weights, groups] }

  /// The table, whose cells are read when they are needed; nil if it is not in the cache.
  ///
  /// - Parameter isVerified: Whether all cells are read once for their checksum.
  func open(isVerified: Bool) -> (contents: TableContents, cells: ExampleRows)? {
    guard let (rows, others) = entry.open(Self.names, isVerified: isVerified),
      rows.dtype == .float64, others.dropFirst().allSatisfy({ $0.dtype == .float64 })
    else { return nil }
    let cells = others.dropFirst().map { Array($0.scalars(as: Double.self).dropFirst()) }
    var record = CacheRecordReader(others[0])
    let contents = TableContents(
      &record, rowCount: rows.count, targets: cells[0], weights: cells[1], groups: cells[2])
    guard let contents, record.isComplete, rows.shape == [rows.count, contents.columns.count]
    else { return nil }
    return (contents, .file(rows))
  }

  /// Writes a table whose cells come block by block, whole or not at all.
  ///
  /// - Parameters:
  ///   - columnCount: The number of input columns.
  ///   - body: Passes cells [rows, columns] to the closure that it gets, and returns what else was read.
  /// - Throws: What `body` throws, and `NNError` if the folder or the file cannot be written.
  func write(
    columnCount: Int,
    _ body: (([Double]) throws(NNError) -> Void) throws(NNError) -> TableContents
  ) throws(NNError) {
    try entry.write(rowsOf: [columnCount], .float64) { (writer) throws(NNError) in
      let contents = try body { (cells) throws(NNError) in
        try writer.append(HostTensor(cells, shape: [cells.count / columnCount, columnCount]))
      }
      var record = CacheRecordWriter()
      contents.write(to: &record)
      let others = contents.others
      // After a zero, since a tensor has at least one element.
      return [
        (Self.targets, HostTensor([0] + others.targets.cells)),
        (Self.weights, HostTensor([0] + others.weights)),
        (Self.groups, HostTensor([0] + others.groups.flatMap(\.cells))),
        (Self.record, record.tensor),
      ]
    }
  }
}

extension TableContents {
  /// Writes everything but cells and weights.
  fileprivate func write(to record: inout CacheRecordWriter) {
    func add(_ texts: [String], to record: inout CacheRecordWriter) {
      record.add(texts) { $0.add($1) }
    }
    record.add(columns) { record, column in
      record.add(column.name)
      record.add(column.index)
      record.add(column.type.rawValue)
      add(column.texts, to: &record)
      record.add(column.textNumbers) { $0.add($1) }
      record.add(optional: column.listed) { add($1, to: &$0) }
      record.add(column.missingCount)
    }
    record.add(others.lines.firstRows) { $0.add($1) }
    record.add(others.lines.firstLines) { $0.add($1) }
    add(others.targets.texts, to: &record)
    record.add(others.groups) { add($1.texts, to: &$0) }
    add(targetLabels, to: &record)
    add(targetNames, to: &record)
    record.add(optional: listedClasses) { add($1, to: &$0) }
    record.add(notes) { record, note in
      record.add(note.subject)
      record.add(note.what)
      record.add(note.count)
    }
  }

  /// Reads what `write(to:)` has written; nil if it is damaged.
  fileprivate init?(
    _ record: inout CacheRecordReader, rowCount count: Int, targets: [Double],
    weights: [Double], groups: [Double]
  ) {
    func texts(_ record: inout CacheRecordReader) -> [String] { record.list { $0.text() } }
    columns = record.list { record in
      RawColumn(
        name: record.text(), index: record.integer(),
        type: ColumnType(rawValue: record.text()) ?? .text, texts: texts(&record),
        textNumbers: record.list { $0.number() }, listed: record.optional(texts),
        missingCount: record.integer())
    }
    let lines = LineNumbers(
      firstRows: record.list { $0.integer() }, firstLines: record.list { $0.integer() },
      count: count)
    let targets = TableTexts(cells: targets, texts: texts(&record))
    let groupTexts = record.list(texts)
    targetLabels = texts(&record)
    targetNames = texts(&record)
    listedClasses = record.optional(texts)
    notes = record.list { record in
      DataNote(subject: record.text(), what: record.text(), count: record.integer())
    }
    guard record.isValid, let lines, let targets, targets.count == count * targetNames.count,
      weights.isEmpty || weights.count == count, groups.count == count * groupTexts.count
    else { return nil }
    var groupColumns: [TableTexts] = []
    for (index, texts) in groupTexts.enumerated() {
      let cells = Array(groups[index * count..<(index + 1) * count])
      guard let group = TableTexts(cells: cells, texts: texts) else { return nil }
      groupColumns.append(group)
    }
    others = OtherColumns(targets: targets, weights: weights, lines: lines, groups: groupColumns)
  }
}

extension TableSource {
  /// Everything but the file that the contents of a table depend on.
  fileprivate func readingKey(_ known: DataEncoding?, _ request: DataRequest) -> String {
    func key(_ options: ColumnOptions) -> String {
      let type = options.type?.rawValue ?? (options.encode == nil ? "any" : "any, texts encoded")
      let order = options.order?.rawValue ?? "any"
      return "\(type) \(options.missing == .error) \(order)"
    }
    func key(_ columns: [ColumnReference]) -> String {
      "\(columns.map { column in column.name.map { ["name", $0] } ?? ["\(column)"] })"
    }
    let own = columns.sorted { $0.key < $1.key }.map { [$0.key, key($0.value)] }
    let format =
      "\(self.format.delimiter?.byte ?? 0) \(self.format.hasDecimalComma) "
      + "\(self.format.missing == nil) \(self.format.missing?.sorted() ?? []) "
      + "\(self.format.comment?.byte ?? 0)"
    // Later data are read by the columns of the training data.
    let others = known.map { known in
      let columns = known.columns?.map { "\($0.index) \(key($0.readingOptions))" }
      return "\(known.inputColumns ?? []) \(columns ?? []) \(known.targetNames ?? [])"
    }
    return """
      \(kind.rawValue) \(header) \(separator != nil) \(targetsAreNumbers(request)) \(featureCount ?? 0)
      \(format)
      \(key(targets)) \(features == nil) \(key(features ?? [])) \(key(excluded))
      \(key([weights].compactMap(\.self))) \(key(request.groupBy))
      \(own)
      \(others ?? "training data")
      """
  }
}
