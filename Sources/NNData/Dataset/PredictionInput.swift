public import NNCore
import NNFormats

/// Inputs without targets for a trained network, with their lengths and the other columns.
public struct PredictionRows: Sendable {
  /// The inputs by name: numbers [N, …], or tokens int32 [N, T]; uint8 is treated as images, which
  /// are divided by 255. With the valid steps of each example where not all are.
  public var namedInputs: Ports<HostTensor>
  /// The main input.
  public var inputs: HostTensor {
    get { namedInputs.values }
    set { namedInputs.values = newValue }
  }
  /// The columns of a table that are neither inputs nor targets, such as an id: their names and,
  /// for each row, their texts.
  public var others: (names: [String], rows: [[String]])

  /// Creates rows from their parts.
  public init(
    inputs: HostTensor, lengths: HostTensor? = nil,
    others: (names: [String], rows: [[String]]) = ([], [])
  ) {
    namedInputs = Ports(inputs, lengths: lengths)
    self.others = others
  }

  init(_ inputs: Ports<HostTensor>) {
    namedInputs = inputs
    others = ([], [])
  }
}

/// Reads inputs without targets for a trained network.
public enum PredictionInput {
  /// The path of standard input, which must be CSV.
  public static let standardInput = "-"

  /// Reads a file by its extension.
  ///
  /// - Parameters:
  ///   - path: `.npy`, `.npz` (the array `x`, or the only one), or `.csv`/`.tsv`, gzip-compressed
  ///     or not.
  ///   - features: The names of the input columns that the network was trained with; a table may
  ///     have other columns as well, and any order. Without them, or in a table whose first row is
  ///     all numbers, every column is an input.
  /// - Returns: The inputs [N, …]; uint8 is treated as images, which are divided by 255.
  /// - Throws: `NNError` for unknown extensions, damaged files and values that are not numbers.
  public static func read(
    _ path: String, features: [String]? = nil
  ) throws(NNError) -> HostTensor {
    try rows(path, known: DataEncoding(featureNames: features)).inputs
  }

  /// Reads a file by its extension, in the same way as the training data.
  ///
  /// - Parameters:
  ///   - path: As above; `-` reads CSV from standard input.
  ///   - source: The source of the training data, with the header and format of tables and the
  ///     names of arrays. Nil for the defaults.
  ///   - known: The encoding of the training data: columns are found by their names, tokens stay
  ///     integers, and bytes are rejected by a network that was trained on numbers as large as
  ///     bytes.
  /// - Throws: `NNError` as above, and naming the columns that are missing.
  public static func rows(
    _ path: String, as source: DataSource? = nil, known: DataEncoding
  ) throws(NNError) -> PredictionRows {
    var rows: PredictionRows
    let place = path == standardInput ? "standard input" : path
    if path == standardInput || CSVFormat.isTable(path) {
      let bytes =
        try path == standardInput ? FileBytes.readStandardInput() : FileBytes.read(path)
      rows = try table(bytes, at: place, source, known)
    } else if path.hasSuffix(".npy") {
      let name = if case .npz(let source) = source { source.inputs[0].name } else { PortName.input }
      rows = PredictionRows(Ports(named: [(name, try requireRows(NPY.read(path), at: path))]))
    } else if path.hasSuffix(".npz") {
      rows = try arrays(path, source)
    } else {
      throw .invalid(
        "expected a file that ends in .npy, .npz, .csv or .tsv, or - for CSV from standard input",
        at: path)
    }
    if known.vocabulary != nil, known.tokenizers == nil {
      rows.inputs = try NPZSource.tokens(
        rows.inputs.dtype == .float64 ? integers(rows.inputs, at: place) : rows.inputs,
        at: place)
    }
    try known.inputUnit?.require(InputUnit(of: rows.inputs), at: place)
    return rows
  }

  private static func requireRows(
    _ tensor: HostTensor, at path: String
  ) throws(NNError) -> HostTensor {
    guard tensor.shape.rank >= 1 else {
      throw .invalid("expected an array with a batch axis, found a scalar", at: path)
    }
    return tensor
  }

  private static func arrays(
    _ path: String, _ source: DataSource?
  ) throws(NNError) -> PredictionRows {
    let arrays = try NPZ.read(path)
    let trained: NPZSource? = if case .npz(let source) = source { source } else { nil }
    func missing(_ name: String, _ role: String = "") -> NNError {
      .invalid(
        "holds no array called \"\(name)\"\(role)", at: path,
        hint: "it holds: \(arrays.map(\.name).joined(separator: ", "))")
    }
    let lengths = arrays.first { $0.name == trained?.lengths }
    if let name = trained?.lengths, lengths == nil {
      throw missing(name, ", which holds the lengths in the training data")
    }
    let main = trained?.inputs[0] ?? NPZSource.Part(PortName.input, array: "x")
    let isOnly = (trained?.inputs.count ?? 1) == 1
    let others = arrays.filter { $0.name != trained?.lengths }
    let fallback = isOnly ? others.first { $0.name == "x" } ?? others.only : nil
    guard let array = arrays.first(where: { $0.name == main.array }) ?? fallback else {
      throw missing(main.array)
    }
    var inputs = Ports(named: [(main.name, try requireRows(array.tensor, at: path))])
    inputs.lengths = try lengths.map { lengths throws(NNError) in
      try NPZSource.integers(
        lengths.tensor, "length", at: "\(path): array \"\(lengths.name)\"")
    }
    for input in trained?.inputs.dropFirst() ?? [] {
      guard arrays.contains(where: { $0.name == input.array }) else {
        throw missing(input.array, ", the input `\(input.name)` of the network")
      }
      inputs[input.name] = try NPZSource.otherInput(input, from: path)
    }
    return PredictionRows(inputs)
  }

  /// The numbers of a table, which must be integers, as int32.
  private static func integers(
    _ tensor: HostTensor, at place: String
  ) throws(NNError) -> HostTensor {
    var numbers: [Int32] = []
    for number in tensor.doubles {
      guard let integer = Int32(exactly: number) else {
        throw .invalid("expected tokens: integers, found \(number)", at: place)
      }
      numbers.append(integer)
    }
    return HostTensor(numbers, shape: tensor.shape)
  }

  private static func table(
    _ bytes: [UInt8], at path: String, _ source: DataSource?, _ known: DataEncoding
  ) throws(NNError) -> PredictionRows {
    var trained: CSVSource?
    if case .csv(let source) = source { trained = source }
    let format = trained?.format ?? CSVFormat()
    // Models of older versions do not hold the names of columns.
    let listed = trained?.features.map { $0.compactMap(\.name) }
    let names = known.featureNames ?? (listed.flatMap { $0.isEmpty ? nil : $0 })
    let first = try CSVTable(bytes: bytes, path: path, format: format, header: true)
    // A first row with only numbers is not a header, unless the training data have one.
    let isNamed = first.header.contains { format.number($0) == nil }
    let hasHeader =
      trained.map { $0.header && (isNamed || known.featureNames != nil) } ?? isNamed
    var table =
      hasHeader
      ? first : try CSVTable(bytes: bytes, path: path, format: format, header: false)
    let inputs: [Int]
    var others: [Int] = []
    if hasHeader, let names, names.areUnique {
      inputs = try table.columns(asInTraining: names)
      let targets = Set(known.targetNames ?? [])
      others = (0..<table.width).filter { column in
        known.featureNames != nil && !inputs.contains(column)
          && !targets.contains(table.header[column])
      }
    } else if let columns = trained?.features, columns.count != table.width {
      inputs = try table.columns(columns)
    } else {
      inputs = Array(0..<table.width)
    }
    var numbers: [Double] = []
    var otherTexts: [[String]] = []
    var rows = 0
    while try table.nextRow() {
      for column in inputs {
        numbers.append(try table.number(column, advice: CSVSource.advice))
      }
      var texts: [String] = []
      for column in others { texts.append(try table.text(column)) }
      otherTexts.append(texts)
      rows += 1
    }
    return PredictionRows(
      inputs: HostTensor(numbers, shape: [rows, inputs.count]),
      others: (others.map { table.header[$0] }, otherTexts))
  }
}

extension Array {
  /// The only element, or nil when there are none or several.
  fileprivate var only: Element? { count == 1 ? first : nil }
}
