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
  /// The number of valid steps of each row of sequences [N, T, …]; T where no lengths are given.
  public var stepCounts: [Int] {
    if let lengths = namedInputs.lengths { return lengths.scalars(as: Int32.self).map { Int($0) } }
    let steps = inputs.shape.rank > 1 ? inputs.shape[1] : 1
    return [Int](repeating: steps, count: inputs.shape[0])
  }
  /// The columns of a table that are neither inputs nor targets, such as an id: their names and,
  /// for each row, their texts.
  public var others: (names: [String], rows: [[String]])
  /// What was filled in, unknown, clipped or left out.
  public internal(set) var notes: [DataNote] = []

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
  /// The path of standard input: a table in the format of the training data's, by default CSV.
  public static let standardInput = "-"

  /// Reads a file by its extension.
  ///
  /// - Parameters:
  ///   - path: `.npy`, `.npz` (the array `x`, or the only one), or a table (`.csv`, `.jsonl`,
  ///     `.arff`, `.libsvm` and others), gzip-compressed or not.
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
  ///   - path: As above; `-` reads standard input, in the format of the training data's table. For a
  ///     network that was trained on images in folders also an image, or a folder of images. For one
  ///     that reads texts a table with the column of texts, a folder of `.txt` files, or any other
  ///     file (and `-`) with one text per line; for one that reads columns next to the texts a table
  ///     alone.
  ///   - source: The source of the training data, with the header and format of tables and the
  ///     names of arrays. Nil for the defaults.
  ///   - known: The encoding of the training data: columns are found by their names, tokens stay
  ///     integers, and bytes are rejected by a network that was trained on numbers as large as
  ///     bytes.
  ///   - threads: The number of threads that decode images; 1 by default.
  /// - Throws: `NNError` as above, and naming the columns that are missing.
  public static func rows(
    _ path: String, as source: DataSource? = nil, known: DataEncoding, threads: Int = 1
  ) throws(NNError) -> PredictionRows {
    if known.readsTexts, let tokenizer = known.tokenizers?.input {
      return try texts(path, source, known, tokenizer)
    }
    var rows: PredictionRows
    let place = path == standardInput ? "standard input" : path
    if path == standardInput {
      rows = try table(FileBytes.readStandardInput(), at: place, nil, source, known)
    } else if let kind = TableKind.of(path: path) {
      rows = try table(FileBytes.read(path), at: place, kind, source, known)
    } else if path.hasSuffix(".npy") {
      let name = if case .npz(let source) = source { source.inputs[0].name } else { PortName.input }
      rows = PredictionRows(Ports(named: [(name, try requireRows(NPY.read(path), at: path))]))
    } else if path.hasSuffix(".npz") {
      rows = try arrays(path, source)
    } else if case .imageFolder(let source) = source {
      rows = try source.predictionRows(of: path, threads: threads)
    } else {
      throw .invalid(
        "expected a file that ends in .npy, .npz, "
          + TableKind.allCases.flatMap(\.extensions).joined(separator: ", ")
          + ", or - for CSV from standard input",
        at: path, hint: "images are read for a network that was trained on an image_folder")
    }
    if known.vocabulary != nil, known.tokenizers == nil, known.columns == nil {
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
      .missing("array", name, role, among: arrays.map(\.name), at: path)
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
      inputs[input.name] = try NPZSource.otherInput(input, in: .archive(path))
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
}

extension Array {
  /// The only element, or nil when there are none or several.
  fileprivate var only: Element? { count == 1 ? first : nil }
}
