import NNCore

/// The manual page of a program, in roff.
struct ManualPage {
  private let facts: CommandFacts
  /// The environment variables, as in docs/environment.md.
  private let environment = [
    ("NN_THREADS", "The number of threads, unless --threads is given."),
    (
      "NN_DATA_DIR",
      "A folder that is searched first for named data sets, and in which data sets are installed."
    ),
    ("NN_MAX_ISA", "The best instruction set to use: avx512, avx2, neon or scalar."),
    ("OPENBLAS_CORETYPE", "The kernels that OpenBLAS uses; the best ones unless it is set."),
    ("NO_COLOR", "Disables colours in the terminal, if it is not empty."),
  ]

  init(_ facts: CommandFacts) { self.facts = facts }

  /// The page.
  var text: String {
    var lines = [
      ".TH \(facts.name.uppercased()) 1 \"\" \"\(facts.name) \(Version.current)\" \"User Commands\"",
      ".SH NAME", "\(Self.escaped(facts.name)) \\- \(Self.escaped(facts.summary))",
      ".SH SYNOPSIS", ".B \(facts.name)", ".I command", "[options]", ".SH DESCRIPTION",
    ]
    lines += Self.paragraphs(facts.discussion)
    lines.append(".SH GLOBAL OPTIONS")
    lines += (facts.subcommands.first?.arguments ?? []).filter { $0.section != nil }
      .flatMap(Self.option)
    lines += [".SH OPTIONS OF THE PROGRAM"] + facts.arguments.flatMap(Self.option)
    lines.append(".SH COMMANDS")
    for command in facts.subcommands { lines += section(command, of: facts.name) }
    lines.append(".SH ENVIRONMENT")
    for (name, meaning) in environment {
      lines += [".TP", ".B \(Self.escaped(name))", Self.escaped(meaning)]
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func section(_ command: CommandFacts, of parent: String) -> [String] {
    let path = "\(parent) \(command.name)"
    let positional = command.arguments.filter { $0.kind == .positional }.map { argument in
      let name = "<\(argument.valueName)>" + (argument.isRepeating ? " ..." : "")
      return argument.isOptional ? "[\(name)]" : name
    }
    let title = ([path] + positional).joined(separator: " ")
    var lines = [".SS \"\(Self.escaped(title))\"", Self.escaped(command.summary), ".PP"]
    lines += Self.paragraphs(command.discussion)
    lines += command.arguments.filter { $0.section == nil && !$0.names.contains("--help") }
      .flatMap(Self.option)
    for subcommand in command.subcommands { lines += section(subcommand, of: path) }
    return lines
  }

  /// An option with its value, summary and default.
  private static func option(_ argument: CommandFacts.Argument) -> [String] {
    guard argument.isShown else { return [] }
    let value = "<\(argument.valueName)>"
    let title =
      switch argument.kind {
      case .positional: value
      case .flag: argument.names.joined(separator: ", ")
      case .option: argument.names.joined(separator: ", ") + " \(value)"
      }
    let standard = argument.defaultValue.map { " (default: \($0))" } ?? ""
    return [".TP", ".B \(escaped(title))", escaped(argument.summary + standard)]
  }

  /// A text of paragraphs; lines that begin with spaces are set verbatim.
  private static func paragraphs(_ text: String) -> [String] {
    var lines: [String] = []
    for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if paragraph.isEmpty {
        lines.append(".PP")
      } else if paragraph.hasPrefix(" ") {
        lines += [".RS", ".nf", escaped(String(paragraph.drop { $0 == " " })), ".fi", ".RE"]
      } else {
        lines.append(escaped(String(paragraph)))
      }
    }
    return lines
  }

  /// A text escaped for roff; hyphens are written so that they can be copied.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "\\": result += "\\e"
      case "-": result += "\\-"
      case "\"": result += "\\(dq"
      case "\n": result += " "
      default: result.append(character)
      }
    }
    return result.hasPrefix(".") || result.hasPrefix("'") ? "\\&\(result)" : result
  }
}
