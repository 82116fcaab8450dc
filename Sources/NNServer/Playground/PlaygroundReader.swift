package import NNCore
import NNData
import NNFormats
import NNReports

/// Reads the members of a JSON object that a page has sent, and collects all errors.
struct PlaygroundReader {
  private let members: [JSONValue.Member]
  private let place: String
  private var known: [String] = []
  private var problems: [String] = []

  /// Reads a request's body.
  ///
  /// - Parameter place: The name of the body, for messages.
  /// - Throws: `NNError` if it is not a JSON object.
  init(_ body: [UInt8], at place: String) throws(NNError) {
    let document = try JSONValue(parsing: body[...], at: place)
    guard case .object(let members) = document else {
      throw .invalid("expects a JSON object, gets \(document.summary)", at: place)
    }
    self.members = members
    self.place = place
  }

  /// The value of a member, or nil if it is missing, null or invalid (and reported).
  private mutating func value<Value>(
    _ name: String, expects expectation: @autoclosure () -> String,
    _ match: (JSONValue) -> Value?
  ) -> Value? {
    known.append(name)
    guard let value = members.first(where: { $0.name == name })?.value, value != .null else {
      return nil
    }
    if let matched = match(value) { return matched }
    problems.append("`\(name)` expects \(expectation()), gets \(value.summary)")
    return nil
  }

  /// An integer within bounds.
  mutating func integer(_ name: String, _ bounds: ClosedRange<Int>) -> Int? {
    value(
      name, expects: "an integer from \(bounds.lowerBound) to \(bounds.upperBound)",
      { $0.integer(bounds) })
  }

  /// A number within bounds.
  mutating func number(_ name: String, _ bounds: ClosedRange<Double>) -> Double? {
    value(name, expects: "a number from \(bounds.lowerBound) to \(bounds.upperBound)") { value in
      guard case .number(let text) = value, let number = Double(text) else { return nil }
      return bounds.contains(number) ? number : nil
    }
  }

  /// One of several words.
  mutating func word<Choice: RawRepresentable & CaseIterable>(
    _ name: String, _ type: Choice.Type
  ) -> Choice? where Choice.RawValue == String {
    value(name, expects: "one of \(Self.list(type))", { $0.word(type) })
  }

  /// Words, each at most once, at least one.
  mutating func words<Choice: RawRepresentable & CaseIterable & Hashable>(
    _ name: String, _ type: Choice.Type
  ) -> [Choice]? where Choice.RawValue == String {
    value(name, expects: "a list of different words, at least one, of \(Self.list(type))") {
      guard case .array(let items) = $0 else { return nil }
      let words = items.compactMap { $0.word(type) }
      let isRight = !words.isEmpty && words.count == items.count && Set(words).count == words.count
      return isRight ? words : nil
    }
  }

  /// Integers within bounds.
  mutating func integers(
    _ name: String, _ bounds: ClosedRange<Int>, count: ClosedRange<Int>
  ) -> [Int]? {
    value(
      name,
      expects: "at most \(count.upperBound) integers, each from \(bounds.lowerBound) to "
        + "\(bounds.upperBound)"
    ) {
      guard case .array(let items) = $0, count.contains(items.count) else { return nil }
      let numbers = items.compactMap { $0.integer(bounds) }
      return numbers.count == items.count ? numbers : nil
    }
  }

  /// A text of at most `maximumBytes` bytes.
  mutating func text(_ name: String, maximumBytes: Int) -> String? {
    value(name, expects: "a text of at most \(maximumBytes) bytes") {
      guard case .string(let text) = $0, text.utf8.count <= maximumBytes else { return nil }
      return text
    }
  }

  /// Checks that every member is known and valid.
  ///
  /// - Throws: `NNError` with all errors.
  func finish() throws(NNError) {
    let unknown = members.filter { !known.contains($0.name) }
      .map { "there is no `\($0.name)`; there are \(known.joined(separator: ", "))" }
    let all = problems + unknown
    guard all.isEmpty else { throw .invalid(all.joined(separator: "; "), at: place) }
  }

  private static func list<Choice: RawRepresentable & CaseIterable>(
    _ type: Choice.Type
  ) -> String where Choice.RawValue == String {
    type.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
  }
}

extension JSONValue {
  /// A short summary of the value, for messages.
  fileprivate var summary: String {
    switch self {
    case .object: "an object"
    case .array(let items): "a list of \(items.count)"
    case .string(let text):
      text.count > 40 ? "a text of \(text.utf8.count) bytes" : JSONValue.quoted(text)
    case .number(let text): text.count > 40 ? "a number of \(text.count) digits" : text
    case .boolean(let flag): "\(flag)"
    case .null: "null"
    }
  }

  fileprivate func integer(_ bounds: ClosedRange<Int>) -> Int? {
    guard case .number(let text) = self, let number = Double(text),
      let whole = Int(exactly: number)
    else { return nil }
    return bounds.contains(whole) ? whole : nil
  }

  fileprivate func word<Choice: RawRepresentable>(
    _ type: Choice.Type
  ) -> Choice? where Choice.RawValue == String {
    guard case .string(let text) = self else { return nil }
    return Choice(rawValue: text)
  }
}

/// The words for a table's task.
private enum TaskWord: String, CaseIterable {
  case automatic
  case classes
  case numbers
}

extension PlaygroundSettings {
  /// Reads the settings that a page has sent; missing ones keep their defaults.
  ///
  /// - Throws: `NNError` that lists all invalid, unknown and out-of-bounds members.
  package init(json body: [UInt8]) throws(NNError) {
    var reader = try PlaygroundReader(body, at: "settings")
    self.init()
    source = reader.word("source", PlaygroundSource.self) ?? source
    samples = reader.integer("samples", PlaygroundBounds.samples) ?? samples
    noise = reader.number("noise", PlaygroundBounds.noise)
    classes = reader.integer("classes", PlaygroundBounds.classes)
    table = reader.text("table", maximumBytes: PlaygroundBounds.tableBytes) ?? table
    switch reader.word("task", TaskWord.self) {
    case .classes: task = .classification
    case .numbers: task = .regression
    case .automatic, nil: task = .automatic
    }
    trainShare = reader.number("train_share", PlaygroundBounds.trainShare) ?? trainShare
    features = reader.words("features", PlaygroundFeature.self)
    hidden =
      reader.integers("hidden", PlaygroundBounds.nodes, count: PlaygroundBounds.layers) ?? hidden
    activation = reader.word("activation", PlaygroundActivation.self) ?? activation
    loss = reader.word("loss", PlaygroundLoss.self)
    optimizer = reader.word("optimizer", PlaygroundOptimizer.self) ?? optimizer
    learningRate = reader.number("learning_rate", PlaygroundBounds.learningRate) ?? learningRate
    batchSize = reader.integer("batch_size", PlaygroundBounds.batchSize) ?? batchSize
    l1Penalty = reader.number("l1_penalty", PlaygroundBounds.l1Penalty) ?? l1Penalty
    weightDecay = reader.number("weight_decay", PlaygroundBounds.weightDecay) ?? weightDecay
    dropout = reader.number("dropout", PlaygroundBounds.dropout) ?? dropout
    seed = reader.integer("seed", PlaygroundBounds.seed) ?? seed
    try reader.finish()
  }

  /// The settings as a page reads them, without the table and without defaults that depend on the
  /// data.
  var json: JSONLine {
    var json = JSONLine(isCompact: true)
    json.add("source", source.rawValue)
    json.add("samples", samples)
    json.add("noise", noise ?? source.defaultNoise)
    if let classes { json.add("classes", classes) }
    json.add("train_share", trainShare)
    json.add("task", task == .automatic ? "automatic" : task == .regression ? "numbers" : "classes")
    if let features { json.add("features", features.map(\.rawValue)) }
    json.add("hidden", hidden)
    json.add("activation", activation.rawValue)
    if let loss { json.add("loss", loss.rawValue) }
    json.add("optimizer", optimizer.rawValue)
    json.add("learning_rate", learningRate)
    json.add("batch_size", batchSize)
    json.add("l1_penalty", l1Penalty)
    json.add("weight_decay", weightDecay)
    json.add("dropout", dropout)
    json.add("seed", seed)
    return json
  }
}
