import NNCore
import NNFormats

/// Arrays of an NPZ file and what they are for.
public struct NPZSource: Sendable, Hashable {
  /// The file's path.
  public var file: String
  /// The array with the inputs: numbers [N, …], or tokens [N, T].
  public var inputs: String
  /// The array with the targets: labels [N], one label per step [N, T], or numbers [N] or [N, K].
  public var targets: String
  /// The array with the valid steps of each row, integers [N]; nil (default) where all are.
  public var lengths: String?
  /// How many different tokens there are where inputs are tokens; nil (default) for what the network
  /// knows, or where inputs are numbers.
  public var tokens: Int?

  /// Describes arrays; by default `x` and `y`.
  public init(
    file: String, inputs: String = "x", targets: String = "y", lengths: String? = nil,
    tokens: Int? = nil
  ) {
    self.file = file
    self.inputs = inputs
    self.targets = targets
    self.lengths = lengths
    self.tokens = tokens
  }

  /// Reads the arrays.
  ///
  /// - Parameters:
  ///   - path: Where the file is.
  ///   - known: What the training data settled; nil for the training data themselves.
  ///   - request: What the network and its loss ask for.
  /// - Throws: `NNError` naming file and array for a missing one, another type or number of axes
  ///   than it may have, and what `Dataset` throws.
  func load(path: String, known: DataEncoding?, request: DataRequest) throws(NNError) -> Dataset {
    var x = try NPZ.read(inputs, from: path)
    let lengths = try lengths.map { name throws(NNError) in
      try Self.integers(NPZ.read(name, from: path), "length", at: "\(path): array \"\(name)\"")
    }
    if let lengths, lengths.shape != [x.shape.dimensions.first ?? 0] {
      throw .invalid(
        "expected lengths [\(x.shape.dimensions.first ?? 0)], one for each row of \"\(inputs)\", "
          + "found \(lengths.shape)", at: "\(path): array \"\(self.lengths ?? "")\"")
    }
    var y = try labelsOrNumbers(path, request)
    let areTokens = tokens != nil || request.readsTokens || known?.vocabulary != nil
    if areTokens { x = try Self.tokens(x, at: "\(path): array \"\(inputs)\"") }
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
          input: max(1, tokens ?? request.vocabularySize ?? x.largest(else: 0) + 1),
          output: y.dtype == .int32 ? max(1, y.largest(else: 0) + 1) : 1) : nil
    return try Dataset(
      name: path, source: NetworkInput(x, lengths: lengths), targets: y, vocabulary: vocabulary,
      classNames: known?.classNames, ignoredLabel: request.ignoredLabel)
  }

  private func labelsOrNumbers(
    _ path: String, _ request: DataRequest
  ) throws(NNError) -> HostTensor {
    let y = try NPZ.read(targets, from: path)
    let place = "\(path): array \"\(targets)\""
    guard y.dtype.isFloatingPoint else { return try Self.integers(y, "label", at: place) }
    let isColumn = y.shape.rank == 1 || y.shape.rank == 2 && y.shape[1] == 1
    if isColumn, request.task == .classification {
      throw .invalid(
        "expected class labels: integers [N], found \(y.dtype) \(y.shape)", at: place,
        hint: "save them as integers, such as y.astype('int64'); for numbers to be predicted use "
          + "loss: mse")
    }
    // One number per row is a column, so that it meets a network's [N, 1].
    return y.shape.rank == 1 ? y.reshaped(to: [y.shape[0], 1]) : y
  }

  /// The array for predictions: without targets, as a network reads it.
  ///
  /// - Throws: `NNError` for tokens that are no integers [N, T].
  static func tokens(_ tensor: HostTensor, at place: String) throws(NNError) -> HostTensor {
    guard !tensor.dtype.isFloatingPoint, tensor.shape.rank == 2 else {
      throw .invalid(
        "expected tokens: integers [N, T], found \(tensor.dtype) \(tensor.shape)", at: place,
        hint: "save them as integers, such as x.astype('int64'), filled up to one length T")
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
          "\(what) \(tensor.scalars(as: Int64.self)[tooLarge]) at \(tooLarge) (from 0) does not fit "
            + "32 bits", at: place)
      }
    }
    return tensor.converted(to: .int32)
  }
}

extension HostTensor {
  /// The largest of integers, int32.
  fileprivate func largest(else none: Int) -> Int {
    withScalars(as: Int32.self) { $0.max().map { Int($0) } ?? none }
  }

  /// Replaces the labels [N, T] of steps from each row's length on.
  fileprivate mutating func ignoreSteps(beyond lengths: [Int32], label: Int32) {
    let steps = shape[1]
    withMutableScalars(as: Int32.self) { labels in
      for (row, length) in lengths.enumerated() {
        for step in max(0, min(Int(length), steps))..<steps { labels[row * steps + step] = label }
      }
    }
  }
}
