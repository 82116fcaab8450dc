import ArgumentParser
import NNFormats

/// A command and its arguments, as the parser describes them: for messages and the manual.
struct CommandFacts {
  /// A positional argument, an option with a value or a flag.
  struct Argument {
    enum Kind: String { case positional, option, flag }

    let kind: Kind
    /// The names with their dashes; empty for positional arguments.
    let names: [String]
    let valueName: String
    let isOptional: Bool
    let isRepeating: Bool
    let summary: String
    let defaultValue: String?
    /// The section of the help that lists it; nil for the default one.
    let section: String?
    let isShown: Bool
  }

  let name: String
  let summary: String
  let discussion: String
  let arguments: [Argument]
  let subcommands: [CommandFacts]

  /// Reads the parser's description of a command.
  init(_ command: any ParsableCommand.Type) {
    let json = command._dumpHelp()
    let document = try? JSONValue(parsing: Array(json.utf8)[...], at: "help")
    self.init(document?["command"] ?? .null)
  }

  private init(_ value: JSONValue) {
    name = value["commandName"]?.text ?? ""
    summary = value["abstract"]?.text ?? ""
    discussion = value["discussion"]?.text ?? ""
    arguments = (value["arguments"]?.elements ?? []).compactMap(Argument.init)
    subcommands = (value["subcommands"]?.elements ?? []).map { CommandFacts($0) }
      .filter { $0.name != "help" }
  }

  /// The option or flag with a name, such as `--threads`, or nil.
  subscript(name: String) -> Argument? { arguments.first { $0.names.contains(name) } }

  /// The names of all options and flags.
  var optionNames: [String] { arguments.filter(\.isShown).flatMap(\.names) }
}

extension CommandFacts.Argument {
  fileprivate init?(_ value: JSONValue) {
    guard let kind = value["kind"]?.text.flatMap(Kind.init(rawValue:)) else { return nil }
    self.kind = kind
    names = (value["names"]?.elements ?? []).compactMap { name in
      guard let text = name["name"]?.text else { return nil }
      return (name["kind"]?.text == "long" ? "--" : "-") + text
    }
    valueName = value["valueName"]?.text ?? ""
    isOptional = value["isOptional"] == .boolean(true)
    isRepeating = value["isRepeating"] == .boolean(true)
    summary = value["abstract"]?.text ?? ""
    defaultValue = value["defaultValue"]?.text
    section = value["sectionTitle"]?.text
    isShown = value["shouldDisplay"] != .boolean(false)
  }
}

extension JSONValue {
  fileprivate var text: String? {
    if case .string(let text) = self { text } else { nil }
  }

  fileprivate var elements: [JSONValue] {
    if case .array(let elements) = self { elements } else { [] }
  }
}
