import NNCore
import NNLosses

/// What holds for the reading of a whole config.
package struct ReadingContext {
  /// Collects what is wrong.
  let problems: ConfigProblems
  /// The folder from which relative paths are meant, absolute; empty leaves them as they are.
  var folder = ""
  /// The default for options that are seeds.
  var seed = 0
  /// What the data being read are for.
  var part = DataPart.training
  /// Whether the config was written by a run, whose folder is there already.
  var isRecorded = false
  /// Whether tokenizers are there already.
  var hasTokenizers = false
  /// What the network's outputs stand for.
  var output = OutputKind.numbers
  /// The label that takes no part.
  var ignoreIndex = -100
}

/// What data are for. Generated data of different parts are different drawings.
package enum DataPart: UInt32, Sendable {
  case training, validation, test
}

/// Reads the options of one component in turn: fills in defaults, reports every problem and keeps
/// the resolved options in order.
///
/// A reader does not stop at a problem: it hands out a placeholder, and the caller must not use the
/// result unless the collected problems are empty.
package final class OptionReader {
  /// What the options belong to, for messages: `conv2d`.
  let owner: String
  /// What holds for the whole config.
  let context: ReadingContext
  private let position: ConfigPosition
  private let entries: [ConfigNode.Entry]
  /// A value that stands alone (`max_pool2d: 2`) and so belongs to the first option asked for.
  private var bare: ConfigNode?
  private(set) var names: [String] = []
  /// The options read so far, defaults included, in the order of reading.
  private(set) var resolved: [ConfigOption] = []

  /// Creates a reader.
  ///
  /// - Parameters:
  ///   - owner: What the options belong to, for messages.
  ///   - position: Where the component is named.
  ///   - node: A mapping of options, a value that stands alone for the first option, or null.
  ///   - siblings: Further options that stand beside the component's name.
  ///   - context: What holds for the whole config.
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

  /// An option that may be null, which it is unless it is given or has another default.
  func optional<Value>(
    _ name: String, _ kind: OptionKind<Value>, default: Value? = nil
  ) -> Value? {
    value(name, kind.orNull, default: `default`)
  }

  /// An option that must be given.
  func required<Value>(_ name: String, _ kind: OptionKind<Value>) -> Value {
    let given = bare != nil && names.isEmpty || entries.contains { $0.key == name }
    if !given {
      context.problems.report("\(owner) needs `\(name)` (\(kind.expectation))", at: position)
    }
    let value = parsed(name, kind) ?? kind.placeholder
    resolved.append(ConfigOption(name, kind.encode(value)))
    return value
  }

  /// A number of equal layers, `num_layers`, each of which counts as so many of the network's.
  func layerCount(default standard: Int? = nil, weight: Int = 1) -> Int {
    let kind = OptionKind<Int>.integer(1...OptionBound.layers / weight)
    let count =
      standard.map { value("num_layers", kind, default: $0) } ?? required("num_layers", kind)
    let place = entries.first { $0.key == "num_layers" }?.value.position ?? position
    _ = context.problems.take(layers: (count - 1) * weight, at: place)
    return count
  }

  /// Whether an option is given.
  func isGiven(_ name: String) -> Bool { entries.contains { $0.key == name } }

  /// Reports that options do not fit together, at the option `name` where it is given.
  func check(_ holds: Bool, on name: String, _ message: @autoclosure () -> String) {
    guard !holds else { return }
    let place = entries.first { $0.key == name }?.value.position ?? position
    context.problems.report("\(owner): \(message())", at: place)
  }

  /// Reports the options that nobody asked for; call it after the last option was read.
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

  /// Sizes that other frameworks want written and that follow from the input here.
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
    // Two entries happen when an option stands both inside and beside the component's name.
    let given = entries.filter { $0.key == name }
    if given.count > 1 {
      context.problems.report("\(owner) has `\(name)` twice", at: given[1].keyPosition)
    }
    return given.first.flatMap { kind.parse($0.value, place) }
  }
}
