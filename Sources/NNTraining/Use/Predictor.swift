public import NNCore
import NNData
import NNGraph
import NNLayers
import NNLosses
import Synchronization

/// A trained network ready for use from any number of tasks at once.
///
/// ```swift
/// let predictor = try Predictor(TrainedModel(folder: RunFolder("runs/fashion-cnn-1")))
/// let scores = try predictor.predict(pictures)
/// ```
public final class Predictor: Sendable {
  /// The model in use.
  public let model: TrainedModel
  private let pool: SessionPool
  private let hasInfiniteWeights: Bool

  /// Prepares a model for use.
  ///
  /// - Throws: `NNError` when the weights do not fit the network.
  public init(_ model: TrainedModel) throws(NNError) {
    self.model = model
    hasInfiniteWeights = model.weights.contains { !$0.tensor.isFinite }
    pool = SessionPool(variables: try model.variables())
  }

  /// The network's raw outputs.
  ///
  /// - Parameters:
  ///   - rows: [N, …] raw rows as in the training data's files; bytes are pictures and read as 0…1.
  ///     The run's scale is applied here.
  ///   - lengths: The valid steps of each row, for a network that was trained on sequences of several
  ///     lengths; all steps where nil.
  /// - Returns: [N, …] in the run's type, in the unit of the training data's targets.
  /// - Throws: `NNError` when rows have another shape or hold NaN or infinity, and for a network that
  ///   reads texts, which `TextGenerator` and `Translator` use.
  public func predict(_ rows: HostTensor, lengths: [Int]? = nil) throws(NNError) -> HostTensor {
    let vocabulary = model.signature.vocabulary
    guard vocabulary == nil || model.encoding.tokenizers == nil else {
      throw .invalid(
        "the network reads tokens of texts, not rows of numbers",
        hint: model.signature.row.decoderRows == nil
          ? "go on with a text: nntrain generate" : "translate lines: nntrain translate")
    }
    guard lengths.map({ $0.count == rows.shape[0] }) ?? true else {
      throw .invalid("\(rows.shape[0]) rows and \(lengths?.count ?? 0) lengths")
    }
    guard model.signature.fits(rows: rows) else {
      throw .invalid("rows should have shape \(model.signature.rowsShape), got \(rows.shape)")
    }
    guard vocabulary == nil || rows.dtype == .int32 else {
      throw .invalid("rows should be tokens, int32, got \(rows.dtype)")
    }
    guard rows.shape[0] > 0 else { throw .invalid("there are no rows to predict") }
    let dtype = model.layout.dtype
    var source = NetworkInput(rows)
    if model.signature.row.lengths != nil {
      let all = lengths ?? [Int](repeating: rows.shape[1], count: rows.shape[0])
      source.lengths = HostTensor(all.map { Int32(clamping: $0) })
    }
    var dataset = try Dataset(
      name: "rows", source: source, targets: HostTensor(zeros: [rows.shape[0]], dtype: .int32),
      vocabulary: vocabulary)
    if source.lengths != nil {
      dataset = dataset.filledUp(toSteps: model.signature.row.rows.shape[0])
    }
    // A plan of its own keeps the order of rows, whatever their lengths.
    let loader = try BatchLoader(
      dataset: dataset,
      plan: BatchPlan(
        rowCount: dataset.count, batchSize: min(Evaluator.batchSize, dataset.count)),
      dtype: dtype, normalization: model.normalization,
      prefetch: dataset.count > Evaluator.batchSize)
    var parts: [HostTensor] = []
    while let batch = loader.next() {
      if let (row, value) = batch.firstRowNotFinite {
        throw .invalid(
          "row \(row) (from 0) holds a number that is \(value) in \(dtype), as the network reads it: it "
            + "is too large", hint: "leave the row out, or train with dtype: float64")
      }
      let session = try pool.take(rows: batch.count) { () throws(NNError) in
        try plan(rows: batch.count)
      }
      session.write(batch.input)
      session.run()
      let output = session.read("output")
      pool.give(session, rows: batch.count)
      // Infinite weights, such as −∞ in a bias that rules a class out, give infinite outputs.
      if let (place, value) = output.firstNotFinite, value.isNaN || !hasInfiniteWeights {
        let width = max(1, output.elementCount / max(1, batch.count))
        throw .failed(
          "the network's output for row \(batch.rows[batch.rows.startIndex + place / width]) (from 0) is "
            + "\(value.isNaN ? .nan : value)",
          hint: "the inputs are far from those of the training data; leave the row out")
      }
      parts.append(output)
    }
    return model.targetScale.undone(joined(parts))
  }

  /// Probabilities from raw outputs: softmax over the classes, or the sigmoid of each decision; outputs
  /// of a network that ends in one of these are returned as they are.
  ///
  /// - Throws: `NNError` as `predict` does, and for a regression.
  public func probabilities(_ rows: HostTensor) throws(NNError) -> HostTensor {
    try probabilities(of: predict(rows))
  }

  /// The same from outputs that `predict` gave.
  package func probabilities(of output: HostTensor) throws(NNError) -> HostTensor {
    if model.config.outputsAreProbabilities { return output }
    let row = model.signature.row.rows.shape
    let isPerStep =
      output.shape.rank == 3 && row.rank <= 2 && output.shape[1] == row.dimensions.first
    let graph = Graph()
    let input = graph.input("output", TensorType(output.shape, output.dtype))
    let value: Value
    switch model.config.output {
    case .classLogits: value = input.softmax(axis: isPerStep ? 2 : 1)
    case .classLogProbabilities: value = input.exp()
    case .decisionLogits: value = input.sigmoid()
    case .decisionProbabilities: return output
    case .numbers:
      guard model.config.model.lastComputing?.kind == "log_softmax" else {
        throw .invalid(
          "a model trained with the loss `\(model.config.loss.kind)` gives no probabilities",
          hint: "leave out --probabilities")
      }
      value = input.exp()
    }
    let session = Session(
      try Plan(graph, fetches: [("probabilities", value)]), variables: VariableStore())
    session.write("output", output)
    session.run()
    return session.read("probabilities")
  }

  private func plan(rows: Int) throws(NNError) -> Plan {
    let graph = Graph()
    let input = graph.inputs(model.signature.batch(of: rows))
    let built = model.model.build(
      in: graph, input: input, layout: model.layout, mode: .evaluation)
    return try Plan(graph, fetches: [("output", built.value)])
  }

  private func joined(_ parts: [HostTensor]) -> HostTensor {
    guard parts.count > 1, let first = parts.first else { return parts[0] }
    let rows = parts.reduce(0) { $0 + $1.shape[0] }
    return HostTensor(shape: first.shape.replacing(axis: 0, with: rows), dtype: first.dtype) {
      target in
      var offset = 0
      for part in parts {
        part.withBytes { source in
          UnsafeMutableRawBufferPointer(rebasing: target[offset...].prefix(source.count))
            .copyMemory(from: source)
          offset += source.count
        }
      }
    }
  }
}

extension InputSignature {
  /// The shape of raw rows as messages have it: `[N, 1, 28, 28]`.
  var rowsShape: String {
    "[" + (["N"] + row.rows.shape.dimensions.map(String.init)).joined(separator: ", ") + "]"
  }

  /// Whether raw rows, however many, have the shape that the network reads, or fewer steps where it
  /// was trained on sequences of several lengths.
  func fits(rows: HostTensor) -> Bool {
    guard rows.shape.rank >= 1 else { return false }
    let (own, known) = (rows.shape.dimensions.dropFirst(), row.rows.shape.dimensions)
    if own.elementsEqual(known) { return true }
    guard self.row.lengths != nil, let steps = own.first, let most = known.first else {
      return false
    }
    return (1...max(1, most)).contains(steps) && own.dropFirst().elementsEqual(known.dropFirst())
  }
}

/// Sessions of one set of weights, lent to one task at a time.
///
/// - Important: `@unchecked Sendable` is sound because `lock` guards both dictionaries, a session is
///   in the pool or with one task, never both, and no plan here changes the variables that the
///   sessions share.
private final class SessionPool: @unchecked Sendable {
  private let variables: VariableStore
  private let lock = Lock()
  private var plans: [Int: Plan] = [:]
  private var idle: [Int: [Session]] = [:]

  init(variables: VariableStore) { self.variables = variables }

  /// A session for so many rows; the plan is made the first time.
  func take(rows: Int, _ makePlan: () throws(NNError) -> Plan) throws(NNError) -> Session {
    lock.lock()
    defer { lock.unlock() }
    if let session = idle[rows]?.popLast() { return session }
    let plan: Plan
    if let known = plans[rows] { plan = known } else { plan = try makePlan() }
    plans[rows] = plan
    return Session(plan, variables: variables)
  }

  /// Takes a session back.
  func give(_ session: Session, rows: Int) {
    lock.lock()
    defer { lock.unlock() }
    idle[rows, default: []].append(session)
  }
}

/// A mutex for state that the language cannot see to be guarded.
private final class Lock: Sendable {
  private let mutex = Mutex<Void>(())

  func lock() { mutex._unsafeLock() }
  func unlock() { mutex._unsafeUnlock() }
}
