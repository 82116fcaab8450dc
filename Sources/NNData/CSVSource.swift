package import NNCore

/// What targets stand for where numbers could be either.
public enum LearningTask: Sendable, Hashable {
  /// Texts and integers ≥ 0 in one column are labels, everything else numbers. A config's loss
  /// decides instead where it takes only the one or the other.
  case automatic
  /// Labels: integers from 0, which stay as they are, or one class for each different number or
  /// text, in sorted order.
  case classification
  /// Numbers.
  case regression
}

/// Names a column of a table.
public enum ColumnReference: Sendable, Hashable, ExpressibleByStringLiteral,
  ExpressibleByIntegerLiteral, CustomStringConvertible
{
  /// By its name in the header.
  case name(String)
  /// By its number from 0; a negative number counts from the end.
  case index(Int)

  /// A name.
  public init(stringLiteral name: String) { self = .name(name) }
  /// A number.
  public init(integerLiteral index: Int) { self = .index(index) }

  /// `"age"` or `column 3`.
  public var description: String {
    switch self {
    case .name(let name): "\"\(name)\""
    case .index(let index): "column \(index)"
    }
  }
}

/// A table in a CSV file and what its columns are for.
public struct CSVSource: Sendable, Hashable {
  /// The file's path; it may be gzip-compressed (`.csv.gz`).
  public var file: String
  /// The columns with targets.
  public var targets: [ColumnReference]
  /// The columns with inputs; nil for all that are no targets.
  public var features: [ColumnReference]?
  /// Whether the first row holds the names of the columns.
  public var header: Bool
  /// What the targets stand for.
  public var task: LearningTask
  /// The classes in order, as they stand in the target column; nil (default) for those that the
  /// training data hold, in sorted order.
  public var classes: [String]?
  /// How the table is written.
  public var format: CSVFormat

  /// Describes a table; by default its last column is the target and all others are inputs.
  public init(
    file: String, targets: [ColumnReference] = [.index(-1)], features: [ColumnReference]? = nil,
    header: Bool = true, task: LearningTask = .automatic, classes: [String]? = nil,
    format: CSVFormat = CSVFormat()
  ) {
    self.file = file
    self.targets = targets
    self.features = features
    self.header = header
    self.task = task
    self.classes = classes
    self.format = format
  }

  /// Reads the table.
  ///
  /// - Parameters:
  ///   - path: Where the file is.
  ///   - known: What the training data settled, when this table is to be read alike: columns are
  ///     found by their names there, in whatever order, and texts get the same labels. Nil for the
  ///     training data themselves, whose texts are numbered in sorted order.
  ///   - request: What the loss asks for.
  /// - Returns: Inputs float64 [N, features]; targets int32 [N] or float64 [N, K].
  /// - Throws: `NNError` naming file, line and column for rows of another length, missing values and
  ///   texts where numbers belong; for unknown columns and classes.
  func load(
    path: String, known: DataEncoding?, request: DataRequest
  ) throws(NNError) -> Dataset {
    try load(
      CSVTable(path: path, format: format, header: header), path: path, known: known,
      request: request)
  }

  /// The fields of a text's first row, or nil where there is none.
  package static func firstRow(
    of bytes: [UInt8], delimiter: UInt8, at place: String
  ) throws(NNError) -> [String]? {
    var reader = CSVReader(bytes, delimiter: delimiter, at: place)
    var fields: [CSVReader.Field] = []
    guard try reader.next(&fields) else { return nil }
    return try fields.map { field throws(NNError) in try reader.text(field) }
  }

  /// Reads a table that is in memory; `file` names it in messages and decides between tabs and
  /// commas.
  ///
  /// - Parameter bytes: What the file would hold.
  /// - Throws: `NNError` as for a file.
  package func load(contents bytes: [UInt8]) throws(NNError) -> Dataset {
    try load(
      CSVTable(bytes: bytes, path: file, format: format, header: header), path: file, known: nil,
      request: DataRequest())
  }

  private func load(
    _ table: CSVTable, path: String, known: DataEncoding?, request: DataRequest
  ) throws(NNError) -> Dataset {
    guard !targets.isEmpty else { throw .invalid("no target column is named", at: path) }
    var table = table
    let targetColumns = try targetColumns(of: table, known)
    let featureColumns = try featureColumns(of: table, known, targets: targetColumns)
    guard !featureColumns.isEmpty else {
      throw .invalid("no column is left for inputs", at: path)
    }
    if let shared = featureColumns.first(where: targetColumns.contains) {
      throw .invalid("\(table.name(of: shared)) is both an input and a target", at: path)
    }
    var inputs: [Double] = []
    var targetTexts: [String] = []
    var targetLines: [Int] = []
    var rows = 0
    while try table.nextRow() {
      for column in featureColumns {
        inputs.append(try table.number(column, advice: Self.advice))
      }
      for column in targetColumns { targetTexts.append(try table.value(column)) }
      targetLines.append(table.line)
      rows += 1
    }
    let columns = TargetColumns(
      texts: targetTexts, lines: targetLines, names: targetColumns.map { table.name(of: $0) },
      place: path, format: format, task: task, classes: classes, request: request, known: known)
    let (targets, names) = try columns.encoded()
    var dataset = try Dataset(
      name: path,
      source: NetworkInput(HostTensor(inputs, shape: [rows, featureColumns.count])),
      targets: targets, classNames: names,
      featureNames: header ? featureColumns.map { table.header[$0] } : nil,
      ignoredLabel: request.ignoredLabel)
    dataset.targetNames = header ? targetColumns.map { table.header[$0] } : nil
    return dataset
  }

  /// The hint for a text among the inputs.
  static let advice =
    "leave the column out by naming the others (`features: […]`), or write numbers for its texts"

  /// By name as in the training data, unless names are given here.
  private func targetColumns(
    of table: CSVTable, _ known: DataEncoding?
  ) throws(NNError) -> [Int] {
    if header, let names = known?.targetNames, names.areUnique, !targets.contains(where: \.isName) {
      return try table.columns(asInTraining: names)
    }
    return try table.columns(targets)
  }

  /// By name as in the training data, unless other names are given here.
  private func featureColumns(
    of table: CSVTable, _ known: DataEncoding?, targets: [Int]
  ) throws(NNError) -> [Int] {
    if header, let names = known?.featureNames, names.areUnique {
      let given = (features ?? []).compactMap(\.name)
      if given.isEmpty || Set(given) == Set(names) {
        return try table.columns(asInTraining: names)
      }
    }
    if let features { return try table.columns(features) }
    return (0..<table.width).filter { !targets.contains($0) }
  }
}

extension ColumnReference {
  /// The name; nil for a number.
  var name: String? {
    if case .name(let name) = self { name } else { nil }
  }

  fileprivate var isName: Bool { name != nil }
}

extension [String] {
  /// Whether no text stands twice.
  var areUnique: Bool { Set(self).count == count }
}
