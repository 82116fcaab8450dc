package import NNCore

/// What targets stand for where numbers could be either.
public enum LearningTask: Sendable, Hashable {
  /// Texts and whole numbers ≥ 0 in one column are labels, everything else numbers.
  case automatic
  /// Labels: whole numbers 0…C−1 or texts.
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
  /// The file's path; `.tsv` has tabs between fields, everything else commas.
  public var file: String
  /// The columns with targets.
  public var targets: [ColumnReference]
  /// The columns with inputs; nil for all that are no targets.
  public var features: [ColumnReference]?
  /// Whether the first row holds the names of the columns.
  public var header: Bool
  /// What the targets stand for.
  public var task: LearningTask

  /// Describes a table; by default its last column is the target and all others are inputs.
  public init(
    file: String, targets: [ColumnReference] = [.index(-1)], features: [ColumnReference]? = nil,
    header: Bool = true, task: LearningTask = .automatic
  ) {
    self.file = file
    self.targets = targets
    self.features = features
    self.header = header
    self.task = task
  }

  /// Reads the table.
  ///
  /// - Parameters:
  ///   - path: Where the file is.
  ///   - classNames: The classes of the training data, when this table is to be read with the same;
  ///     nil to number the texts of this table in sorted order.
  /// - Returns: Inputs float64 [N, features]; targets int32 [N] or float64 [N, K].
  /// - Throws: `NNError` naming file, line and column for rows of another length, missing values and
  ///   texts where numbers belong; for unknown columns and classes.
  func load(path: String, classNames: [String]?) throws(NNError) -> Dataset {
    try load(CSVTable(path: path, header: header), path: path, classNames: classNames)
  }

  /// The fields of a text's first row, or nil where there is none.
  package static func firstRow(
    of bytes: [UInt8], delimiter: UInt8, at place: String
  ) throws(NNError) -> [String]? {
    var reader = CSVReader(bytes, delimiter: delimiter, at: place)
    var fields: [CSVReader.Field] = []
    return try reader.next(&fields) ? fields.map { reader.text($0) } : nil
  }

  /// Reads a table that is in memory; `file` names it in messages and decides between tabs and
  /// commas.
  ///
  /// - Parameter bytes: What the file would hold.
  /// - Throws: `NNError` as for a file.
  package func load(contents bytes: [UInt8]) throws(NNError) -> Dataset {
    try load(
      CSVTable(bytes: bytes, path: file, header: header), path: file, classNames: nil)
  }

  private func load(
    _ table: CSVTable, path: String, classNames: [String]?
  ) throws(NNError) -> Dataset {
    guard !targets.isEmpty else { throw .invalid("no target column is named", at: path) }
    var table = table
    let targetColumns = try table.columns(targets)
    let featureColumns =
      try features.map { list throws(NNError) in try table.columns(list) }
      ?? (0..<table.width).filter { !targetColumns.contains($0) }
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
      for column in featureColumns { inputs.append(try table.number(column)) }
      for column in targetColumns { targetTexts.append(try table.value(column)) }
      targetLines.append(table.line)
      rows += 1
    }
    let columns = TargetColumns(
      texts: targetTexts, lines: targetLines, names: targetColumns.map { table.name(of: $0) },
      place: path)
    let (targets, names) = try columns.encoded(as: task, classNames: classNames)
    return try Dataset(
      name: path,
      inputs: HostTensor(inputs, shape: [rows, featureColumns.count]), targets: targets,
      classNames: names,
      featureNames: header ? featureColumns.map { table.header[$0] } : nil)
  }
}

/// The texts in the target columns of a table, row by row.
private struct TargetColumns {
  let texts: [String]
  let lines: [Int]
  let names: [String]
  let place: String

  /// Makes labels or numbers of the texts.
  func encoded(
    as task: LearningTask, classNames: [String]?
  ) throws(NNError) -> (HostTensor, [String]?) {
    let labels = names.count == 1 ? texts.compactMap(label) : []
    let areLabels = names.count == 1 && labels.count == texts.count
    let areTexts = names.count == 1 && texts.contains { Double($0) == nil }
    let isClassification =
      switch task {
      case .regression: false
      case .classification: true
      case .automatic: classNames != nil || areLabels || areTexts
      }
    guard isClassification else { return (try numbers(), nil) }
    guard names.count == 1 else {
      throw .invalid("class labels stand in one column, not in \(names.count)", at: place)
    }
    // Names that training data gave decide how these texts are read.
    if areLabels && classNames == nil { return (HostTensor(labels), nil) }
    guard areTexts || classNames != nil else {
      throw .invalid(
        "\(names[0]) holds numbers that are no class labels 0, 1, …", at: place,
        hint: "use task: regression")
    }
    let classes = classNames ?? Set(texts).sorted()
    let encoded = try ClassLabels(classes).encode(
      texts, lines: lines, at: place, subject: "\(names[0]): ")
    return (encoded, classes)
  }

  private func label(_ text: String) -> Int32? {
    guard let number = Double(text), number >= 0 else { return nil }
    return Int32(exactly: number)
  }

  private func numbers() throws(NNError) -> HostTensor {
    var numbers: [Double] = []
    for (index, text) in texts.enumerated() {
      let row = index / names.count
      numbers.append(
        try CSVTable.number(text, names[index % names.count], at: "\(place):\(lines[row])"))
    }
    return HostTensor(numbers, shape: [lines.count, names.count])
  }
}
