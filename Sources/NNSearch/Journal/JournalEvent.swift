package import NNCore
import NNFormats
import NNTraining

/// A line of a search's journal. No event depends on time or on the number of parallel trials.
package enum JournalEvent: Sendable, Hashable {
  /// The search begins with a config, resolved, without what may change on resuming.
  case started(config: String)
  /// The point of a trial has been chosen.
  case suggested(trial: Int, round: Int, seed: Int, point: SearchPoint)
  /// A run of a trial has reached a rung or its end.
  case reported(trial: Int, TrialReport)
  /// A trial has ended.
  case ended(trial: Int, TrialEnd)
}

/// What a run of a trial has reached.
package struct TrialReport: Sendable, Hashable {
  /// The number of the run among the seeds of the trial, from 1.
  package var run: Int
  /// The number of epochs done.
  package var epoch: Int
  /// The metric after each epoch since the last report; nil where it is not finite.
  package var curve: [Double?]
  /// The metric of the weights that the run would end with now; nil where it is not finite.
  package var value: Double?
  /// Whether the run has ended.
  package var isEnd: Bool

  package init(run: Int, epoch: Int, curve: [Double?], value: Double?, isEnd: Bool) {
    self.run = run
    self.epoch = epoch
    self.curve = curve
    self.value = value
    self.isEnd = isEnd
  }
}

/// How a trial ended.
package struct TrialEnd: Sendable, Hashable {
  /// The kinds of ends.
  package enum State: String, Sendable, Hashable, CaseIterable {
    /// All its runs have trained to their end.
    case complete
    /// The pruner ended it.
    case pruned
    /// Its runs so far are all worse than those of the best trial, so that further ones were left
    /// out.
    case dominated
    /// Its loss, gradient or weights, or its metric, did not stay finite.
    case diverged
    /// Its settings do not result in a network that can be trained.
    case invalid
  }

  /// The kind of end.
  package var state: State
  /// The mean of the metric over its runs; nil without a result.
  package var value: Double?
  /// Why it has no result.
  package var reason: String?

  package init(_ state: State, value: Double? = nil, reason: String? = nil) {
    self.state = state
    self.value = value
    self.reason = reason
  }
}

// MARK: - JSON

extension JournalEvent {
  /// The event as a line of JSON, without a line break.
  package func line(_ space: SearchSpace?) -> String {
    JSONDocument.line(.mapping(members(space)))
  }

  private func members(_ space: SearchSpace?) -> [ConfigOption] {
    func member(_ name: String, _ number: Double?) -> ConfigOption {
      ConfigOption(name, Self.value(number))
    }
    func member(_ name: String, _ number: Int) -> ConfigOption {
      ConfigOption(name, .integer(number))
    }
    func event(_ name: String) -> ConfigOption { ConfigOption("event", .string(name)) }
    switch self {
    case .started(let config):
      return [
        event("started"), member("version", Self.version), ConfigOption("config", .string(config)),
      ]
    case .suggested(let trial, let round, let seed, let point):
      let values = space?.parameters.indices.compactMap { index in
        space?.configValue(index, at: point).map {
          ConfigOption(space?.parameters[index].path ?? "", $0)
        }
      }
      return [
        event("suggested"), member("trial", trial), member("round", round), member("seed", seed),
        ConfigOption("values", .mapping(values ?? [])),
      ]
    case .reported(let trial, let report):
      return [
        event("reported"), member("trial", trial), member("run", report.run),
        member("epoch", report.epoch),
        ConfigOption("curve", .list(report.curve.map(Self.value))),
        member("value", report.value), ConfigOption("ended", .bool(report.isEnd)),
      ]
    case .ended(let trial, let end):
      return [
        event("ended"), member("trial", trial), ConfigOption("state", .string(end.state.rawValue)),
        member("value", end.value),
      ] + (end.reason.map { [ConfigOption("reason", .string($0))] } ?? [])
    }
  }

  /// The version of the format.
  private static let version = 1

  private static func value(_ number: Double?) -> ConfigValue {
    number.flatMap { $0.isFinite ? .number($0) : nil } ?? .null
  }

  /// Reads a line.
  ///
  /// - Throws: `NNError` at `place` for a line that is no event of this search.
  package init(_ line: ArraySlice<UInt8>, _ space: SearchSpace?, at place: String) throws(NNError) {
    let object = try JSONValue(parsing: line, at: place)
    func damaged(_ name: String) -> NNError {
      .invalid("the event has no valid `\(name)`", at: place)
    }
    func integer(_ name: String) throws(NNError) -> Int {
      guard let number = object[name]?.nonNegativeInteger else { throw damaged(name) }
      return number
    }
    func number(_ name: String) throws(NNError) -> Double? {
      guard let value = object[name] else { throw damaged(name) }
      return value.number
    }
    func text(_ name: String) throws(NNError) -> String {
      guard case .string(let text) = object[name] else { throw damaged(name) }
      return text
    }
    switch try text("event") {
    case "started":
      guard try integer("version") == Self.version else {
        throw .invalid("the journal was written by a newer version of this program", at: place)
      }
      self = .started(config: try text("config"))
    case "suggested":
      guard let space else {
        throw .invalid("the journal does not begin with the event `started`", at: place)
      }
      guard let values = object["values"],
        let point = SearchPoint(values, in: space)
      else { throw damaged("values") }
      self = .suggested(
        trial: try integer("trial"), round: try integer("round"), seed: try integer("seed"),
        point: point)
    case "reported":
      guard case .array(let curve) = object["curve"], case .boolean(let isEnd) = object["ended"]
      else { throw damaged("curve") }
      self = .reported(
        trial: try integer("trial"),
        TrialReport(
          run: try integer("run"), epoch: try integer("epoch"), curve: curve.map(\.number),
          value: try number("value"), isEnd: isEnd))
    case "ended":
      guard let state = TrialEnd.State(rawValue: try text("state")) else { throw damaged("state") }
      var reason: String?
      if case .string(let text) = object["reason"] { reason = text }
      self = .ended(
        trial: try integer("trial"), TrialEnd(state, value: try number("value"), reason: reason))
    case let other: throw .invalid("unknown event `\(other.shortened())`", at: place)
    }
  }
}

extension SearchPoint {
  /// Reads a point; nil for values that are not of the space.
  fileprivate init?(_ values: JSONValue, in space: SearchSpace) {
    guard case .object(let members) = values else { return nil }
    let written = Dictionary(
      members.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    var read: [SearchValue?] = []
    for parameter in space.parameters {
      guard let value = written[parameter.path] else {
        read.append(nil)
        continue
      }
      switch parameter.domain {
      case .range:
        guard let number = value.number else { return nil }
        read.append(.number(number))
      case .choice(let choices):
        guard let index = choices.firstIndex(where: { value.isWritten(as: $0) }) else { return nil }
        read.append(.choice(index))
      }
    }
    self.init(read)
    guard read.count(where: { $0 != nil }) == members.count else { return nil }
  }
}

extension JSONValue {
  /// The number; nil for other values.
  fileprivate var number: Double? {
    if case .number(let digits) = self { Double(digits) } else { nil }
  }

  /// Whether the value is what a value of a config is written as.
  fileprivate func isWritten(as value: ConfigValue) -> Bool {
    let bytes = Array(JSONDocument.line(value).utf8)
    return (try? JSONValue(parsing: bytes[...], at: "")) == self
  }
}
