import NNCore
import NNFormats

/// Arrays of an NPZ file, or each of an NPY file of its own, with their roles.
public struct NPZSource: Sendable, Hashable {
  /// An array that is an input of the network, or a target.
  public struct Part: Sendable, Hashable {
    /// Its name in the network.
    public var name: String
    /// The array: numbers [N, …], or tokens [N, T]. Of arrays in NPY files the path.
    public var array: String

    /// Creates an input or target.
    public init(_ name: String, array: String) {
      self.name = name
      self.array = array
    }
  }

  /// The file's path; with ``areFiles`` that of the main input.
  public var file: String
  /// Whether each array is an NPY file, whose path is the array's name; false by default.
  public var areFiles = false
  /// Whether inputs stay in the file, from which the rows of each batch are read, so that they may be
  /// larger than the memory; false by default.
  ///
  /// Targets, weights, lengths, and integers among the inputs after the main one are in memory.
  public var isStreamed = false
  /// The arrays with the inputs, the main one first.
  public var inputs: [Part]
  /// The arrays with the targets, the main one first; none for losses that read none. Each holds
  /// labels [N], one label per step [N, T], or numbers [N] or [N, K].
  public var targets: [Part]
  /// The array with the valid steps of each example, integers [N]; nil (default) where all are.
  public var lengths: String?
  /// The vocabulary size where inputs are tokens; nil (default) for that of the network, or where
  /// inputs are numbers.
  public var tokens: Int?

  /// The array with the weight of each example in losses, numbers [N]; nil (default) where all
  /// count alike.
  public var weights: String?

  /// Creates a source; by default with the arrays `x` and `y`.
  public init(
    file: String, inputs: String = "x", targets: String = "y", lengths: String? = nil,
    tokens: Int? = nil, weights: String? = nil
  ) {
    self.init(
      file: file, inputs: [Part(PortName.input, array: inputs)],
      targets: [Part(PortName.target, array: targets)], lengths: lengths, tokens: tokens,
      weights: weights)
  }

  /// Creates a source of several inputs or targets, the main one first.
  ///
  /// - Precondition: There is at least one input.
  public init(
    file: String, inputs: [Part], targets: [Part], lengths: String? = nil,
    tokens: Int? = nil, weights: String? = nil
  ) {
    precondition(!inputs.isEmpty, "a network has an input")
    self.file = file
    self.inputs = inputs
    self.targets = targets
    self.lengths = lengths
    self.tokens = tokens
    self.weights = weights
  }

  /// Creates a source of arrays in NPY files.
  ///
  /// - Parameters:
  ///   - inputs: The path of the array of inputs.
  ///   - targets: The path of the array of targets; nil for none.
  ///   - weights: The path of the array of weights; nil (default) where all count alike.
  public init(npy inputs: String, targets: String?, weights: String? = nil) {
    self.init(
      file: inputs, inputs: [Part(PortName.input, array: inputs)],
      targets: targets.map { [Part(PortName.target, array: $0)] } ?? [], weights: weights)
    areFiles = true
  }

  /// The same source, with the paths of its files from another folder.
  func resolving(_ path: (String) -> String) -> NPZSource {
    var source = self
    source.file = path(file)
    guard areFiles else { return source }
    func resolved(_ part: Part) -> Part { Part(part.name, array: path(part.array)) }
    source.inputs = inputs.map(resolved)
    source.targets = targets.map(resolved)
    source.lengths = lengths.map(path)
    source.weights = weights.map(path)
    return source
  }

  /// Reads the arrays.
  ///
  /// - Parameters:
  ///   - known: The encoding of the training data; nil for the training data themselves.
  ///   - request: What the network and its loss require.
  /// - Throws: `NNError` naming file and array for a missing array and for a wrong type or number
  ///   of axes, and what `Dataset` throws.
  func load(known: DataEncoding?, request: DataRequest) throws(NNError) -> Dataset {
    let container: ArrayContainer = areFiles ? .files : .archive(file)
    let main = inputs[0]
    let areTokens = tokens != nil || request.readsTokens || known?.vocabulary != nil
    guard !isStreamed || !areTokens else {
      throw .invalid(
        "the network reads tokens, which are read into memory", at: container.place(of: main.array),
        hint: "leave stream out")
    }
    if !isStreamed, !areTokens, let stamp = FileStamp(file) {
      try MemoryLimit.check(
        stamp.byteCount, "the file", at: file,
        hint: "leave inputs in the file: stream: true"
          + (areFiles ? "" : ", if it is not compressed (numpy.savez)"))
    }
    var x: ExampleRows =
      try isStreamed ? .file(container.rows(main.array)) : .memory(container.read(main.array))
    let lengths = try lengths.map { name throws(NNError) in
      try Self.integers(container.read(name), "length", at: container.place(of: name))
    }
    if let lengths, lengths.shape != [x.shape.dimensions.first ?? 0] {
      throw .invalid(
        "expected lengths [\(x.shape.dimensions.first ?? 0)], one for each example of "
          + "\"\(main.array)\", found \(lengths.shape)",
        at: container.place(of: self.lengths ?? ""))
    }
    if targets.isEmpty {
      try MemoryLimit.check(
        Shape([x.shape.dimensions.first ?? 0, 1]).byteCount(of: .float32), "the targets", at: file)
    }
    var y =
      try targets.first.map { target throws(NNError) in
        try labelsOrNumbers(target, container, request)
      } ?? HostTensor(zeros: [x.shape.dimensions.first ?? 0, 1], dtype: .float32)
    if areTokens, let numbers = x.tensor {
      x = .memory(try Self.tokens(numbers, at: container.place(of: main.array)))
    }
    let ignored = request.ignoredLabel ?? Dataset.ignoredLabel
    if let lengths, y.dtype == .int32, y.shape.rank == 2, x.shape.rank >= 2,
      y.shape[1] == x.shape[1]
    {
      y.ignoreSteps(beyond: lengths.scalars(as: Int32.self), label: ignored)
    }
    let vocabulary =
      areTokens
      ? known?.vocabulary
        ?? VocabularySizes(
          input: max(1, tokens ?? request.vocabularySize ?? (x.tensor?.largest(else: 0) ?? 0) + 1),
          output: y.dtype == .int32 ? max(1, y.largest(else: 0) + 1) : 1) : nil
    var source = Ports(named: [(main.name, x)])
    source.lengths = lengths.map { .memory($0) }
    for input in inputs.dropFirst() {
      source[input.name] = try otherRows(input, in: container)
    }
    var namedTargets = Ports(named: [(targets.first?.name ?? PortName.target, y)])
    for target in targets.dropFirst() {
      namedTargets[target.name] = try labelsOrNumbers(target, container, DataRequest())
    }
    var dataset = try Dataset(
      name: file, rows: source, namedTargets: namedTargets, vocabulary: vocabulary,
      classNames: known?.classNames, featureNames: nil, ignoredLabel: request.ignoredLabel,
      weights: nil)
    dataset.hasTargets = !targets.isEmpty
    if known == nil {
      for column in request.groupBy {
        guard !areFiles else {
          throw .invalid(
            "`group_by` names \(column), and NPY files hold no array of groups", at: file,
            hint: "save all arrays in one file: numpy.savez")
        }
        guard let name = column.name else {
          throw .invalid("`group_by` names \(column); expected the name of an array", at: file)
        }
        dataset.groups[column] = try ExampleGroups.numbered(
          container.read(name), count: dataset.count, at: container.place(of: name))
      }
    }
    return try weights.map { name throws(NNError) in
      try dataset.weighted(by: Self.weights(name, in: container))
    } ?? dataset
  }

  /// An input other than the main one; in a file only if it needs no conversion.
  private func otherRows(
    _ input: Part, in container: ArrayContainer
  ) throws(NNError) -> ExampleRows {
    if isStreamed {
      let rows = try container.rows(input.array)
      if rows.dtype.isFloatingPoint || rows.dtype == .uint8 { return .file(rows) }
    }
    return .memory(try Self.otherInput(input, in: container))
  }

  /// An array of weights, [N] or [N, 1].
  private static func weights(
    _ name: String, in container: ArrayContainer
  ) throws(NNError) -> [Double] {
    let tensor = try container.read(name)
    guard tensor.shape.rank == 1 || tensor.shape.rank == 2 && tensor.shape[1] == 1 else {
      throw .invalid(
        "expected weights [N], one for each example, found \(tensor.shape)",
        at: container.place(of: name))
    }
    return tensor.doubles
  }

  /// An input other than the main one: numbers, images as bytes, or integers as int32.
  static func otherInput(
    _ input: Part, in container: ArrayContainer
  ) throws(NNError) -> HostTensor {
    let tensor = try container.read(input.array)
    guard tensor.dtype == .int64 || tensor.dtype == .bool else { return tensor }
    return try integers(tensor, "number", at: container.place(of: input.array))
  }

  private func labelsOrNumbers(
    _ target: Part, _ container: ArrayContainer, _ request: DataRequest
  ) throws(NNError) -> HostTensor {
    let y = try container.read(target.array)
    let place = container.place(of: target.array)
    guard y.dtype.isFloatingPoint else { return try Self.integers(y, "label", at: place) }
    let isColumn = y.shape.rank == 1 || y.shape.rank == 2 && y.shape[1] == 1
    if isColumn, request.task == .classification {
      throw .invalid(
        "expected class labels: integers [N], found \(y.dtype) \(y.shape)", at: place,
        hint: "save them as integers, such as y.astype('int64'); for numbers to be predicted use "
          + "loss: mse")
    }
    // One number per example becomes a column, so that its shape is that of a network's output [N,
    // 1].
    return y.shape.rank == 1 ? y.reshaped(to: [y.shape[0], 1]) : y
  }

  /// An array of tokens as int32.
  ///
  /// - Throws: `NNError` for tokens that are not integers [N, T].
  static func tokens(_ tensor: HostTensor, at place: String) throws(NNError) -> HostTensor {
    guard !tensor.dtype.isFloatingPoint, tensor.shape.rank == 2 else {
      throw .invalid(
        "expected tokens: integers [N, T], found \(tensor.dtype) \(tensor.shape)", at: place,
        hint: "save them as integers, such as x.astype('int64'), padded to one length T")
    }
    return try integers(tensor, "token", at: place)
  }

  /// Integers of any type as int32.
  static func integers(
    _ tensor: HostTensor, _ what: String, at place: String
  ) throws(NNError) -> HostTensor {
    guard !tensor.dtype.isFloatingPoint else {
      throw .invalid("expected a \(what) as an integer, found \(tensor.dtype)", at: place)
    }
    if tensor.dtype == .int64 {
      let tooLarge = tensor.withScalars(as: Int64.self) {
        $0.firstIndex { Int32(exactly: $0) == nil }
      }
      if let tooLarge {
        throw .invalid(
          "\(what) \(tensor.scalars(as: Int64.self)[tooLarge]) at index \(tooLarge) is out of "
            + "range for int32", at: place)
      }
    }
    return tensor.converted(to: .int32)
  }
}

extension HostTensor {
  /// The largest element, int32; `none` when there are no elements.
  fileprivate func largest(else none: Int) -> Int {
    withScalars(as: Int32.self) { $0.max().map { Int($0) } ?? none }
  }

  /// Replaces the labels [N, T] of the steps past each example's length.
  fileprivate mutating func ignoreSteps(beyond lengths: [Int32], label: Int32) {
    let steps = shape[1]
    withMutableScalars(as: Int32.self) { labels in
      for (row, length) in lengths.enumerated() {
        for step in max(0, min(Int(length), steps))..<steps { labels[row * steps + step] = label }
      }
    }
  }
}
