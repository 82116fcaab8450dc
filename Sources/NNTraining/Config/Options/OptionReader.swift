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

  /// An option with a default.
  func value<Value>(_ name: String, _ kind: OptionKind<Value>, default: Value) -> Value {
    let value = parsed(name, kind) ?? `default`
    resolved.append(ConfigOption(name, kind.encode(value)))
    return value
  }

  /// An option that may be null, the default unless another one is passed.
  func optional<Value>(
    _ name: String, _ kind: OptionKind<Value>, default: Value? = nil
  ) -> Value? {
    value(name, kind.orNull, default: `default`)
  }

  /// A required option.
  func required<Value>(_ name: String, _ kind: OptionKind<Value>) -> Value {
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
    let count =
      standard.map { value("num_layers", kind, default: $0) } ?? required("num_layers", kind)
    let place = entries.first { $0.key == "num_layers" }?.value.position ?? position
    _ = context.problems.take(layers: (count - 1) * weight, at: place)
    return count
  }

  /// Whether an option is set.
  func isGiven(_ name: String) -> Bool { entries.contains { $0.key == name } }

  /// Reports incompatible options, at the position of option `name` if it is set.
  func check(_ holds: Bool, on name: String, _ message: @autoclosure () -> String) {
    guard !holds else { return }
    let place = entries.first { $0.key == name }?.value.position ?? position
    context.problems.report("\(owner): \(message())", at: place)
  }

  /// Reports unknown options; call it after reading the last option.
  func finish() {
    if let bare {
      context.problems.report("\(owner) takes no options, gets \(bare.summary)", at: bare.position)
    }
    for entry in entries where !names.contains(entry.key) {
      context.problems.report(
        "\(owner) has no option `\(entry.key.shortened())`", at: entry.keyPosition,
        hint: Self.inferred.contains(entry.key)
          ? "the input determines it; leave it out"
          : names.isEmpty
            ? "\(owner) takes no options"
            : Suggestion.hint(for: entry.key, in: names, plural: "options"))
    }
  }

  /// Sizes that other frameworks require and that are inferred from the input here.
  private static let inferred: Set<String> = [
    "in_features", "in_channels", "num_features", "input_size", "input_shape",
  ]

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
