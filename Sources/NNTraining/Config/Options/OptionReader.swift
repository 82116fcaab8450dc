import NNCore
import NNLosses

/// The context for reading a whole config.
package struct ReadingContext {
  /// Collects the problems.
  let problems: ConfigProblems
  /// The folder that relative paths start from, absolute; empty leaves them unchanged.
  var folder = ""
  /// The default for options that are seeds.
  var seed = 0
  /// The part of the run that the data are for.
  var part = DataPart.training
  /// Whether the config was written by a run, whose folder already exists.
  var isRecorded = false
  /// Whether tokenizers already exist.
  var hasTokenizers = false
  /// The meaning of the network's outputs.
  var output = OutputKind.numbers
  /// The label that is ignored.
  var ignoreIndex = -100
}

/// The part of a run that data are for. Generated data differ between the parts.
package enum DataPart: UInt32, Sendable {
  case training, validation, test
}

/// Reads the options of a component in order: fills in defaults, reports all problems and keeps the
/// resolved options.
///
/// Each option is declared by one call, with its name, kind, default and meaning. The same calls
/// document the options: ``describe(_:)`` runs them without a config and records them.
///
/// After a problem the reader continues and returns a placeholder; the caller must not use the
/// result if any problem was reported.
package final class OptionReader {
  /// The component of the options, for messages: `conv2d`.
  let owner: String
  /// The context for the whole config.
  let context: ReadingContext
  private let position: ConfigPosition
  private let entries: [ConfigNode.Entry]
  /// A bare value (`max_pool2d: 2`), which belongs to the first option read.
  private var bare: ConfigNode?
  private(set) var names: [String] = []
  /// The options read so far, defaults included, in the order of reading.
  private(set) var resolved: [ConfigOption] = []
  /// The descriptions of the options so far; nil when a config is read.
  private var descriptions: [OptionDescription]?
  /// Options that do not exist with the values read so far.
  private var excluded: [(name: String, condition: OptionCondition)] = []

  /// Creates a reader.
  ///
  /// - Parameters:
  ///   - owner: The component of the options, for messages.
  ///   - position: The position of the component's name.
  ///   - node: A mapping of options, a bare value for the first option, or null.
  ///   - siblings: Further options next to the component's name.
  ///   - context: The context for the whole config.
  init(
    owner: String, at position: ConfigPosition, node: ConfigNode,
    siblings: [ConfigNode.Entry] = [], context: ReadingContext
  ) {
    self.owner = owner
    self.position = position
    self.context = context
    entries = (node.entries ?? []) + siblings
    bare = node.isNull || node.entries != nil ? nil : node
  }

  /// Describes the options that a closure reads, in order. The closure gets defaults, and for
  /// required options placeholders.
  static func describe(_ read: (OptionReader) -> Void) -> [OptionDescription] {
    let position = ConfigPosition(source: "")
    let reader = OptionReader(
      owner: "", at: position, node: ConfigNode(.null, at: position),
      context: ReadingContext(problems: ConfigProblems()))
    reader.descriptions = []
    read(reader)
    return reader.descriptions ?? []
  }

  /// An option with a default.
  ///
  /// - Parameters:
  ///   - name: The option's name.
  ///   - kind: The values it may have.
  ///   - default: The value if it is not given.
  ///   - text: The default in words, if it depends on other settings.
  ///   - meaning: What the option does, for the documentation.
  func value<Value>(
    _ name: String, _ kind: OptionKind<Value>, default: Value, shownAs text: String? = nil,
    _ meaning: String
  ) -> Value {
    describe(name, kind, meaning, standard: `default`, text: text)
    let value = parsed(name, kind) ?? `default`
    resolved.append(ConfigOption(name, kind.encode(value)))
    return value
  }

  /// An option with a default that exists only if another option has a value; the default if not.
  ///
  /// - Parameters:
  ///   - condition: The other option, its value so far and the value that it must have.
  func value<Value>(
    _ name: String, _ kind: OptionKind<Value>, default: Value,
    onlyIf condition: (option: String, value: String, equals: String), _ meaning: String
  ) -> Value {
    let required = OptionCondition(option: condition.option, value: condition.equals)
    describe(name, kind, meaning, standard: `default`, condition: required)
    guard condition.value == condition.equals else {
      excluded.append((name, required))
      return `default`
    }
    let value = parsed(name, kind) ?? `default`
    resolved.append(ConfigOption(name, kind.encode(value)))
    return value
  }

  /// An option with a default that another one replaces: if that is set, this one must not be, and
  /// the resolved config lacks it.
  ///
  /// - Parameter other: The other option.
  func value<Value>(
    _ name: String, _ kind: OptionKind<Value>, default: Value, replacedBy other: String,
    _ meaning: String
  ) -> Value {
    guard isGiven(other) else {
      describe(name, kind, meaning, standard: `default`, mayBeOmitted: true)
      let value = parsed(name, kind) ?? `default`
      resolved.append(ConfigOption(name, kind.encode(value)))
      return value
    }
    check(!isGiven(name), on: name, "`\(other)` takes its place; leave `\(name)` out")
    names.append(name)
    return `default`
  }

  /// An option that may be null, the default unless another one is passed.
  func optional<Value>(
    _ name: String, _ kind: OptionKind<Value>, default: Value? = nil, shownAs text: String? = nil,
    _ meaning: String
  ) -> Value? {
    value(name, kind.orNull, default: `default`, shownAs: text, meaning)
  }

  /// A required option.
  func required<Value>(_ name: String, _ kind: OptionKind<Value>, _ meaning: String) -> Value {
    describe(name, kind, meaning, standard: kind.placeholder, isRequired: true)
    let given = bare != nil && names.isEmpty || entries.contains { $0.key == name }
    if !given {
      context.problems.report("\(owner) needs `\(name)` (\(kind.expectation))", at: position)
    }
    let value = parsed(name, kind) ?? kind.placeholder
    resolved.append(ConfigOption(name, kind.encode(value)))
    return value
  }

  /// The number of equal layers, `num_layers`, each of which counts as `weight` layers of the
  /// network.
  func layerCount(default standard: Int? = nil, weight: Int = 1) -> Int {
    let kind = OptionKind<Int>.integer(1...OptionBound.layers / weight)
    let meaning = "the number of stacked layers, each of which reads the output of the one before"
    let count =
      standard.map { value("num_layers", kind, default: $0, meaning) }
      ?? required("num_layers", kind, meaning)
    _ = context.problems.take(layers: (count - 1) * weight, at: position(of: "num_layers"))
    return count
  }

  /// An option without a default that is written in the resolved config only if it is set, so that
  /// configs without it are the same as in earlier versions.
  func given<Value>(_ name: String, _ kind: OptionKind<Value>, _ meaning: String) -> Value? {
    let kind = kind.orNull
    describe(name, kind, meaning, standard: nil, mayBeOmitted: true)
    guard let value = parsed(name, kind) ?? nil else { return nil }
    resolved.append(ConfigOption(name, kind.encode(value)))
    return value
  }

  /// Whether an option is set, to another value than null.
  func isGiven(_ name: String) -> Bool {
    entries.contains { $0.key == name && !$0.value.isNull }
  }

  /// The position of an option, or of the component if it is not set.
  func position(of name: String) -> ConfigPosition {
    entries.first { $0.key == name }?.value.position ?? position
  }

  /// Reports incompatible options, at the position of option `name` if it is set.
  func check(_ holds: Bool, on name: String, _ message: @autoclosure () -> String) {
    guard !holds else { return }
    context.problems.report("\(owner): \(message())", at: position(of: name))
  }

  /// Reports unknown options; call it after reading the last option.
  func finish() {
    if let bare {
      context.problems.report("\(owner) takes no options, gets \(bare.summary)", at: bare.position)
    }
    for entry in entries where !names.contains(entry.key) {
      context.problems.report(
        "\(owner) has no option `\(entry.key.shortened())`", at: entry.keyPosition,
        hint: hint(for: entry.key))
    }
  }

  private func hint(for unknown: String) -> String {
    if let condition = excluded.first(where: { $0.name == unknown })?.condition {
      return "it is an option only with `\(condition.description)`"
    }
    if Self.inferred.contains(unknown) { return "the input determines it; leave it out" }
    if unknown == owner { return "the options of \(owner) stand here, without its name" }
    return Suggestion.hint(
      for: unknown, in: names, plural: "options",
      otherwise: ConfigReference.place(of: unknown)
        ?? (names.isEmpty ? "\(owner) takes no options" : nil))
  }

  /// Sizes that other frameworks require and that are inferred from the input here.
  private static let inferred: Set<String> = [
    "in_features", "in_channels", "num_features", "input_size", "input_shape",
  ]

  /// Records an option, if options are described rather than read.
  private func describe<Value>(
    _ name: String, _ kind: OptionKind<Value>, _ meaning: String, standard: Value,
    text: String? = nil, isRequired: Bool = false, condition: OptionCondition? = nil,
    mayBeOmitted: Bool = false
  ) {
    descriptions?.append(
      OptionDescription(
        name: name, meaning: meaning, expectation: kind.expectation, schema: kind.schema(),
        isRequired: isRequired, standard: kind.encode(standard),
        mayBeOmitted: mayBeOmitted, standardText: text,
        condition: condition, nested: kind.nested()))
  }

  private func parsed<Value>(_ name: String, _ kind: OptionKind<Value>) -> Value? {
    precondition(!names.contains(name), "\(owner) reads \(name) twice")
    defer { names.append(name) }
    let place = OptionPlace(name: name, context: context)
    if let bare, names.isEmpty {
      self.bare = nil
      return kind.parse(bare, place)
    }
    // An option may be both inside and next to the component's name.
    let given = entries.filter { $0.key == name }
    if given.count > 1 {
      context.problems.report("\(owner) has `\(name)` twice", at: given[1].keyPosition)
    }
    return given.first.flatMap { kind.parse($0.value, place) }
  }
}
